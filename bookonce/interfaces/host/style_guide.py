"""``/style``: every component of the pages in every state, light and dark, for developers.

Only where ``BOOKONCE_STYLE_PAGE`` is on; nobody else's page, and no data of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from bookonce.foundation import accent_colours
from bookonce.interfaces.host.shared import frame
from bookonce.interfaces.pages.icons import SHAPES
from bookonce.interfaces.pages.methods import allow_methods

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True)
class SampleNamed:
    """A workspace or person of the style page, with a name and perhaps a colour."""

    name: str
    accent: str = ""


@dataclass(frozen=True)
class SampleHostRequest:
    """A request of nobody, for templates."""

    workspace: SampleNamed
    person: SampleNamed = field(default_factory=lambda: SampleNamed("Hana Owner"))

    # The frame reads more attributes as it grows; the style page must not break each time.
    def __getattr__(self, name: str) -> tuple[Any, ...]:
        """Any other attribute is empty."""
        return ()


@allow_methods("GET")
def style_guide(request: HttpRequest) -> HttpResponse:
    """All components; ``?accent=ffcc00`` shows them in that colour."""
    if not settings.ENVIRONMENT.style_page:
        raise Http404
    accent = accent_colours.parse_colour(request.GET.get("accent", "")) or ""
    workspace = SampleNamed("Praxis für Physiotherapie am Mühlenbach", accent)
    shown: dict[str, Any] = {
        "desk": SampleHostRequest(workspace),
        "workspace": workspace,
        "section": "settings",
        "tab": "calendars",
        "icons": sorted(SHAPES),
        "noon": NOON,
    }
    return frame.render_page(request, frame.voice_of(request), "style/page.html", **shown)
