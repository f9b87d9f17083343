"""Promised work: rows with leases, told to RQ by id, re-driven by the sweeper."""
