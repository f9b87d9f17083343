"""A paper asked for: promised, rendering, ready or failed."""
