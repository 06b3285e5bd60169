"""What guest and host pages share."""
