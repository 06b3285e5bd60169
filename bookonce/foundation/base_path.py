"""Serving below a path, as at ``https://example.org/termine`` (docs/decisions/0017).

Inside, every address begins at the program's own root: ``/sign-in``. What comes in loses the path here, what
goes out gets it; no page, script or redirect knows of it. ``settings.BASE_PATH`` is empty or begins with a
slash.
"""

from __future__ import annotations

import re

from django.conf import settings

_ADDRESSES = re.compile(r'(\s(?:href|src|action|formaction|data-(?:begin|log|preview))=")/(?!/)')
"""An attribute with one of our addresses. Only templates write quotation marks: text of people is escaped."""


def without_base_path(path: str) -> str:
    """The path of a request as the program knows it, whether or not a proxy has cut the base path off."""
    base: str = settings.BASE_PATH
    if base and path.startswith(base):
        # /terminex is another's address.
        rest = path[len(base) :]
        return rest if rest.startswith("/") else path if rest else "/"
    return path


def with_base_path(address: str) -> str:
    """The address as browsers know it; one of another site, or a relative one, as it is."""
    is_ours = address.startswith("/") and not address.startswith("//")
    return settings.BASE_PATH + address if is_ours else address


def page_with_base_path(markup: str) -> str:
    """A page whose every address is as browsers know it."""
    return _ADDRESSES.sub(rf"\g<1>{settings.BASE_PATH}/", markup)
