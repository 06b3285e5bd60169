from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        # Not the squashed one, to which Django leads this where it stands for the thirteen: on the way back to one
        # of them nothing would else undo this first.
        ("bookonce", "0013_fewer_indexes"),
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
