"""The address at which the first workspace is founded in the browser.

It is printed where the program starts, is new at each start, and opens only while nobody works here.
Every process of this start knows it by the environment that it inherits, as a hash.
"""

from __future__ import annotations

import hmac
import os

from django.conf import settings

from bookonce.domain.accounts.models import Workspace
from bookonce.foundation import tokens

_VARIABLE = "_BOOKONCE_FIRST_RUN"


def create_setup_secret() -> str:
    """A new address for this process and those that it will start."""
    secret = tokens.new_secret()
    os.environ[_VARIABLE] = tokens.hash_of(secret).hex()
    return f"{settings.BASE_URL}/setup/{secret}"


def can_found_workspace(secret: str) -> bool:
    """Whether this secret founds the first workspace, now."""
    return is_setup_secret(secret) and not Workspace.objects.exists()


def is_setup_secret(secret: str) -> bool:
    """Whether this is the secret of this start, which founds nothing once somebody works here."""
    kept = os.environ.get(_VARIABLE, "")
    return bool(kept) and hmac.compare_digest(kept, tokens.hash_of(secret).hex())
