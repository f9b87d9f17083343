"""Floor 0: words, people, time and rules. Nothing here knows Flask, a database or a clock."""
