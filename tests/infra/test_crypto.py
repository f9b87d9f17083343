"""Personal data at rest opens only where it was put; blind keys and secrets keep to their purpose."""

import copy
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.config import Settings
from eventsvc.infra.crypto import CannotOpen, Keys, hashed, same

ROW = UUID(int=7)


def keys(secret: str = "s" * 32, vault: str = "") -> Keys:
    return Keys(Settings(secret_key=secret, vault_key=vault, database_url="sqlite://", redis_url=""))


KEYS = keys()


class TestSealed:
    @given(st.binary(max_size=300))
    def test_what_was_sealed_opens_where_it_belongs(self, plain: bytes):
        assert KEYS.open(KEYS.seal(plain, row=ROW, what="vault:contact"), row=ROW, what="vault:contact") == plain

    @pytest.mark.parametrize(
        ("row", "what"), [(UUID(int=8), "vault:contact"), (ROW, "vault:health"), (ROW, "vault:contac"), (ROW, "")], ids=str
    )
    def test_a_blob_moved_to_another_row_or_purpose_does_not_open(self, row, what):
        blob = KEYS.seal(b"x", row=ROW, what="vault:contact")
        with pytest.raises(CannotOpen):
            KEYS.open(blob, row=row, what=what)

    def test_no_single_bit_can_be_altered(self):
        blob = KEYS.seal("张三".encode(), row=ROW, what="w")
        for at in range(len(blob) * 8):
            altered = bytearray(blob)
            altered[at // 8] ^= 1 << at % 8
            with pytest.raises(CannotOpen):
                KEYS.open(bytes(altered), row=ROW, what="w")

    def test_a_blob_that_was_cut_short_does_not_open(self):
        blob = KEYS.seal(b"abc", row=ROW, what="w")
        for length in range(len(blob)):
            with pytest.raises(CannotOpen):
                KEYS.open(blob[:length], row=ROW, what="w")

    def test_the_same_words_never_look_the_same(self):
        assert len({KEYS.seal(b"x", row=ROW, what="w") for _ in range(100)}) == 100

    def test_nothing_of_the_words_shows(self):
        value = {"name": "郑金凤", "phone": "13805930001"}
        blob = KEYS.seal_json(value, row=ROW, what="w")
        assert "郑金凤".encode() not in blob
        assert b"1380593" not in blob
        assert KEYS.open_json(blob, row=ROW, what="w") == value

    @pytest.mark.parametrize("other", [keys("t" * 32), keys(vault="v" * 32)], ids=["another secret", "another vault key"])
    def test_another_deployment_cannot_open_it(self, other):
        with pytest.raises(CannotOpen):
            other.open(KEYS.seal(b"x", row=ROW, what="w"), row=ROW, what="w")


class TestKeysOfPersonalData:
    def test_with_a_vault_key_the_secret_key_may_be_changed(self):
        before, after = keys("a" * 32, "v" * 32), keys("b" * 32, "v" * 32)
        assert after.open(before.seal(b"x", row=ROW, what="w"), row=ROW, what="w") == b"x"
        assert after.blind("phone", "1") == before.blind("phone", "1")
        assert after.secret("receipt", ROW, 1) != before.secret("receipt", ROW, 1)

    def test_no_two_purposes_share_a_key(self):
        settings = KEYS.settings
        purposes = ["vault", "blind:phone", "blind:name", "secret:receipt", "secret:vault"]
        assert len({settings.key(p) for p in purposes}) == len(purposes)
        assert all(len(settings.key(p)) == 32 for p in purposes)

    def test_keys_are_in_no_repr(self):
        said = repr(keys("canary-" * 6, "canary-" * 6))
        assert "canary" not in said


class TestBlindKeys:
    def test_equal_values_are_equal_and_others_are_not(self):
        assert KEYS.blind("id", "x") == KEYS.blind("id", "x")
        assert KEYS.blind("id", "x") != KEYS.blind("id", "y")

    def test_the_same_value_differs_by_purpose(self):
        assert len({KEYS.blind(purpose, "350900194701010012") for purpose in ("id", "count:2026", "count:2027", "phone")}) == 4

    def test_they_cannot_be_guessed_without_the_key(self):
        assert KEYS.blind("phone", "13805930001") != hashed("13805930001")
        assert len(KEYS.blind("phone", "13805930001")) == 32


class TestSecrets:
    def test_a_row_gets_the_same_secret_again_until_its_version_changes(self):
        assert KEYS.secret("receipt", ROW, 1) == KEYS.secret("receipt", ROW, 1) == copy.copy(KEYS).secret("receipt", ROW, 1)
        assert len({KEYS.secret("receipt", ROW, v) for v in range(50)}) == 50

    def test_it_belongs_to_one_row_and_one_purpose(self):
        assert len({KEYS.secret(p, row, 1) for p in ("receipt", "paper") for row in (ROW, uuid4())}) == 4

    def test_it_has_256_bits_and_stands_in_an_address_as_it_is(self):
        secret = KEYS.secret("receipt", ROW, 1)
        assert len(secret) == 43
        assert secret.replace("-", "").replace("_", "").isalnum()

    def test_only_its_hash_needs_to_be_stored(self):
        secret = KEYS.secret("receipt", ROW, 1)
        assert same(hashed(secret), hashed(secret))
        assert not same(hashed(secret), hashed(secret + "x"))
        assert secret.encode() not in hashed(secret)
