"""`make bench`: sign-ups against the bare flow, papers against WeasyPrint alone, lists and campaigns by the clock. Prints tables; keeps nothing running."""

import sys

from bench import campaigns, papers, roster, signups


def main() -> None:
    """Run what is named, or all of it."""
    wanted = sys.argv[1:] or ["signups", "roster", "papers", "campaigns"]
    if "signups" in wanted:
        print("## Sign-ups\n", flush=True)
        print(signups.table(*signups.measure()), flush=True)
    if "roster" in wanted:
        print("\n## The list of an activity\n", flush=True)
        print(roster.table(roster.measure()), flush=True)
    if "papers" in wanted:
        print("\n## Papers\n", flush=True)
        papers.main()
    if "campaigns" in wanted:
        print("\n## Campaigns\n", flush=True)
        for database in ("sqlite", "postgresql"):
            campaigns.main(database)


if __name__ == "__main__":
    main()
