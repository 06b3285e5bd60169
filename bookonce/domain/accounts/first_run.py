"""The address at which the first workspace is founded in the browser.

It is printed at each start, is new each time, and works only while there is no workspace. Processes of this
start inherit its hash in their environment.
"""

from __future__ import annotations

import hmac
import os

from django.conf import settings

from bookonce.domain.accounts.models import Workspace
from bookonce.foundation import tokens

_VARIABLE = "_BOOKONCE_FIRST_RUN"


def create_setup_secret() -> str:
    """Make a new secret, for this process and those that it starts; returns the set-up address."""
    secret = tokens.new_secret()
    # The hash alone: every child inherits an environment, and many tools print it.
    os.environ[_VARIABLE] = tokens.hash_of(secret).hex()
    return f"{settings.BASE_URL}/setup/{secret}"


def can_found_workspace(secret: str) -> bool:
    """Whether the first workspace can be founded with this secret now."""
    # The secret first, so that a stranger's guess costs no query.
    return is_setup_secret(secret) and not Workspace.objects.exists()


def is_setup_secret(secret: str) -> bool:
    """Whether this is the secret of this start, whether or not a workspace exists by now."""
    kept = os.environ.get(_VARIABLE, "")
    return bool(kept) and hmac.compare_digest(kept, tokens.hash_of(secret).hex())
