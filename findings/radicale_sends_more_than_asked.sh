#!/usr/bin/env bash
# Radicale: asked for the start and end alone, it sends the title, the notes and the guests as well.
#
# The guess: a calendar-query whose calendar-data names the properties wanted (DTSTART, DTEND) is answered with these,
#   as RFC 4791 says and Xandikos does.
# What is seen: Radicale answers with the whole object, SUMMARY, DESCRIPTION and ATTENDEE included.
# Versions: Radicale 3.9.0, Xandikos 0.4.10, Python 3.11. Date: 2026-11-30.
# Source: RFC 4791, sections 7.6 (partial retrieval) and 9.6.
# Why it matters to a scheduler: it needs busy times, and promises its owners to read no more. What it does not ask for
#   comes all the same, and must be dropped before anything is logged, cached or stored; and a report costs its full
#   size. The filter's own answer is no proof of data thrift.
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
venv/bin/python - "http://127.0.0.1:$radicale/u/cal/" "http://127.0.0.1:$xandikos/u/calendars/cal/" <<'PY'
import sys
import time

import requests

NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
EVENT = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//booking//EN", "BEGIN:VEVENT", "UID:a@example.org",
    "DTSTAMP:20261130T000000Z", "DTSTART:20261201T090000Z", "DTEND:20261201T100000Z", "SUMMARY:Dismissal",
    "DESCRIPTION:Not to be told", "ATTENDEE:mailto:jane@example.org", "END:VEVENT", "END:VCALENDAR", "",
])
QUERY = f"""<C:calendar-query {NAMES}><D:prop><C:calendar-data><C:comp name="VCALENDAR"><C:prop name="VERSION"/>
<C:comp name="VEVENT"><C:prop name="DTSTART"/><C:prop name="DTEND"/></C:comp></C:comp></C:calendar-data></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter>
</C:calendar-query>"""


def ask(method: str, url: str, body: str, kind: str = "application/xml") -> requests.Response:
    for _ in range(40):
        try:
            headers = {"Content-Type": kind, "Depth": "1"}
            return requests.request(method, url, data=body, headers=headers, auth=("u", "u"), timeout=10)
        except requests.ConnectionError:
            time.sleep(0.5)
    sys.exit("The server did not start.")


seen = {}
for server, url in zip(("Radicale", "Xandikos"), sys.argv[1:]):
    ask("MKCALENDAR", url, f"<C:mkcalendar {NAMES}/>")
    ask("PUT", url + "a.ics", EVENT, "text/calendar").raise_for_status()
    told = ask("REPORT", url, QUERY).text
    seen[server] = [n for n in ("DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "ATTENDEE") if n in told]
    print(f"{server}: {' '.join(seen[server])}")
wanted = {"Radicale": ["DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "ATTENDEE"], "Xandikos": ["DTSTART", "DTEND"]}
sys.exit("It has changed." if seen != wanted else 0)
PY
