"""Rounds of home visits: who goes to whom, what was found, when to come again."""
