"""Tables of people, workspaces, sign-in and API keys."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from bookonce.foundation import tokens, translation


class Workspace(models.Model):
    """A team, practice or company. Every object belongs to one, and no request reads two (promise 19)."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    name = models.CharField(max_length=120)
    # Unique in the whole installation: a scheduling link names the workspace by it (/c/WORKSPACE/CALENDAR).
    slug = models.SlugField(max_length=60, unique=True)
    link_days = models.PositiveSmallIntegerField(null=True)
    """Days after which a new one-time link expires by default; None: never."""
    accent = models.CharField(max_length=7, blank=True, default="")
    """The accent colour, ``#rrggbb``; empty: ours. Pages adjust it until it is readable."""
    language = models.CharField(max_length=10, default=translation.SOURCE)
    """The language of pages for browsers that ask for none we have, and of mails."""
    created_at = models.DateTimeField()


class Person(AbstractBaseUser):
    """Somebody who can sign in. Their memberships say what they may do."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    # Always stored in lower case: the unique index of either database tells capitals apart.
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=10, blank=True, default="")
    """The language of their pages and mails; empty: their browser's, else the workspace's."""
    clock = models.CharField(max_length=2, blank=True, default="")
    """``12`` or ``24`` hour clock, on their pages and in mails to them; empty: as their language has it."""
    setup_hash = models.BinaryField(max_length=32, null=True)
    """Hash of the latest set-up secret, with which this person sets their first password."""
    setup_expires_at = models.DateTimeField(null=True)
    """When the set-up secret ends or ended: it expires, is used, or a password was set."""
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects = BaseUserManager()


class Session(models.Model):
    """A browser in which somebody is signed in, or is signing in. The row holds the hash of its key."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    key_hash = models.BinaryField(max_length=32, unique=True)
    # Null while they sign in: the session then keeps the passkey's challenge, or waits for the second factor.
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sessions")
    agent = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=64, blank=True)
    data = models.TextField()
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # Indexed for the worker, which looks every few seconds for what has ended.
    expires_at = models.DateTimeField(db_index=True)


class Passkey(models.Model):
    """A passkey with which somebody signs in. The row holds its public key."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    person = models.ForeignKey(Person, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    # At most 1,023 bytes (WebAuthn, section 4). Unique over all people, for it is all that signing in sends.
    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()
    """WebAuthn's attested credential data: AAGUID, credential id and public key."""
    counter = models.PositiveBigIntegerField(default=0)
    """WebAuthn's signature counter; one that does not grow is the sign of a copy."""
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Authenticator(models.Model):
    """An authenticator app (TOTP); not asked for until a first code has confirmed it."""

    # The primary key, so that two set-ups at once cannot make two.
    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="authenticator")
    secret = models.TextField()
    """Encrypted (``foundation/encryption.py``)."""
    step = models.PositiveBigIntegerField(default=0)
    """The time step (30 s) of the last accepted code: none is accepted twice."""
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code that replaces a lost authenticator, once. The row holds its keyed hash."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    person = models.ForeignKey(Person, models.CASCADE, related_name="recovery_codes")
    mark = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)


class MailedLink(models.Model):
    """A link that was mailed to somebody: whoever opens it can read their mail.

    The worker derives the token as it sends (``tokens``); the row holds its nonce and its hash.
    """

    class Purpose(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 - the name of a purpose
        EMAIL = "email"

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    person = models.ForeignKey(Person, models.CASCADE, related_name="mailed_links")
    purpose = models.CharField(max_length=10, choices=Purpose)
    email = models.EmailField(max_length=254)
    """The address it is sent to; for a change of address, the new one."""
    nonce = models.BinaryField(max_length=16)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    # Indexed for the worker, as a session's.
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)


class Member(models.Model):
    """A person in a workspace: an owner of calendars, a host of meetings."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MEMBER = "member"

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    # No index of its own: that of one_membership_each begins with it.
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="members", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "person"], name="one_membership_each")
        ]


class ApiKey(models.Model):
    """An API key, with which a program acts for a member. Its hash alone is stored; it is shown once."""

    id = models.UUIDField(primary_key=True, default=tokens.new_id)
    member = models.ForeignKey(Member, models.PROTECT, related_name="keys")
    name = models.CharField(max_length=120)
    key_hash = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
