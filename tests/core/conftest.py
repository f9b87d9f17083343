"""Hypothesis on a busy machine: no deadlines, and what it found is kept under var/."""

from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

settings.register_profile(
    "house", deadline=None, max_examples=60, database=DirectoryBasedExampleDatabase("var/hypothesis")
)
settings.load_profile("house")
