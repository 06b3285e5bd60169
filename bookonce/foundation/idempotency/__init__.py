"""What repeatable calls have left behind, and for how long."""
