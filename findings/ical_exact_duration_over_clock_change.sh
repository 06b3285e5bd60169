#!/usr/bin/env bash
# DURATION:PT8H over the night the clocks go back: most readers make it nine hours.
#
# The guess: PT8H from 22:00 ends eight hours later, at 05:00, on the night that has 25 hours. So does RFC 5545: hours,
#   minutes and seconds are exact, only days and weeks follow the clock.
# What is seen: icalendar, recurring-ical-events and ical.js (with the file's own VTIMEZONE) add it to the wall clock:
#   the end is 06:00, after nine hours. node-ical ends at 05:00. In spring the same event loses an hour.
# Versions: icalendar 7.3.2, recurring-ical-events 3.8.2, tzdata 2026.6, Python 3.11; ical.js 2.2.1, node-ical 0.26.1,
#   Node 20. Date: 2026-11-30.
# Source: RFC 5545, section 3.3.6 (nominal and exact durations); issue libical/libical#630 tells of the converse fault.
# Why it matters to a scheduler: night shifts and on-call hours are often written with a DURATION. Read so, the host is
#   busy an hour too long, or, in spring, free while still at work. Compute the end in UTC where the duration has a
#   part below a day, and write DTEND in one's own files.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 \
    tzdata==2026.6 >"$box/log" 2>&1 || cannot "icalendar, recurring-ical-events"
npm install --prefix "$box" --silent --no-audit --no-fund ical.js@2.2.1 node-ical@0.26.1 >"$box/log" 2>&1 ||
    cannot "ical.js, node-ical"

sed 's/$/\r/' >"$box/night.ics" <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//night//EN
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:night@example.org
DTSTAMP:20261001T000000Z
DTSTART;TZID=Europe/Berlin:20261024T220000
DURATION:PT8H
END:VEVENT
END:VCALENDAR
ICS
cd "$box"
PYTHONTZPATH='' venv/bin/python -W ignore - >seen <<'PY'
from datetime import UTC, date

import icalendar
import recurring_ical_events

calendar = icalendar.Calendar.from_ical(open("night.ics", "rb").read())
(event,) = calendar.walk("VEVENT")
(instance,) = recurring_ical_events.of(calendar).between(date(2026, 10, 24), date(2026, 10, 27))
for name, found in (("icalendar", event), ("recurring-ical-events", instance)):
    print(name, (found.end.astimezone(UTC) - found.start.astimezone(UTC)).total_seconds() / 3600)
PY
cat >read.mjs <<'JS'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";
const text = readFileSync("night.ics", "utf8");
const hours = (start, end) => ((end - start) / 3_600_000).toFixed(1);
const whole = new ICAL.Component(ICAL.parse(text));
ICAL.TimezoneService.register(whole.getFirstSubcomponent("vtimezone"));
const event = new ICAL.Event(whole.getFirstSubcomponent("vevent"));
console.log("ical.js", hours(event.startDate.toJSDate(), event.endDate.toJSDate()));
const other = Object.values(ical.sync.parseICS(text)).find((part) => part.type === "VEVENT");
console.log("node-ical", hours(other.start, other.end));
JS
node read.mjs >>seen
cat seen
printf '%s\n' 'icalendar 9.0' 'recurring-ical-events 9.0' 'ical.js 9.0' 'node-ical 8.0' | cmp -s - seen ||
    { echo "It has changed."; exit 1; }
