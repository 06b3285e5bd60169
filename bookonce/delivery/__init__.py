"""Events, their deliveries, and the channels that deliver them; knows of a booking only the rows given."""
