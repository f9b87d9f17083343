"""What was done by whom: append-only, sealed into a chain."""
