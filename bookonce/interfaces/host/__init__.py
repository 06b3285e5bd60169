"""The pages of people who are signed in."""
