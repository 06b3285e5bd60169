#!/usr/bin/env bash
# APScheduler: from_crontab("0 9 * * 1") runs on Tuesdays.
#
# The guess: CronTrigger.from_crontab takes a crontab line as cron does: 1 is Monday, 0 and 7 are Sunday.
# What is seen: the numbers count from 0 = Monday. The line for Mondays runs on Tuesdays, the one for "1-5" from Tuesday
#   to Saturday, 0 on Mondays, and 7 is refused. croniter reads the same lines as cron does. Names (mon-fri) agree.
# Versions: APScheduler 3.11.3, croniter 7.0.0, Python 3.11. Date: 2026-11-30.
# Source: issues agronholm/apscheduler#286 and #1102: known, mended for 4.0 only, since a change would break users of
#   3.x; crontab(5) for the numbers.
# Why it matters to a scheduler: a digest or a sync "on workdays at nine" runs on Saturday and not on Monday, with no
#   error anywhere. Write weekdays by name.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check APScheduler==3.11.3 croniter==7.0.0 \
    >"$box/log" 2>&1 || cannot "APScheduler, croniter"

"$box/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter

SUNDAY = datetime(2026, 11, 29, tzinfo=UTC)


def by_apscheduler(line: str) -> str:
    try:
        trigger = CronTrigger.from_crontab(line, timezone=UTC)
    except ValueError:
        return "refused"
    days = [SUNDAY + timedelta(days=number) for number in range(7)]
    return " ".join(f"{day:%a}" for day in days if trigger.get_next_fire_time(None, day).date() == day.date())


def by_croniter(line: str) -> str:
    days = [SUNDAY + timedelta(days=number) for number in range(7)]
    return " ".join(f"{d:%a}" for d in days if croniter(line, d).get_next(datetime).date() == d.date())


seen = {}
for weekday in ("1", "1-5", "0", "7", "mon-fri"):
    line = f"0 9 * * {weekday}"
    seen[weekday] = by_apscheduler(line), by_croniter(line)
    print(f"{line:17} APScheduler: {seen[weekday][0]:20} croniter: {seen[weekday][1]}")
WANTED = {
    "1": ("Tue", "Mon"),
    "1-5": ("Tue Wed Thu Fri Sat", "Mon Tue Wed Thu Fri"),
    "0": ("Mon", "Sun"),
    "7": ("refused", "Sun"),
    "mon-fri": ("Mon Tue Wed Thu Fri", "Mon Tue Wed Thu Fri"),
}
sys.exit("It has changed." if seen != WANTED else 0)
PY
