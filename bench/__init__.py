"""Measurements. Ratios of one run count; absolute numbers belong to the machine."""
