"""What programs send, as schemas."""
