"""Settings: read once, named when they are missing or wrong."""

from pathlib import Path

import pytest

from eventsvc.config import BadSetting, Settings, new_secret

GOOD = {
    "EVENTSVC_SECRET_KEY": "s" * 32,
    "EVENTSVC_DATABASE_URL": "sqlite:///x.db",
    "EVENTSVC_REDIS_URL": "redis://127.0.0.1/0",
}


def test_three_settings_are_enough():
    settings = Settings.from_env(GOOD)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.var_dir == Path("var")
    assert not settings.secure
    assert not settings.testing


def test_every_missing_one_is_named_at_once():
    with pytest.raises(BadSetting) as no:
        Settings.from_env({"PATH": "/bin"})
    assert all(name in str(no.value) for name in GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_an_empty_one_is_a_missing_one(name: str):
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({**GOOD, name: " "})


def test_an_empty_one_that_has_a_default_takes_it():
    settings = Settings.from_env({**GOOD, "EVENTSVC_FONTS_DIR": "", "EVENTSVC_PDF_SECONDS": "", "EVENTSVC_RATE_LIMITS": ""})
    assert (settings.fonts_dir, settings.pdf_seconds, settings.rate_limits) == (None, 90, True)


def test_values_get_their_types():
    more = {"PDF_SECONDS": "30", "RATE_LIMITS": "off", "VAR_DIR": "/srv/x", "FONTS_DIR": "fonts", "BASE_URL": "https://a.example"}
    settings = Settings.from_env({**GOOD, **{f"EVENTSVC_{name}": text for name, text in more.items()}})
    assert (settings.pdf_seconds, settings.rate_limits) == (30, False)
    assert (settings.var_dir, settings.fonts_dir) == (Path("/srv/x"), Path("fonts"))
    assert settings.secure


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SECRET_KEY", "short"),
        ("VAULT_KEY", "short"),
        ("DATABASE_URL", "mysql://db"),
        ("REDIS_URL", "memcached://x"),
        ("BASE_URL", "events.example.org"),
        ("BASE_URL", "ftp://events.example.org"),
        ("BASE_URL", "https://events.example.org/sub"),
        ("PDF_SECONDS", "soon"),
        ("PDF_SECONDS", "0"),
        ("PROXY_HOPS", "-1"),
        ("RATE_LIMITS", "perhaps"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_one_is_named_and_stops_the_start(name: str, text: str):
    with pytest.raises(BadSetting, match=f"EVENTSVC_{name}"):
        Settings.from_env({**GOOD, f"EVENTSVC_{name}": text})


def test_a_refused_secret_is_not_said():
    with pytest.raises(BadSetting) as no:
        Settings.from_env({**GOOD, "EVENTSVC_SECRET_KEY": "canary"})
    assert "canary" not in str(no.value)


def test_secrets_and_addresses_with_passwords_are_in_no_repr():
    said = repr(Settings(secret_key="canary", vault_key="canary", database_url="postgresql://u:canary@h/d", redis_url="redis://:canary@h"))
    assert "canary" not in said


def test_hosts_are_our_own_and_those_named():
    settings = Settings.from_env({**GOOD, "EVENTSVC_BASE_URL": "https://a.example", "EVENTSVC_TRUSTED_HOSTS": "b.example, c.example,"})
    assert settings.hosts == ["a.example", "127.0.0.1", "localhost", "b.example", "c.example"]


def test_a_new_secret_is_long_enough_and_never_the_same():
    assert Settings.from_env({**GOOD, "EVENTSVC_SECRET_KEY": new_secret()})
    assert new_secret() != new_secret()
