"""Time of hosts that is taken, and the slots that are therefore open."""
