"""Changing and deleting many rows, a few to a commit: others write in between."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from bookonce.foundation.database.transactions import transaction

FEW = 500
"""Rows of one turn: few enough that other writers wait no longer than for a booking."""

M = TypeVar("M", bound=Model)


def delete_few(ended: QuerySet[M]) -> None:
    """Delete at most ``FEW`` of these rows, which an index should find."""
    # Looked for outside the transaction: most turns find nothing, and need not wait for a writer.
    keys = list(next_few(ended).values_list("pk", flat=True))
    if keys:
        with transaction():
            ended.filter(pk__in=keys).delete()


def update_in_pieces(found: QuerySet[M], **values: Any) -> int:
    """Update all of these rows, ``FEW`` to a commit; returns how many.

    The values must take a row out of ``found``. Rows that join it meanwhile may be updated, too.
    """
    updated = 0
    while keys := list(next_few(found).values_list("pk", flat=True)):
        with transaction():
            # Looked at again: a row may have left meanwhile.
            updated += found.filter(pk__in=keys).update(**values)
        if len(keys) < FEW:
            break
    return updated


def next_few(ended: QuerySet[M]) -> QuerySet[M]:
    """The rows of the next turn, in no order: what is left is found later."""
    return ended[:FEW]
