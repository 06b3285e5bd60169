"""The views: find the thing, call one operation, answer."""
