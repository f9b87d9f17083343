"""Processes that work through what was promised."""
