from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def give(apps: Any, editor: Any) -> None:
    delivery, event = apps.get_model("bookonce", "Delivery"), apps.get_model("bookonce", "Event")
    own = event.objects.filter(pk=models.OuterRef("event_id")).values("workspace_id")
    delivery.objects.update(workspace_id=models.Subquery(own))


class Migration(migrations.Migration):

    dependencies = [
        ('bookonce', '0009_persons_clock'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='workspace',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bookonce.workspace'),
        ),
        migrations.RunPython(give, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='delivery',
            name='workspace',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bookonce.workspace'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['workspace', 'id'], name='delivery_of_workspace'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['workspace', 'state', 'id'], name='delivery_by_state'),
        ),
    ]
