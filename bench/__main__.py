"""`make bench`: sign-ups against the bare flow, papers against WeasyPrint alone. Prints tables; keeps nothing running."""

import sys

from bench import papers, signups


def main() -> None:
    """Run what is named, or all of it."""
    wanted = sys.argv[1:] or ["signups", "papers"]
    if "signups" in wanted:
        print("## Sign-ups\n", flush=True)
        print(signups.table(*signups.measure()), flush=True)
    if "papers" in wanted:
        print("\n## Papers\n", flush=True)
        papers.main()


if __name__ == "__main__":
    main()
