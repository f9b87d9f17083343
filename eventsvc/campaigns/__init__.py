"""A theme handed down from above."""
