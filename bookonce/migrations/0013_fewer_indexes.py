from collections.abc import Callable
from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

# Another index of the table begins with the same key; nothing reads that of `event.workspace`, and a link's
# bookings are found by `one_booking_per_link` and `booking_that_gave_back`.
DROPPED = (
    ("booking", "calendar", models.PROTECT, "bookings", "03aed545"),
    ("booking", "link", models.PROTECT, "bookings", "d19fdcf8"),
    ("booking", "workspace", models.PROTECT, "bookings", "0376ee13"),
    ("calendar", "workspace", models.PROTECT, "calendars", "e91f75a9"),
    ("calendarhost", "calendar", models.CASCADE, "hosting", "4f93668f"),
    ("contact", "workspace", models.PROTECT, "contacts", "f664ebbd"),
    ("event", "workspace", models.PROTECT, "+", "6d0fe9bb"),
    ("heldtime", "diary", models.PROTECT, "held", "c48324ce"),
    ("hold", "diary", models.CASCADE, "holds", "1e3500ed"),
    ("link", "calendar", models.PROTECT, "links", "e758916c"),
    ("link", "workspace", models.PROTECT, "links", "ab3ce2d5"),
    ("member", "workspace", models.PROTECT, "members", "8f719250"),
    ("observation", "link", models.CASCADE, "observations", "824455af"),
)


def drop(model: str, name: str, deleted: Callable[..., Any], related: str, ending: str) -> Operation:
    """Drop the index by its name: Django would write the whole table anew for it on SQLite."""
    table, column = f"bookonce_{model}", f"{name}_id"
    index = f"{table}_{column}_{ending}"
    is_free = (model, name) == ("booking", "link")
    field = models.ForeignKey(f"bookonce.{name}", deleted, null=is_free, related_name=related, db_index=False)
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f'DROP INDEX IF EXISTS "{index}"', f'CREATE INDEX "{index}" ON "{table}" ("{column}")'
            )
        ],
        [migrations.AlterField(model, name, field)],
    )


class Migration(migrations.Migration):

    dependencies = [
        ('bookonce', '0012_hold_of_link_and_host'),
    ]

    operations = [
        *(drop(*one) for one in DROPPED),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('gave_back_at__isnull', False)), fields=['link'], name='booking_that_gave_back'),
        ),
    ]
