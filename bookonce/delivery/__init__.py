"""What happened, whom to tell, and how it gets there; knows nothing of a booking but its rows."""
