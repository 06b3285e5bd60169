#!/usr/bin/env bash
# pydantic: in strict mode, with AwareDatetime, the text "20261130" is a morning in August 1970.
#
# The guess: strict=True and AwareDatetime take an RFC 3339 text with its offset, and refuse a text without a time or
#   an offset. A date in the basic form of ISO 8601 and iCalendar is either refused or that date.
# What is seen: a JSON *text* of digits alone is taken as seconds since 1970, in UTC, and so passes for aware:
#   "20261130" is 1970-08-23T12:05:30Z, "2026" is 33 minutes after the epoch. The JSON *number* 20261130 is refused,
#   and so is the text "2026-11-30T09:30:00", which lacks the offset.
# Versions: pydantic 2.14.3, Python 3.11. Date: 2026-11-30.
# Source: pydantic's documentation, "Datetimes" ("int or float as a string"), and issue pydantic/pydantic#5914, which
#   asked for it; RFC 5545, section 3.3.4 for the basic form.
# Why it matters to a scheduler: an integrator who sends an iCalendar date as an expiry or a start gets 200 and a link
#   that died in 1970. Match the text against one's own pattern before parsing it.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check pydantic==2.14.3 >"$box/log" 2>&1 || cannot "pydantic"

"$box/venv/bin/python" - <<'PY'
import sys

from pydantic import AwareDatetime, TypeAdapter, ValidationError

instant = TypeAdapter(AwareDatetime)
WANTED = {
    '"2026-11-30T09:30:00+01:00"': "2026-11-30T09:30:00+01:00",
    '"2026-11-30T09:30:00"': "refused",
    "20261130": "refused",
    '"20261130"': "1970-08-23T12:05:30+00:00",
    '"2026"': "1970-01-01T00:33:46+00:00",
}
seen = {}
for sent in WANTED:
    try:
        seen[sent] = instant.validate_json(sent, strict=True).isoformat()
    except ValidationError:
        seen[sent] = "refused"
    print(f"{sent:30} {seen[sent]}")
sys.exit("It has changed." if seen != WANTED else 0)
PY
