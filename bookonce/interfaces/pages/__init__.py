"""What pages of guests and of hosts share."""
