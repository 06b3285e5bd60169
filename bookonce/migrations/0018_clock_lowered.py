"""How often a person has turned the recorded instants back, so that processes that are ahead follow."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookonce', '0017_clock_readings'),
    ]

    operations = [
        migrations.AddField('clockreading', 'lowered', models.PositiveIntegerField(default=0)),
    ]
