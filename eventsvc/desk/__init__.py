"""What waits for me, the calendar, the dashboard. Reads many rooms, owns no table."""
