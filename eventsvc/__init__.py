"""eventsvc: enter an activity once, and every paper and every figure falls out."""
