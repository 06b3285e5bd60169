#!/usr/bin/env bash
# A guest called Jane "JD" Doe: neither way of writing the quotation marks is read by all, and one loses the guest.
#
# The guess: a backslash escapes in parameters as it does in texts, or RFC 6868's ^' (2013) is read everywhere by now.
# What is seen: the npm package ics writes CN="Jane \"JD\" Doe", which RFC 5545 forbids: icalendar drops the whole
#   ATTENDEE with its address (only `errors` tells), vobject refuses the file, node-ical drops the attendee too, ical.js
#   cuts the name. icalendar writes CN="Jane ^'JD^' Doe"; icalendar and ical.js read it back, vobject and node-ical
#   show the carets.
# Versions: ics 3.12.0, ical.js 2.2.1, node-ical 0.26.1, Node 20; icalendar 7.3.2, vobject 0.9.9, Python 3.11.
#   Date: 2026-11-30.
# Source: RFC 5545, section 3.2 (no DQUOTE in a parameter's value); RFC 6868, section 3;
#   issues kewisch/ical.js#482 and collective/icalendar#652.
# Why it matters to a scheduler: guests type their names. An invitation loses its guest, or shows carets, by which
#   program reads it. Write another mark for the quotation mark, and no caret.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 vobject==0.9.9 >"$box/log" 2>&1 ||
    cannot "icalendar, vobject"
npm install --prefix "$box" --silent --no-audit --no-fund ics@3.12.0 ical.js@2.2.1 node-ical@0.26.1 >"$box/log" 2>&1 ||
    cannot "ics, ical.js, node-ical"

cd "$box"
cat >write.mjs <<'JS'
import { createEvent } from "ics";
const made = createEvent({
  uid: "a@example.org", title: "Call", start: [2026, 12, 1, 9, 0], startInputType: "utc", duration: { hours: 1 },
  attendees: [{ name: 'Jane "JD" Doe', email: "jane@example.org" }],
});
process.stdout.write(made.value);
JS
node write.mjs >backslash.ics
venv/bin/python - <<'PY'
import icalendar

calendar = icalendar.Calendar.from_ical(open("backslash.ics", "rb").read())
attendee = icalendar.vCalAddress("mailto:jane@example.org")
attendee.params["CN"] = 'Jane "JD" Doe'
calendar.walk("VEVENT")[0].add("attendee", attendee)
open("caret.ics", "wb").write(calendar.to_ical())
PY
cat >read.py <<'PY'
import logging

import icalendar
import vobject

logging.disable()
for name in ("backslash", "caret"):
    text = open(f"{name}.ics", newline="").read()
    event = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]
    print(name, "icalendar:", event["ATTENDEE"].params["CN"] if "ATTENDEE" in event else "no attendee")
    try:
        print(name, "vobject:", vobject.readOne(text).vevent.attendee.params["CN"][0])
    except vobject.base.ParseError:
        print(name, "vobject: refused")
PY
cat >read.mjs <<'JS'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";
for (const name of ["backslash", "caret"]) {
  const text = readFileSync(`${name}.ics`, "utf8");
  const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent");
  console.log(name, "ical.js:", event.getFirstProperty("attendee").getParameter("cn"));
  const other = Object.values(ical.sync.parseICS(text)).find((part) => part.type === "VEVENT");
  console.log(name, "node-ical:", other.attendee?.params.CN ?? "no attendee");
}
JS
{ venv/bin/python -W ignore read.py; node read.mjs 2>/dev/null; } >seen
cat seen
cmp -s - seen <<'SEEN' || { echo "It has changed."; exit 1; }
backslash icalendar: no attendee
backslash vobject: refused
caret icalendar: Jane "JD" Doe
caret vobject: Jane ^'JD^' Doe
backslash ical.js: Jane \
backslash node-ical: no attendee
caret ical.js: Jane "JD" Doe
caret node-ical: Jane ^'JD^' Doe
SEEN
