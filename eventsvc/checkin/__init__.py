"""Who came, and what was counted on the day."""
