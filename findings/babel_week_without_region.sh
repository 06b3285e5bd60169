#!/usr/bin/env bash
# Babel: the week of a language without a region begins on Monday, whatever its speakers do.
#
# The guess: Locale("he").first_week_day is Sunday, as for Israel; "en" as for en_US, "ar" as for ar_EG: CLDR fills in
#   the likely region of a bare language, and Babel does so for other things.
# What is seen: a locale without a territory takes the world's (001): Monday, for every language. With the region
#   that CLDR's likely subtags name, it is Sunday for en, he, ja, pt and Saturday for ar, fa. Babel ships that table
#   and reads it in Locale.parse, but not here; ICU does, and so the browsers' Intl.Locale.
# Versions: Babel 2.19.0 (and 2.18.0), Python 3.11. Date: 2026-11-30.
# Source: UTS #35, part 4, "Week data" and part 1, "Likely subtags" (the region is inferred where it is missing).
# Why it matters to a scheduler: browsers send "he", "ja" or "en" without a region. A month that the server renders
#   then begins a day or two off from the one that the same phone's calendar shows, and guests press the wrong
#   column. Fill in the likely territory before asking for the week.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0 >"$box/log" 2>&1 || cannot "Babel"

"$box/venv/bin/python" - <<'PY'
import sys

from babel import Locale
from babel.core import get_global

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WANTED = {"de": "Monday"} | dict.fromkeys(("en", "he", "ja", "pt"), "Sunday") | dict.fromkeys(("ar", "fa"), "Saturday")
changed = False
for language, meant in WANTED.items():
    likely = get_global("likely_subtags")[language]
    bare = DAYS[Locale.parse(language).first_week_day]
    full = DAYS[Locale.parse(likely).first_week_day]
    print(f"{language}: {bare}; {likely}: {full}")
    changed |= (bare, full) != ("Monday", meant)
sys.exit("It has changed." if changed else 0)
PY
