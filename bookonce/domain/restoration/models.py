"""Tables that tell an older copy of the database from the database that a machine has served before."""

from __future__ import annotations

import uuid

from django.db import models


class DatabaseEpoch(models.Model):
    """A part of the database's life, from its first start or from the pausing of links after a restore.

    A copy does not know the epochs that began after it was made.
    """

    number = models.PositiveIntegerField(primary_key=True)
    key = models.UUIDField(default=uuid.uuid4)
    begun_at = models.DateTimeField()


class FolderMark(models.Model):
    """How often the server of one data folder has said that it serves this database.

    The folder keeps the last number in a file (``mark_file``): a database with a lower one is older.
    """

    folder = models.UUIDField(primary_key=True)
    number = models.PositiveBigIntegerField()
