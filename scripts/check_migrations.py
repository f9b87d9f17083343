"""Migrations have one head and make, on an empty database, exactly the tables that the models describe."""

import os
import subprocess
import sys
import tempfile

from eventsvc.serve.instance import Instance


def main() -> int:
    """Run each check on a database made for it; the first that fails says why."""
    with tempfile.TemporaryDirectory() as folder:
        given = {name: value for name, value in os.environ.items() if not name.startswith("EVENTSVC_")}
        environ = Instance.from_env({**given, "EVENTSVC_VAR_DIR": folder}).environment()

        heads = flask(environ, "heads").split()
        if heads.count("(head)") != 1:
            sys.exit(f"migrations must have one head: {' '.join(heads)}")
        flask(environ, "upgrade")
        flask(environ, "check")
    print(f"migrations: one head ({heads[0]}), equal to the models")
    return 0


def flask(environ: dict[str, str], *arguments: str) -> str:
    """What `flask db …` printed; ends here when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "db", *arguments], env=environ, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"flask db {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
