#!/usr/bin/env python3
"""Make this machine able to run eventsvc: `python3 scripts/setup.py run|test [--again]`.

Every step looks first and does nothing when nothing is missing, so that the second time takes a moment. What cannot be
installed is named, with what it costs, and the rest goes on; only a missing Python stops. A failed try is remembered
for a day (`--again` forgets it). Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STATE = ROOT / "var" / "setup"
FONTS = ROOT / "var" / "fonts"
A_DAY = 24 * 3600
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHTS = "~/.cache/ms-playwright/chromium*-*/chrome-*/*chrom*"


@dataclass(frozen=True)
class Need:
    """Something of the system: how to see that it is there, Debian's packages for it, what its lack costs."""

    what: str
    there: Callable[[], bool]
    packages: tuple[str, ...]
    without: str


def program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def libraries(*names: str) -> Callable[[], bool]:
    return lambda: all(loads(name) for name in names)


def loads(library: str) -> bool:
    try:
        return bool(ctypes.CDLL(library))
    except OSError:
        return False


def families(*names: str) -> Callable[[], bool]:
    return lambda: all(works("fc-list", "-q", name) for name in names)


def works(*argv: str, cwd: str | None = None) -> bool:
    """Whether the command can be started and ends well."""
    try:
        return subprocess.run(argv, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


RUN = (
    Need(
        "Python's venv and pip", lambda: bool(importlib.util.find_spec("ensurepip")), ("python3-venv",), "nothing runs"
    ),
    Need(
        "certificates",
        lambda: Path("/etc/ssl/certs/ca-certificates.crt").exists(),
        ("ca-certificates",),
        "nothing can be fetched",
    ),
    Need(
        "Pango",
        libraries("libpango-1.0.so.0", "libpangoft2-1.0.so.0"),
        ("libpango-1.0-0", "libpangoft2-1.0-0"),
        "no paper (PDF) can be made",
    ),
    Need(
        "HarfBuzz's subsetter",
        libraries("libharfbuzz-subset.so.0"),
        ("libharfbuzz-subset0",),
        "papers take twenty times as long",
    ),
    Need("fontconfig", program("fc-list"), ("fontconfig",), "fonts cannot be looked up"),
    Need(
        "Song and Hei (Noto CJK)",
        families("Noto Serif CJK SC", "Noto Sans CJK SC"),
        ("fonts-noto-cjk",),
        "Chinese on papers is boxes",
    ),
    Need("Kai (LXGW WenKai)", families("LXGW WenKai"), ("fonts-lxgw-wenkai",), "papers use Song where Kai belongs"),
)
CHROMIUM = Need(
    "Chromium",
    lambda: program(*BROWSERS)() or bool(glob(os.path.expanduser(PLAYWRIGHTS))),
    ("chromium",),
    "tests in a browser fail",
)
TEST = (
    CHROMIUM,
    Need("libatomic", libraries("libatomic.so.1"), ("libatomic1",), "Playwright's own Node does not start"),
    Need("poppler", program("pdftoppm"), ("poppler-utils",), "tests that look at papers fail"),
)


def main(argv: list[str]) -> int:
    target = "test" if "test" in argv else "run"
    insist_on_python()
    with alone():
        if "--again" in argv:
            shutil.rmtree(STATE / "tried", ignore_errors=True)
        lacking = install(RUN + (TEST if target == "test" else ()))
        make_environment(target)
        if target == "test":
            fetch_chromium()
        lacking = [need for need in lacking if not need.there()] + fetch_fangsong()
        compile_words()
    for need in lacking:
        say(f"MISSING: {need.what}: {need.without}. Cure: apt-get install {' '.join(need.packages)}, then make setup")
    return 0


def say(words: str) -> None:
    print(f"[setup] {words}", flush=True)


def insist_on_python() -> None:
    """Go on under a Python of 3.11 or later, or say that there is none."""
    if sys.version_info >= (3, 11):
        return
    for name in ("python3.13", "python3.12", "python3.11"):
        if path := shutil.which(name):
            os.execv(path, [path, *sys.argv])
    sys.exit(
        f"[setup] Python 3.11 or later is needed, this is {sys.version.split()[0]}: apt-get install python3.11 python3.11-venv"
    )


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in this folder; a second one waits."""
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# -- the system ------------------------------------------------------------------------------------------------------


def install(needs: tuple[Need, ...]) -> list[Need]:
    """Install what is missing with apt, all at once, else one by one; returns what is still missing."""
    missing = [need for need in needs if not need.there()]
    packages = [package for need in missing for package in need.packages]
    if packages and not tried("apt", packages):
        say(f"installing {' '.join(packages)}")
        apt("update")
        if not apt("install", *packages):
            for package in packages:
                apt("install", package)
    return [need for need in missing if not need.there()]


def apt(verb: str, *packages: str) -> bool:
    """Run apt-get as root or by sudo, quietly; its words are shown when it fails."""
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get") or (sudo and not shutil.which("sudo")):
        return False
    settings = ["env", "DEBIAN_FRONTEND=noninteractive"]
    command = [
        *sudo,
        *settings,
        "apt-get",
        verb,
        "-q",
        "-y",
        *(["--no-install-recommends", *packages] if packages else []),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        say(f"apt-get {verb} {' '.join(packages)} failed:\n{done.stdout[-800:]}")
    return done.returncode == 0


def tried(name: str, what: list[str]) -> bool:
    """Whether the very same was tried within a day; if not, it counts as tried from now."""
    mark = STATE / "tried" / f"{name}-{fingerprint(' '.join(what).encode())}"
    if mark.exists() and time.time() - mark.stat().st_mtime < A_DAY:
        return True
    mark.parent.mkdir(exist_ok=True)
    mark.touch()
    return False


# -- FangSong, the face of official papers ---------------------------------------------------------------------------

FANGSONG = Need(
    "FangSong (FandolFang)", families("FandolFang"), ("texlive-lang-chinese",), "papers use Kai where FangSong belongs"
)


def fetch_fangsong() -> list[Need]:
    """Take the one free FangSong out of Debian's TeX package, without unpacking the rest of its 200 MB."""
    if (FONTS / "fandol" / "FandolFang-Regular.otf").exists() or FANGSONG.there():
        return []
    if not shutil.which("apt-get") or tried("fangsong", []):
        return [FANGSONG]
    say("fetching FangSong (one font out of a package of 50 MB)")
    with tempfile.TemporaryDirectory(dir=STATE) as folder:
        as_root = ["-o", "APT::Sandbox::User="] if os.geteuid() == 0 else []
        command = ["apt-get", *as_root, "download", *FANGSONG.packages]
        if not works(*command, cwd=folder) and not (apt("update") and works(*command, cwd=folder)):
            return [FANGSONG]
        for package in Path(folder).glob("*.deb"):
            take_out(package, ("/FandolFang-Regular.otf", "/fandol/COPYING.gz", "/fandol/README"), FONTS / "fandol")
    return []


def take_out(package: Path, endings: tuple[str, ...], folder: Path) -> None:
    """Copy the files of a .deb that end so into the folder, under their last names."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as files,
    ):
        for member in files:
            if member.isfile() and member.name.endswith(endings):
                partial = folder / f".{Path(member.name).name}"
                partial.write_bytes(files.extractfile(member).read())
                partial.replace(folder / Path(member.name).name)


# -- Python's packages -----------------------------------------------------------------------------------------------


def make_environment(target: str) -> None:
    """Bring .venv to what the locked requirements say, unless it is there already."""
    files = [ROOT / "requirements.txt", *([ROOT / "requirements-dev.txt"] if target == "test" else [])]
    wanted = fingerprint(
        repr(sys.version_info[:2]).encode(), str(VENV).encode(), *(file.read_bytes() for file in files)
    )
    stamp = VENV / f".eventsvc-{target}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not works(str(PYTHON), "-m", "pip", "--version"):
        say("making .venv")
        if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV]).returncode:
            sys.exit("[setup] no virtual environment can be made: apt-get install python3-venv, then try again")
    say(f"installing Python packages for `make {target}` (about a minute)")
    quietly = ["-q", "--no-input", "--disable-pip-version-check", "--use-pep517", "--require-hashes"]
    if subprocess.run(
        [PYTHON, "-m", "pip", "install", *quietly, *(word for file in files for word in ("-r", file))]
    ).returncode:
        sys.exit("[setup] Python packages could not be installed: see above; then try again")
    stamp.write_text(wanted)


def fetch_chromium() -> None:
    """Where the system offers no Chromium (Ubuntu has it as a snap only), take Playwright's own."""
    if not CHROMIUM.there() and not tried("chromium", []):
        say("fetching Chromium by Playwright")
        works(str(PYTHON), "-m", "playwright", "install", "chromium")


def fingerprint(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def compile_words() -> None:
    """Compile the catalogues of other languages that are newer than their compiled form."""
    for catalogue in (ROOT / "eventsvc" / "translations").glob("*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            command = [PYTHON, "-m", "babel.messages.frontend", "compile", "-i", catalogue, "-o", compiled]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
