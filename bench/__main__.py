"""``python -m bench [part …] [--quick] [--against REV [--rounds N]]``: measure, print, and write it down."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace

from bench import against, report
from bench.builds import BuildUnusable, compile_bytecode, require_own_package, this_checkout
from bench.comparison import CLAIM
from bench.figures import QUICK, WHOLE, Figure, Size
from bench.measurements import PARTS, measured


def main() -> int:
    """Measure the parts that were named, or all of them, alone or beside another revision."""
    # What is measured is on this machine; only pip, which installs other builds, may use a proxy.
    os.environ["no_proxy"] = ",".join(filter(None, [os.environ.get("no_proxy"), "127.0.0.1", "localhost"]))
    parser = _parser()
    args = parser.parse_args()
    unknown = set(args.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose of {', '.join(PARTS)}")
    if args.rounds is not None and (args.rounds < 1 or not args.against):
        parser.error("--rounds takes a number from 1, together with --against")
    if not args.against:
        _measure(args.parts, QUICK if args.quick else WHOLE)
        return 0
    size = against.QUICK if args.quick else against.WHOLE
    size = replace(size, rounds=args.rounds or size.rounds)
    try:
        return 0 if against.run(args.against, args.parts, size) else 1
    except BuildUnusable as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what the docs promise.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a small size, to see that everything works")
    parser.add_argument("--against", metavar="REV", help="compare with the build of this revision")
    parser.add_argument("--rounds", type=int, metavar="N", help=f"of each build (a claim needs {CLAIM})")
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
    sys.exit(main())
