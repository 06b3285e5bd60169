#!/usr/bin/env bash
# A daily job at 02:30 on the night the clocks go back: twice by two schedulers, once by a third.
#
# The guess: "30 2 * * *" in Europe/Berlin runs once a day, as cron itself sees to for jobs at a fixed time.
# What is seen: on 25 October 2026 croniter and APScheduler's CronTrigger give 02:30 twice, an hour apart; cron-parser
#   gives the first only.
# Versions: croniter 7.0.0, APScheduler 3.11.3, tzdata 2026.6, Python 3.11; cron-parser 5.10.6, Node 20.
#   Date: 2026-11-30.
# Source: cron(8) of Debian (fixed-time jobs are not repeated when clocks go back); APScheduler's documentation of
#   CronTrigger, "Daylight saving time behavior"; pull request harrisiirak/cron-parser#446 for cron-parser.
# Why it matters to a scheduler: reminders, digests and invoices "once a night" go out twice on one night a year, and
#   two services that share a cron line disagree. Key such a run by its local date, not by its instant.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check croniter==7.0.0 APScheduler==3.11.3 tzdata==2026.6 \
    >"$box/log" 2>&1 || cannot "croniter, APScheduler"
npm install --prefix "$box" --silent --no-audit --no-fund cron-parser@5.10.6 >"$box/log" 2>&1 || cannot "cron-parser"

cd "$box"
PYTHONTZPATH='' venv/bin/python -W ignore - >seen <<'PY'
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 10, 24, 12, tzinfo=BERLIN)


def on_the_day(runs: list[datetime]) -> str:
    return " ".join(f"{run:%H:%M%z}" for run in runs if run.date() == datetime(2026, 10, 25).date())


steps = croniter("30 2 * * *", NOON)
print("croniter:", on_the_day([steps.get_next(datetime) for _ in range(3)]))
trigger, last, now, runs = CronTrigger.from_crontab("30 2 * * *", timezone=BERLIN), None, NOON, []
for _ in range(3):
    last = trigger.get_next_fire_time(last, now)
    runs.append(last)
    now = (last.astimezone(UTC) + timedelta(seconds=1)).astimezone(BERLIN)
print("APScheduler:", on_the_day(runs))
PY
cat >parse.mjs <<'JS'
import parser from "cron-parser";
const runs = parser.CronExpressionParser.parse("30 2 * * *", {
  currentDate: "2026-10-24T12:00:00+02:00",
  tz: "Europe/Berlin",
});
const found = [1, 2, 3].map(() => runs.next().toDate().toISOString());
const shown = { "2026-10-25T00:30:00.000Z": "02:30+0200", "2026-10-25T01:30:00.000Z": "02:30+0100" };
console.log("cron-parser:", found.filter((at) => at in shown).map((at) => shown[at]).join(" "));
JS
node parse.mjs >>seen
cat seen
printf '%s\n' "croniter: 02:30+0200 02:30+0100" "APScheduler: 02:30+0200 02:30+0100" "cron-parser: 02:30+0200" |
    cmp -s - seen || { echo "It has changed."; exit 1; }
