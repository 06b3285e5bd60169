#!/usr/bin/env bash
# dateparser: an hour without minutes is dropped without a word, or becomes a day of the month.
#
# The guess: "tomorrow at 9", "morgen um 9 Uhr", "Freitag um 15 Uhr" name an hour; what cannot be read is None.
# What is seen: "tomorrow at 9" and "morgen um 9 Uhr", said at noon, are *noon* tomorrow: the hour is lost and the
#   clock of the base kept. With a weekday the number is read as a date: "Freitag um 15 Uhr" is Sunday,
#   15 November at midnight, though the future is preferred and the 15th is no Friday. "9:00" and "9am" are right.
# Versions: dateparser 1.5.0, Python 3.11. Date: 2026-11-30.
# Source: issues scrapinghub/dateparser#1080 (the hour is ignored) and #1159 (German "Uhr"), both open; the
#   documentation, "Settings", names nothing that would refuse such a text (STRICT_PARSING is about dates).
# Why it matters to a scheduler: these are the commonest ways to say a time in a chat or a mail, above all in German.
#   The answer is a well-formed time at the wrong hour. Read the hour yourself, say the time back before booking.
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

NOW = datetime(2026, 11, 30, 12)  # a Monday, at noon
SEEN = [
    ("en", "tomorrow at 9am", "2026-12-01 09:00:00"),
    ("en", "tomorrow at 9", "2026-12-01 12:00:00"),
    ("de", "morgen um 9:00 Uhr", "2026-12-01 09:00:00"),
    ("de", "morgen um 9 Uhr", "2026-12-01 12:00:00"),
    ("de", "Freitag um 15:00 Uhr", "2026-12-04 15:00:00"),
    ("de", "Freitag um 15 Uhr", "2026-11-15 00:00:00"),
]

changed = False
for language, text, wanted in SEEN:
    settings = {"RELATIVE_BASE": NOW, "PREFER_DATES_FROM": "future"}
    found = dateparser.parse(text, languages=[language], settings=settings)
    print(f"{text:22} {found}")
    changed |= str(found) != wanted
sys.exit("It has changed." if changed else 0)
PY
