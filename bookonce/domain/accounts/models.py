"""People, their workspaces, and the keys of programs."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from bookonce.foundation import tokens, translation


class Workspace(models.Model):
    """A team, a practice, a company: everything belongs to one, and no request sees two."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    link_days = models.PositiveSmallIntegerField(null=True)
    """How long a one-time link lives where its minting does not say; None: for ever."""
    accent = models.CharField(max_length=7, blank=True, default="")
    """The colour of what can be pressed or is chosen, as ``#rrggbb``; empty: ours. Pages correct it."""
    language = models.CharField(max_length=10, default=translation.SOURCE)
    """The language for whoever asks for none that there is: of pages where a browser does, and of letters."""
    created_at = models.DateTimeField()


class Person(AbstractBaseUser):
    """Somebody who can sign in. What they may do depends on where they are a member."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=10, blank=True, default="")
    """The language of their pages and letters; empty: what their browser asks for, else the workspace's."""
    clock = models.CharField(max_length=2, blank=True, default="")
    """``12`` or ``24`` hours, on their pages and in letters to them; empty: as their language has it."""
    setup_hash = models.BinaryField(max_length=32, null=True)
    """Hash of the address at which this person sets their password: the last one that was given out."""
    setup_expires_at = models.DateTimeField(null=True)
    """From when on it opens nothing: the end of its life, or when it was used or a password was set."""
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects = BaseUserManager()


class Session(models.Model):
    """A browser in which somebody is signed in, or is about to be. The row holds the hash of its key."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    key_hash = models.BinaryField(max_length=32, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sessions")
    agent = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=64, blank=True)
    data = models.TextField()
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)


class Passkey(models.Model):
    """A key in somebody's phone, computer or stick, with which they sign in. We hold its public half."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    person = models.ForeignKey(Person, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()
    """As the WebAuthn standard writes it: the maker's number, the id and the public key."""
    counter = models.PositiveBigIntegerField(default=0)
    """How often it says that it was used; where it counts backwards, it is a copy."""
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Authenticator(models.Model):
    """An app that shows a new code every half minute; asks nothing until its first code has proven it."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="authenticator")
    secret = models.TextField()
    """Encrypted (``foundation/encryption.py``)."""
    step = models.PositiveBigIntegerField(default=0)
    """The half minute of the last code that was taken: none is taken twice."""
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code on paper for whoever has lost their authenticator. Works once; the row holds its mark."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    person = models.ForeignKey(Person, models.CASCADE, related_name="recovery_codes")
    mark = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)


class MailedLink(models.Model):
    """A link that was mailed to somebody: whoever opens it reads their mail.

    The token is made by the worker as it sends (``tokens``); the row holds its nonce and its hash.
    """

    class Purpose(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 - the name of a purpose
        EMAIL = "email"

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    person = models.ForeignKey(Person, models.CASCADE, related_name="mailed_links")
    purpose = models.CharField(max_length=10, choices=Purpose)
    email = models.EmailField(max_length=254)
    """Where it goes; of a change of address, the new one."""
    nonce = models.BinaryField(max_length=16)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)


class Member(models.Model):
    """A person in a workspace: an owner of calendars, a host of meetings."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MEMBER = "member"

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="members", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "person"], name="one_membership_each")
        ]


class ApiKey(models.Model):
    """A key with which a program acts for a member. Only its hash is stored; it is shown once."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    member = models.ForeignKey(Member, models.PROTECT, related_name="keys")
    name = models.CharField(max_length=120)
    key_hash = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
