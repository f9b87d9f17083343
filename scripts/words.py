"""Gather every msgid of code and templates into the English catalogue: `make words`. Untranslated ones are listed."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

HEADER = r"""# English for eventsvc. The Chinese msgids are the source; `make words` gathers new ones.
msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "eventsvc" / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def babel(*args: str) -> None:
    """Run pybabel in the project's folder."""
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "-q", *args], cwd=ROOT, check=True)


def main() -> None:
    """Extract, update, say what is still without English."""
    with tempfile.TemporaryDirectory() as folder:
        pot = f"{folder}/messages.pot"
        babel("extract", "-F", "babel.cfg", "-k", "N_", "--no-location", "--sort-output", "--omit-header", "-o", pot, ".")
        verb = "update" if CATALOGUE.exists() else "init"
        more = ["--no-fuzzy-matching", "--ignore-obsolete", "--omit-header"] if verb == "update" else []
        babel(verb, "-l", "en", "-i", pot, "-o", str(CATALOGUE), "-w", "10000", *more)
    body = CATALOGUE.read_text()
    first = re.search(r'^(#[,.|~].*\n)*msgid "[^"]', body, re.M)
    CATALOGUE.write_text(HEADER + (body[first.start():] if first else ""))
    with CATALOGUE.open("rb") as file:
        missing = [m.id for m in read_po(file) if m.id and not m.string]
    print("\n".join(str(m) for m in missing))
    print(f"{len(missing)} without English", file=sys.stderr)


if __name__ == "__main__":
    main()
