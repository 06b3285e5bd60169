"""What each machine records of its clock."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookonce', '0016_database_marks'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClockReading',
            fields=[
                ('machine', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('wall_offset', models.FloatField()),
                ('server_offset', models.FloatField(null=True)),
                ('doubted_offset', models.FloatField(null=True)),
                ('doubted_since', models.FloatField(null=True)),
            ],
        ),
    ]
