"""The public link, parties, places, waiting list, withdrawal."""
