from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookonce", "0001_squashed_0013_fewer_indexes"),
    ]

    operations = [
        migrations.AddField("link", "paused_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "link",
            models.Index(
                condition=models.Q(("paused_at__isnull", False)), fields=["workspace"], name="link_paused"
            ),
        ),
    ]
