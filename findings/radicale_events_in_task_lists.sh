#!/usr/bin/env bash
# Radicale: a list that takes tasks only answers 201 to an event, and goes on saying that it takes tasks only.
#
# The guess: a collection made with supported-calendar-component-set VTODO refuses a VEVENT with 403 and the
#   precondition supported-calendar-component, as RFC 4791 demands and Xandikos does.
# What is seen: Radicale stores it, 201 with an ETag, gives it back on GET, and still advertises VTODO alone.
# Versions: Radicale 3.9.0, Xandikos 0.4.10, Python 3.11. Date: 2026-11-30.
# Source: RFC 4791, sections 5.2.3 and 5.3.2.1; issue Kozea/Radicale#840 (closed).
# Why it matters to a scheduler: a booking written to the first collection found is "written", but clients go by the
#   property and never show it: the host does not come. Read the property and choose the collection; a 201 is no proof.
set -eu
box=$(mktemp -d)
trap 'stop; rm -rf "$box"' EXIT
servers=""
stop() { for server in $servers; do kill "$server" && wait "$server" || :; done 2>/dev/null; }
cannot() { echo "Cannot install what this needs: $*" >&2; exit 2; }
python3 -m venv "$box/venv" >/dev/null 2>&1 || cannot "a virtual environment"
"$box/venv/bin/pip" install --quiet --disable-pip-version-check Radicale==3.9.0 xandikos==0.4.10 requests==2.32.5 \
    >"$box/log" 2>&1 || cannot "Radicale, Xandikos, requests"

cd "$box"
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
radicale=$(free_port) xandikos=$(free_port)
venv/bin/python -m radicale --config "" --server-hosts "127.0.0.1:$radicale" --auth-type none \
    --storage-filesystem-folder "$box/radicale" >radicale.log 2>&1 &
servers=$!
venv/bin/python -m xandikos.web --directory "$box/xandikos" --listen-address 127.0.0.1 --port "$xandikos" \
    --current-user-principal /u/ --autocreate >xandikos.log 2>&1 &
servers="$servers $!"
venv/bin/python - "http://127.0.0.1:$radicale/u/tasks/" "http://127.0.0.1:$xandikos/u/calendars/tasks/" <<'PY'
import sys
import time

import requests

NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
ASKED = "<C:supported-calendar-component-set/>"
TASKS = '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>'
EVENT = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//booking//EN", "BEGIN:VEVENT", "UID:a@example.org",
    "DTSTAMP:20261130T000000Z", "DTSTART:20261201T090000Z", "DTEND:20261201T100000Z", "END:VEVENT", "END:VCALENDAR", "",
])


def ask(method: str, url: str, body: str, kind: str = "application/xml") -> requests.Response:
    for _ in range(40):
        try:
            headers = {"Content-Type": kind, "Depth": "0"}
            return requests.request(method, url, data=body, headers=headers, auth=("u", "u"), timeout=10)
        except requests.ConnectionError:
            time.sleep(0.5)
    sys.exit("The server did not start.")


seen = {}
for server, url in zip(("Radicale", "Xandikos"), sys.argv[1:]):
    made = f"<C:mkcalendar {NAMES}><D:set><D:prop>{TASKS}</D:prop></D:set></C:mkcalendar>"
    ask("MKCALENDAR", url, made).raise_for_status()
    status = ask("PUT", url + "a.ics", EVENT, "text/calendar").status_code
    kept = ask("GET", url + "a.ics", "").status_code
    told = ask("PROPFIND", url, f"<D:propfind {NAMES}><D:prop>{ASKED}</D:prop></D:propfind>").text
    seen[server] = status, kept, 'name="VTODO"' in told, 'name="VEVENT"' in told
    print(f"{server}: PUT {status}, GET {kept}, advertises VTODO {seen[server][2]}, VEVENT {seen[server][3]}")
wanted = {"Radicale": (201, 200, True, False), "Xandikos": (403, 404, True, False)}
sys.exit("It has changed." if seen != wanted else 0)
PY
