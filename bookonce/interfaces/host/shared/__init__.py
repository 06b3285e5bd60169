"""What the pages of signed-in people share; it imports none of their subjects."""
