"""The Chinese faces that papers are set in: where they lie, what stands in for what, what is missing.

`use_fonts` comes before WeasyPrint is imported: fontconfig reads its configuration once in a process.
"""

import os
import subprocess
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from eventsvc.core.words import N_


@dataclass(frozen=True)
class Face:
    """One face that papers ask for by any of its names, and the families that may be it, best first.

    An office's own licensed family comes before the free one; `rare` knows the rare characters of names (𬭎, 䶮) that
    a face of official papers lacks, and stands in for all of it where nothing better is installed.
    """

    names: tuple[str, ...]
    own: tuple[str, ...]
    free: str
    rare: str


FACES: dict[str, Face] = {
    N_("仿宋"): Face(("FangSong", "仿宋"), ("仿宋_GB2312", "FangSong_GB2312"), "FandolFang", "LXGW WenKai"),
    N_("楷体"): Face(("KaiTi", "楷体"), ("楷体_GB2312", "KaiTi_GB2312"), "LXGW WenKai", "Noto Serif CJK SC"),
    N_("宋体"): Face(("SimSun", "宋体"), (), "Noto Serif CJK SC", "LXGW WenKai"),
    N_("黑体"): Face(("SimHei", "黑体"), (), "Noto Sans CJK SC", "LXGW WenKai"),
    N_("小标宋"): Face(
        ("XiaoBiaoSong", "小标宋"), ("方正小标宋简体", "FZXiaoBiaoSong-B05S"), "Noto Serif CJK SC", "LXGW WenKai"
    ),
}

INSTALLED = Path(__file__).resolve().parents[2] / "var" / "fonts"
"""Where set-up puts a font that no package of the system brings; the same for every instance of this checkout."""

CONFIGURATION = Template("""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
$folders
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <cachedir>$cache</cachedir>
$aliases
</fontconfig>
""")


def use_fonts(var_dir: Path, office: Path | None = None, environ: MutableMapping[str, str] = os.environ) -> Path:
    """Write fonts.conf for this instance and choose it for this process and its children.

    `office` is a folder of an office's own fonts; without it `var/fonts/office` is looked at. It is looked at first.
    """
    var_dir = var_dir.absolute()
    own = office or Path(environ.get("EVENTSVC_FONTS_DIR") or var_dir / "fonts" / "office")
    chosen = var_dir / "fontconfig" / "fonts.conf"
    folders = dict.fromkeys((own.absolute(), var_dir / "fonts", INSTALLED))
    _write(chosen, configuration(tuple(folders), cache=var_dir / "fontconfig" / "cache"))
    environ["FONTCONFIG_FILE"] = str(chosen)
    return chosen


def configuration(folders: tuple[Path, ...], cache: Path) -> str:
    """fontconfig's words for: these folders first, then the system's; each asked face as FACES says."""
    return CONFIGURATION.substitute(
        folders="\n".join(f"  <dir>{escape(str(folder))}</dir>" for folder in folders),
        cache=escape(str(cache)),
        aliases="\n".join(_alias(name, face) for face in FACES.values() for name in face.names),
    )


def missing_fonts(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The faces for which no font is installed, by the names that people use; empty when papers come out as meant."""
    installed = _installed(environ)
    return [name for name, face in FACES.items() if not installed & {*face.names, *face.own, face.free}]


def _alias(name: str, face: Face) -> str:
    def families(tag: str, *names: str) -> str:
        return f"<{tag}>{''.join(f'<family>{family}</family>' for family in names)}</{tag}>" if names else ""

    stands_in = families("prefer", *face.own) + families("accept", face.free, face.rare)
    return f'  <alias binding="same"><family>{name}</family>{stands_in}</alias>'


def _installed(environ: Mapping[str, str]) -> set[str]:
    """Every family name that fontconfig finds; none when fontconfig itself is missing."""
    try:
        listed = subprocess.run(
            ["fc-list", ":", "family"], env=environ, capture_output=True, encoding="utf-8", check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return set()
    return {name for line in listed.stdout.splitlines() for name in line.split(",")}


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all, and not when it says so already: several processes start at once."""
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(f".{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)
