"""How pages speak: the template environment and its words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bookonce.assets import asset

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def environment(**options: Any) -> Environment:
    """The Jinja2 environment of every page: escaping always on, a missing name is a mistake."""
    options |= {
        "autoescape": True,
        "loader": FileSystemLoader(TEMPLATES),
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "auto_reload": False,
    }
    pages = Environment(**options)
    pages.globals["asset"] = asset
    return pages
