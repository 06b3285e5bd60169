"""``make pictures``: set the README's pictures from those that the document's journey has kept."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "artefacts" / "journey"
SHOWN = ROOT / "docs" / "pictures"
GROUND, GAP = "#8f8f93", 16

PICTURES = {
    "owner.png": ("desk", ["three-dots", "copied"], 800),
    "guest.png": ("phone", ["guest-times", "guest-booked", "late"], 390),
}
"""Each picture: of which device, which steps of its journey, and how wide each is shown."""


def _step(device: str, name: str, width: int) -> Image.Image:
    [path] = (KEPT / device).glob(f"*-{name}.png")
    whole = Image.open(path).convert("RGB")
    return whole.resize((width, whole.height * width // whole.width), Image.Resampling.LANCZOS)


def _side_by_side(steps: list[Image.Image]) -> Image.Image:
    width = sum(step.width for step in steps) + GAP * (len(steps) + 1)
    sheet = Image.new("RGB", (width, max(step.height for step in steps) + 2 * GAP), GROUND)
    left = GAP
    for step in steps:
        sheet.paste(step, (left, GAP))
        left += step.width + GAP
    return sheet


def main() -> None:
    """Make every picture anew."""
    for name, (device, steps, width) in PICTURES.items():
        sheet = _side_by_side([_step(device, step, width) for step in steps])
        sheet.quantize(128, dither=Image.Dither.NONE).save(SHOWN / name, optimize=True)


if __name__ == "__main__":
    main()
