"""`python -m eventsvc.serve`: start everything. `python -m eventsvc.serve flask …`: one command of this instance."""

import os
import sys

from eventsvc.serve.instance import CannotStart, Instance
from eventsvc.serve.supervisor import Supervisor, run_flask


def main() -> int:
    """Run until told to stop; a reason not to start is one sentence, never a traceback."""
    os.umask(0o077)  # photos, scans, papers, logs and the database are nobody else's on this machine
    try:
        instance = Instance.from_env(os.environ)
        if sys.argv[1:2] == ["flask"]:
            return run_flask(instance, sys.argv[2:])
        return Supervisor(instance).run()
    except CannotStart as reason:
        print(f"eventsvc did not start. {reason}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
