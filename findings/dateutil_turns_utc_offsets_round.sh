#!/usr/bin/env bash
# dateutil: "10:00 UTC+02:00" is noon in UTC, not eight in the morning.
#
# The guess: "UTC+02:00" and "GMT+2" mean two hours ahead, as "+02:00" does, as mail programs, Windows, JavaScript's
#   Date and nearly every person write it.
# What is seen: after "UTC" or "GMT" the sign is turned round, as in POSIX's TZ: "10:00 UTC+02:00" is 12:00 UTC,
#   "10:00 +02:00" is 08:00 UTC. The new major release has it as well.
# Versions: python-dateutil 4.0.0 (and 2.9.0.post0), Python 3.11. Date: 2026-11-30.
# Source: issue dateutil/dateutil#968, whose answer calls it the standard's way, and #70.
# Why it matters to a scheduler: times that people copy out of mails and invitations, "Tue, 1 Dec 2026 10:00 UTC+2",
#   come out four hours off and well formed. Take the offset apart oneself, or take ISO 8601 only
#   (dateutil.parser.isoparse).
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check python-dateutil==4.0.0 >"$box/log" 2>&1 ||
    cannot "python-dateutil"

"$box/venv/bin/python" - <<'PY'
import sys
from datetime import UTC

from dateutil import parser

WANTED = {
    "2026-12-01 10:00 +02:00": "08:00",
    "2026-12-01 10:00 UTC+02:00": "12:00",
    "2026-12-01 10:00 GMT+2": "12:00",
    "Tue, 1 Dec 2026 10:00 UTC+2": "12:00",
}
seen = {}
for text in WANTED:
    try:
        seen[text] = f"{parser.parse(text).astimezone(UTC):%H:%M}"
    except ValueError:
        seen[text] = "refused"
    print(f"{text:30} {seen[text]} UTC")
sys.exit("It has changed." if seen != WANTED else 0)
PY
