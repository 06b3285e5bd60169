#!/usr/bin/env bash
# dayjs: a day added in Europe/Berlin is right on a machine in Berlin and an hour off on one in UTC.
#
# The guess: dayjs.tz("2026-10-24 12:00", "Europe/Berlin").add(1, "day") is noon the next day in Berlin, 11:00 UTC,
#   wherever it runs; the zone was given.
# What is seen: with the process in UTC or New York it is 10:00 UTC, with the process in Berlin 11:00 UTC. format() says
#   12:00+02:00 in all three, an offset that Berlin has no more on that day; in the third it is not even the
#   instant that toISOString() gives. Luxon says 11:00 UTC everywhere.
# Versions: dayjs 1.11.23 with its plugins utc and timezone, luxon 3.7.2, Node 20. Date: 2026-11-30.
# Source: issues iamkun/dayjs#1271 and #2821, both open; the second names the machine's own zone as the cause.
# Why it matters to a scheduler: series, reminders and windows computed in a web page or a hook pass on the desk of
#   whoever wrote them, who lives in the zone, and are an hour off on the server. Test with TZ set to three zones.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
npm install --prefix "$box" --silent --no-audit --no-fund dayjs@1.11.23 luxon@3.7.2 >"$box/log" 2>&1 ||
    cannot "dayjs, luxon"

cd "$box"
cat >add.mjs <<'JS'
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";
import { DateTime } from "luxon";
dayjs.extend(utc);
dayjs.extend(timezone);
const next = dayjs.tz("2026-10-24 12:00", "Europe/Berlin").add(1, "day");
const other = DateTime.fromISO("2026-10-24T12:00", { zone: "Europe/Berlin" }).plus({ days: 1 });
const instant = (date) => date.toISOString().slice(11, 16);
const both = `dayjs ${instant(next)} UTC (${next.format()}), luxon ${instant(other.toJSDate())} UTC`;
console.log(`TZ=${process.env.TZ}: ${both}`);
JS
for zone in UTC America/New_York Europe/Berlin; do TZ=$zone node add.mjs; done >seen
cat seen
cmp -s - seen <<'SEEN' || { echo "It has changed."; exit 1; }
TZ=UTC: dayjs 10:00 UTC (2026-10-25T12:00:00+02:00), luxon 11:00 UTC
TZ=America/New_York: dayjs 10:00 UTC (2026-10-25T12:00:00+02:00), luxon 11:00 UTC
TZ=Europe/Berlin: dayjs 11:00 UTC (2026-10-25T12:00:00+02:00), luxon 11:00 UTC
SEEN
