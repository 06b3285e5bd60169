"""``python -m bench [part …] [--quick]``: measure, print, and write it down."""

from __future__ import annotations

import argparse
import time

from bench import report
from bench.builds import compile_bytecode, require_own_package, this_checkout
from bench.figures import QUICK, WHOLE, Figure, Size
from bench.measurements import PARTS, measured


def main() -> None:
    """Measure the parts that were named, or all of them."""
    parser = _parser()
    args = parser.parse_args()
    unknown = set(args.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose of {', '.join(PARTS)}")
    _measure(args.parts, QUICK if args.quick else WHOLE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what the docs promise.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a small size, to see that everything works")
    return parser


def _measure(parts: list[str], size: Size) -> None:
    begun, build, found = time.monotonic(), this_checkout(), dict[str, list[Figure]]()
    require_own_package(build)
    compile_bytecode(build)
    for part in parts or PARTS:
        found[PARTS[part]] = measured(part, build, size)
        print(report.table(PARTS[part], found[PARTS[part]]), flush=True)
    print(f"took {time.monotonic() - begun:.0f} s")
    if not parts and size.is_whole:
        report.write(found)


if __name__ == "__main__":
    main()
