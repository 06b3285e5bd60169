from typing import Any
from uuid import UUID

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Exists, F, OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Concat, Replace
from django.utils import timezone

from bookonce.foundation import tokens


def name(apps: Any, editor: Any) -> None:
    """Say of every delivery that was asked for before whom exactly it is for, and what it is a copy of.

    Threads are named anew with it, so that what waits keeps its order with what is written after this.
    """
    delivery, event = apps.get_model("bookonce", "Delivery"), apps.get_model("bookonce", "Event")
    own = event.objects.filter(pk=OuterRef("event_id"))
    _become(delivery, own, "host", KeyTextTransform(0, KeyTransform("hosts", "data")))
    _become(delivery, own, "person", KeyTextTransform("person", "data"))
    asks = delivery.objects.filter(recipient="host", thread__startswith="asks:")
    for thread in asks.values_list("thread", flat=True).distinct():
        owner = tokens.public_id("mem", UUID(thread.split(":")[1]))
        delivery.objects.filter(thread=thread).update(recipient=f"host:{owner}")
    identity: Any = Concat(Value(":"), "purpose", Value(":"), "channel", Value(":"), "recipient")
    for role in ("guest", "host", "person"):
        ours = delivery.objects.filter(recipient__startswith=role, thread__endswith=f":{role}")
        ours.update(thread=Replace(F("thread"), Value(f":{role}"), identity))
    _mark_copies(delivery)
    if editor.connection.vendor == "postgresql":
        # It makes no index on a table whose foreign keys are still to be checked.
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _become(delivery: Any, own: Any, role: str, found: Any) -> None:
    """Of these, add who it is to the role, where the event tells."""
    who = own.annotate(who=found).exclude(who=None)
    ours = delivery.objects.filter(Exists(who), recipient=role)
    ours.update(recipient=Concat(Value(f"{role}:"), Subquery(who.values("who")[:1])))


def _mark_copies(delivery: Any) -> None:
    same = {name: OuterRef(name) for name in ("event_id", "purpose", "channel", "recipient")}
    before = delivery.objects.filter(pk__lt=OuterRef("pk"), **same).order_by("pk")
    delivery.objects.filter(Exists(before)).update(copy_of_id=Subquery(before.values("pk")[:1]))
    waits = delivery.objects.filter(state="waiting", copy_of__isnull=False)
    earlier = waits.filter(copy_of_id=OuterRef("copy_of_id"), pk__lt=OuterRef("pk"))
    doubled = list(waits.filter(Exists(earlier)).values_list("pk", flat=True))
    delivery.objects.filter(pk__in=doubled).update(
        state="dropped", ended_at=timezone.now().replace(microsecond=0), lease_until=None,
        fence=F("fence") + 1, last_error="another copy of it waits already",
    )


def unname(apps: Any, editor: Any) -> None:
    """Say only on which side of the table each is read, as before."""
    delivery = apps.get_model("bookonce", "Delivery")
    identity: Any = Concat(Value(":"), "purpose", Value(":"), "channel", Value(":"), "recipient")
    for role in ("guest", "host", "person"):
        ours = delivery.objects.filter(recipient__startswith=role)
        ours.update(thread=Replace(F("thread"), identity, Value(f":{role}")), recipient=role)


class Migration(migrations.Migration):

    dependencies = [
        ('bookonce', '0010_deliveries_workspace'),
    ]

    operations = [
        migrations.RenameField(model_name='delivery', old_name='audience', new_name='recipient'),
        migrations.AlterField(
            model_name='delivery',
            name='recipient',
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='thread',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='delivery',
            name='purpose',
            field=models.CharField(default='notice', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='delivery',
            name='copy_of',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='bookonce.delivery'),
        ),
        migrations.RunPython(name, unname, elidable=True),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('copy_of__isnull', True)), fields=('event', 'purpose', 'channel', 'recipient'), name='one_delivery_of_each'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('copy_of__isnull', False), ('state', 'waiting')), fields=('copy_of',), name='one_waiting_copy'),
        ),
    ]
