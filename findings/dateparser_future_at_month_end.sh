#!/usr/bin/env bash
# dateparser: on the last day of a month, "prefer the future" goes four weeks into the past.
#
# The guess: with PREFER_DATES_FROM=future, "10:00" said at noon means 10:00 tomorrow.
# What is seen: so it is on every day but the last of a month. On 30 November at noon, "10:00" is 10:00 on
#   1 November; on 31 December 2026 it is 1 December 2027, eleven months late. The day moves on, the month does
#   not. No error is raised, and a zone in the text ("09:30 UTC") changes nothing.
# Versions: dateparser 1.5.0, Python 3.11. Date: 2026-11-30.
# Source: dateparser's documentation, "Settings", PREFER_DATES_FROM; issue scrapinghub/dateparser#1202 (open)
#   tells the same of a weekday with a time.
# Why it matters to a scheduler: whoever reads a guest's or an assistant's "tomorrow, 10:00" with it offers a time
#   that is gone, or one next year, and only on twelve days a year, so that no test of an ordinary day sees it.
#   Refuse what is not after now and inside the window that is on offer.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check dateparser==1.5.0 >"$box/log" 2>&1 ||
    cannot "dateparser"

"$box/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime

import dateparser


def read(text: str, now: datetime) -> str:
    settings = {"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future"}
    found = dateparser.parse(text, languages=["en"], settings=settings)
    print(f"said on {now:%Y-%m-%d %H:%M}: {text:10} is {found}")
    return str(found)


ordinary = read("10:00", datetime(2026, 11, 29, 12))
seen = [
    read("10:00", datetime(2026, 11, 30, 12)),
    read("09:30 UTC", datetime(2026, 11, 30, 12)),
    read("10:00", datetime(2026, 12, 31, 12)),
]
wanted = ["2026-11-01 10:00:00", "2026-11-01 09:30:00+00:00", "2027-12-01 10:00:00"]
if ordinary != "2026-11-30 10:00:00" or seen != wanted:
    sys.exit("It has changed.")
PY
