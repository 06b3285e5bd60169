"""The icons, drawn by us: 24 px grid, 1.5 px stroke, round ends, in the colour of the text beside.

They are inline SVG: no request, no font.
"""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

SHAPES = {
    "archive": '<path d="M3.5 4.5h17v4h-17zM5 8.5v11h14v-11M10 12.5h4"/>',
    "back": '<path d="m14.5 5.5-6.5 6.5 6.5 6.5"/>',
    "bell": '<path d="M6 17v-6.5a6 6 0 0 1 12 0V17l1.5 1.5h-15zM10 20.5h4"/>',
    "calendar": '<path d="M4 6.5h16v14H4zM4 10.5h16M8.5 3.5v5M15.5 3.5v5"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "chevron": '<path d="m6.5 9.5 5.5 5.5 5.5-5.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "code": '<path d="m8.5 7-5 5 5 5M15.5 7l5 5-5 5"/>',
    "copy": (
        '<rect x="8.5" y="8.5" width="12" height="12" rx="2"/>'
        '<path d="M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"/>'
    ),
    "download": '<path d="M12 4v11M7.5 10.5 12 15l4.5-4.5M4.5 19.5h15"/>',
    "edit": '<path d="m4.5 19.5.8-4L16 4.8a1.8 1.8 0 0 1 2.5 0l.7.7a1.8 1.8 0 0 1 0 2.5L8.5 18.7z"/>',
    "eye": (
        '<path d="M2.5 12c2.4-4.3 5.6-6.5 9.5-6.5s7.1 2.2 9.5 6.5c-2.4 4.3-5.6 6.5-9.5 6.5S4.9 '
        '16.3 2.5 12z"/>'
        '<circle cx="12" cy="12" r="3"/>'
    ),
    "globe": (
        '<circle cx="12" cy="12" r="8.5"/>'
        '<path d="M3.5 12h17M12 3.5c2.6 2.5 3.8 5.3 3.8 8.5s-1.2 6-3.8 '
        '8.5c-2.6-2.5-3.8-5.3-3.8-8.5s1.2-6 3.8-8.5z"/>'
    ),
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11.5v4.5M12 8v.01"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5M16 7.5l3 3M13.5 10l2 2"/>',
    "link": (
        '<path d="m10 14 4-4M8.5 11.5 6 14a3.5 3.5 0 0 0 5 5l2.5-2.5M15.5 12.5 18 10a3.5 3.5 0 0 '
        '0-5-5l-2.5 2.5"/>'
    ),
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5v-3a4 4 0 0 1 8 0v3"/>',
    "mail": '<rect x="3.5" y="5.5" width="17" height="13" rx="2"/><path d="m4 7 8 6 8-6"/>',
    "message": '<path d="M4 5.5h16v11h-9l-4.5 4v-4H4zM8.5 9.5h7M8.5 12.5h4.5"/>',
    "more": '<path stroke-width="2.5" d="M12 5.5v.01M12 12v.01M12 18.5v.01"/>',
    "out": '<path d="M10 4.5H5.5v15H10M9.5 12h10M16 8l4 4-4 4"/>',
    "pause": '<path d="M9 6v12M15 6v12"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20c.8-4 3.4-6 7.5-6s6.7 2 7.5 6"/>',
    "phone": (
        '<path d="M6 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 6 6l1.5-2 4.5 1.5v3a2.5 2.5 0 0 1-2.5 '
        '2.5C10.6 20.5 3.5 13.4 3.5 6A2.5 2.5 0 0 1 6 3.5z"/>'
    ),
    "pin": (
        '<path d="M12 21c-4.3-4.3-6.5-7.8-6.5-10.5a6.5 6.5 0 0 1 13 0c0 2.7-2.2 6.2-6.5 10.5z"/>'
        '<circle cx="12" cy="10.5" r="2.3"/>'
    ),
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "qr": '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v3M14 20h3M20 20v.01"/>',
    "repeat": (
        '<path d="M5 10a7 7 0 0 1 12.5-2.5L19 9M19 4.5V9h-4.5M19 14a7 7 0 0 1-12.5 2.5L5 15M5 19.5V15h4.5"/>'
    ),
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "send": '<path d="M20.5 3.5 10 14M20.5 3.5 14 20.5 10 14 3.5 10z"/>',
    "share": '<path d="M12 15V4M8 7.5 12 3.5l4 4M8 11H5.5v9.5h13V11H16"/>',
    "trash": '<path d="M4.5 6.5h15M9.5 6.5v-3h5v3M6.5 6.5l1 14h9l1-14M10.5 10.5v6M13.5 10.5v6"/>',
    "video": '<rect x="3.5" y="6.5" width="11" height="11" rx="2"/><path d="m14.5 11 6-3.5v9l-6-3.5"/>',
    "warning": '<path d="M12 4 21 19.5H3zM12 10v4.5M12 17v.01"/>',
}


@cache
def icon_markup(name: str, *, turns: bool = False) -> Markup:
    """The SVG of this icon; ``turns``: it is mirrored in right-to-left text."""
    # Hidden from screen readers: the text beside it or the label of its button says what it means.
    frame = Markup('<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>')
    return frame.format(" turns" if turns else "", Markup(SHAPES[name]))  # noqa: S704 - drawn by us
