"""What people and programs say about calendars and links: read and judged once, field by field."""
