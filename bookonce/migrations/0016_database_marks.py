import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookonce", "0015_key_check"),
    ]

    operations = [
        migrations.CreateModel(
            name="DatabaseEpoch",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("key", models.UUIDField(default=uuid.uuid4)),
                ("begun_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FolderMark",
            fields=[
                ("folder", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField()),
            ],
        ),
    ]
