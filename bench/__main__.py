"""``python -m bench [part …] [--quick]``: measure, print, and write bench/report.md."""

from __future__ import annotations

import argparse
import importlib
import time
from dataclasses import replace

from bench import reference, report
from bench.figures import QUICK, WHOLE, Figure, Size

PARTS = {
    "booking": "Booking over HTTP",
    "pages": "What a guest waits for",
    "storms": "Storms",
    "minting": "Minting",
    "engine": "The engine",
    "footprint": "Start and memory",
}


def measured(part: str, size: Size) -> list[Figure]:
    """The figures of one part, each knowing how fast the machine was meanwhile."""
    before = reference.ratio()
    figures: list[Figure] = importlib.import_module(f"bench.parts.{part}").figures(size)
    speed = (before + reference.ratio()) / 2
    return [replace(figure, speed=speed) for figure in figures]


def main() -> None:
    """Measure the parts that were named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what the docs promise.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a small size, to see that everything works")
    args = parser.parse_args()
    unknown = set(args.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose of {', '.join(PARTS)}")
    found: dict[str, list[Figure]] = {}
    begun = time.monotonic()
    for part in args.parts or PARTS:
        found[PARTS[part]] = measured(part, QUICK if args.quick else WHOLE)
        print(report.table(PARTS[part], found[PARTS[part]]), flush=True)
    print(f"took {time.monotonic() - begun:.0f} s")
    if not args.parts and not args.quick:
        report.write(found)


if __name__ == "__main__":
    main()
