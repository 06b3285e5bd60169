"""What pages of signed-in people share. It imports none of the subjects' folders."""
