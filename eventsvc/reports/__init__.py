"""What happened: figures with their sources, words, photos, spending, sign-off by the level above."""
