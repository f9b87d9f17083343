"""Papers find their faces: an office's own first, rare characters too, and what is missing is named."""

import subprocess

import pytest

from eventsvc.infra import fonts


@pytest.fixture
def match(tmp_path):
    """What fontconfig gives for a family in an instance whose folder was made just now."""
    environ = {"PATH": "/usr/bin:/bin"}
    fonts.use_fonts(tmp_path, environ=environ)

    def matching(pattern: str) -> str:
        command = ["fc-match", pattern, "--format=%{family[0]}"]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout

    return matching


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("FangSong", "FandolFang"),
        ("仿宋", "FandolFang"),
        ("KaiTi", "LXGW WenKai"),
        ("SimSun", "Noto Serif CJK SC"),
        ("SimHei", "Noto Sans CJK SC"),
        ("XiaoBiaoSong", "Noto Serif CJK SC"),
    ],
)
def test_a_face_asked_for_by_its_usual_name_is_given(match, asked, given):
    assert match(asked) == given


def test_nothing_is_missing_after_set_up(tmp_path):
    environ = {"PATH": "/usr/bin:/bin"}
    fonts.use_fonts(tmp_path, environ=environ)

    assert fonts.missing_fonts(environ) == []


def test_without_fonts_each_missing_face_is_named(tmp_path, monkeypatch):
    bare = tmp_path / "bare.conf"
    bare.write_text(f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(bare))

    assert fonts.missing_fonts() == ["仿宋", "楷体", "宋体", "黑体", "小标宋"]


def test_without_fontconfig_every_face_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert len(fonts.missing_fonts()) == len(fonts.FACES)


def test_an_offices_own_folder_comes_first(tmp_path):
    environ: dict[str, str] = {"EVENTSVC_FONTS_DIR": str(tmp_path / "ours & theirs")}

    written = fonts.use_fonts(tmp_path / "var", environ=environ).read_text(encoding="utf-8")

    assert written.index("ours &amp; theirs") < written.index(f"{tmp_path}/var/fonts") < written.index("/etc/fonts")
    assert environ["FONTCONFIG_FILE"] == str(tmp_path / "var" / "fontconfig" / "fonts.conf")


def test_an_offices_licensed_family_comes_before_the_free_one(tmp_path):
    written = fonts.configuration((tmp_path,), tmp_path)

    assert "<family>FangSong</family><prefer><family>仿宋_GB2312" in written
