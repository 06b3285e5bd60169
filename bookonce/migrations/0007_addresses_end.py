from datetime import timedelta
from typing import Any

from django.db import migrations, models
from django.utils import timezone


def end(apps: Any, schema_editor: Any) -> None:
    """An address that was given out before there was an end gets a week, like a new owner's."""
    given_out = apps.get_model('bookonce', 'Person').objects.filter(setup_hash__isnull=False)
    given_out.update(setup_expires_at=timezone.now().replace(microsecond=0) + timedelta(days=7))


class Migration(migrations.Migration):

    dependencies = [
        ('bookonce', '0006_by_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='setup_expires_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(end, migrations.RunPython.noop),
    ]
