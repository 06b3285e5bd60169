"""What must hold after every race, by plain SQL: each query must return no row."""

from __future__ import annotations

from django.db import connection

NEVER = {
    "two bookings on one link": """
        SELECT link_id FROM bookonce_booking WHERE link_id IS NOT NULL AND gave_back_at IS NULL
        GROUP BY link_id HAVING count(*) > 1""",
    "a link spent without a booking": """
        SELECT id FROM bookonce_link AS link WHERE used_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM bookonce_booking WHERE link_id = link.id AND gave_back_at IS NULL)""",
    "a booking whose link is not spent": """
        SELECT booking.id FROM bookonce_booking AS booking JOIN bookonce_link AS link ON link.id = link_id
        WHERE gave_back_at IS NULL AND used_at IS NULL""",
    "two meetings at a time": """
        SELECT one.id FROM bookonce_heldtime AS one JOIN bookonce_heldtime AS other
        ON one.diary_id = other.diary_id AND one.id < other.id
        AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at""",
    "a booking that stands and holds no time": """
        SELECT id FROM bookonce_booking AS booking WHERE state IN ('pending', 'confirmed') AND NOT EXISTS (
            SELECT 1 FROM bookonce_heldtime WHERE booking_id = booking.id
            AND starts_at = booking.starts_at AND ends_at = booking.ends_at)""",
    "time held by a booking that does not stand": """
        SELECT held.id FROM bookonce_heldtime AS held
        JOIN bookonce_booking AS booking ON booking.id = booking_id
        WHERE state NOT IN ('pending', 'confirmed')""",
    "a booking that nobody was told of": """
        SELECT id FROM bookonce_booking AS booking WHERE NOT EXISTS (
            SELECT 1 FROM bookonce_event AS event JOIN bookonce_delivery ON event_id = event.id
            WHERE event.booking_id = booking.id AND kind = 'booking.made')""",
    "an event of a booking that does not exist": """
        SELECT id FROM bookonce_event AS event WHERE booking_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM bookonce_booking WHERE id = event.booking_id)""",
}


def broken() -> list[str]:
    """The names of what does not hold now."""
    with connection.cursor() as cursor:
        return [name for name, sql in NEVER.items() if cursor.execute(sql).fetchone() is not None]
