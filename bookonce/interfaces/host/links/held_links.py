"""``/links/release``: lets every link of the workspace work again that is on hold after a restored backup."""

from __future__ import annotations

from django.http import HttpResponse

from bookonce.domain.links import pausing
from bookonce.interfaces.host.calendars.listing import HOME
from bookonce.interfaces.host.shared.frame import HostRequest, signed_in


@signed_in("POST")
def release_links(desk: HostRequest) -> HttpResponse:
    """Release them; so many that one press does not free them all leave their notice standing."""
    released = pausing.release_links(desk.workspace.pk, by=desk.by, now=desk.now)
    return desk.to(HOME, desk.voice.count("{count} link works again.", "{count} links work again.", released))
