"""Which slots are open: hours, buffers, notice, windows and limits, as arithmetic on whole seconds.

Pure, standard library only: no database and no clock; nothing is read but the data of time zones. The page
that offers, the API that lists and the transaction that accepts all ask ``open_hosts``, so that what is
offered is what is accepted.

Instants are epoch seconds (UTC), ranges are half-open, lengths are minutes unless a name says seconds.
"""

from bookonce.domain.availability.hours import (
    format_hours,
    format_range,
    parse_exceptions,
    parse_hours,
    parse_range,
)
from bookonce.domain.availability.problems import rule_problems
from bookonce.domain.availability.rules import Problem, Range, Rules, Schedule
from bookonce.domain.availability.slots import (
    MAX_BUFFER,
    Busy,
    HostTime,
    busy_span,
    is_open,
    limit_span,
    open_hosts,
    open_slots,
)

__all__ = [
    "MAX_BUFFER",
    "Busy",
    "HostTime",
    "Problem",
    "Range",
    "Rules",
    "Schedule",
    "busy_span",
    "format_hours",
    "format_range",
    "is_open",
    "limit_span",
    "open_hosts",
    "open_slots",
    "parse_exceptions",
    "parse_hours",
    "parse_range",
    "rule_problems",
]
