#!/usr/bin/env bash
# vobject: a zoneinfo zone is written under its abbreviation, and Shanghai is handed Chicago's rules.
#
# The guess: an event at 09:00 in ZoneInfo("Asia/Shanghai") is written with TZID=Asia/Shanghai and that zone's rules.
# What is seen: the TZID is the abbreviation of the day, CST; so is Chicago's. One file with an event in each has one
#   VTIMEZONE called CST, with the rules of the first, and vobject itself as well as icalendar read the second
#   event 14 hours late. Nothing is raised. (Europe/Berlin becomes TZID=CET.)
# Versions: vobject 0.9.9, icalendar 7.3.2 as the other reader, tzdata 2026.6, Python 3.11. Date: 2026-11-30.
# Source: RFC 5545, section 3.2.19 (a TZID is unique in its object) and 3.6.5; pull request py-vobject/vobject#118,
#   which gives zoneinfo zones their own names, is merged but not in 0.9.9.
# Why it matters to a scheduler: hosts in two zones in one feed is everyday. CST, IST and BST each name several zones.
#   Hand vobject times in UTC, as ZoneInfo("UTC"), or write such files with something else.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check vobject==0.9.9 icalendar==7.3.2 tzdata==2026.6 \
    >"$box/log" 2>&1 || cannot "vobject, icalendar, tzdata"

PYTHONTZPATH='' "$box/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar
import vobject

calendar = vobject.iCalendar()
meant = {}
for uid, zone in (("chicago@example.org", "America/Chicago"), ("shanghai@example.org", "Asia/Shanghai")):
    at = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo(zone))
    meant[uid] = at.astimezone(UTC)
    event = calendar.add("vevent")
    event.add("uid").value = uid
    event.add("dtstart").value = at
text = calendar.serialize()
print(*[line for line in text.splitlines() if line.startswith(("TZID", "UID", "DTSTART;"))], sep="\n")

by_vobject = {e.uid.value: e.dtstart.value.astimezone(UTC) for e in vobject.readOne(text).vevent_list}
events = icalendar.Calendar.from_ical(text).walk("VEVENT")
by_icalendar = {str(e["UID"]): e["DTSTART"].dt.astimezone(UTC) for e in events}
late = {}
for reader, read in (("vobject", by_vobject), ("icalendar", by_icalendar)):
    late[reader] = [(read[uid] - meant[uid]).total_seconds() / 3600 for uid in meant]
    print(f"{reader}: Chicago {late[reader][0]:+.0f} h, Shanghai {late[reader][1]:+.0f} h")
if text.count("BEGIN:VTIMEZONE") != 1 or set(map(tuple, late.values())) != {(0.0, 14.0)}:
    sys.exit("It has changed.")
PY
