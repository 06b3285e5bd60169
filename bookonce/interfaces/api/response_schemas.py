"""What is answered, as JSON Schema: the words of docs/api.md with their types."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
FREE: Schema = {"type": "object", "additionalProperties": True}


def named(prefix: str) -> Schema:
    """A public id."""
    return {"type": "string", "pattern": f"^{prefix}_[0-9A-Za-z]{{22}}$"}


def perhaps(schema: Schema) -> Schema:
    """This, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": schema}


def one_of(*words: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(words)}


def thing(**fields: Schema) -> Schema:
    """An object with exactly these fields."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


PERSON = thing(name=TEXT, email=TEXT, phone=TEXT)
CONTACT = thing(name=TEXT, email=TEXT, phone=TEXT, text=TEXT)
LOCATION = thing(kind=one_of("phone", "address", "url", "ask", "text"), value=TEXT)
WINDOW = thing(**{"from": perhaps(DAY), "to": perhaps(DAY)})
LENGTHS: Schema = {"anyOf": [NUMBER, many(NUMBER)]}
QUESTION = thing(
    key=TEXT,
    label=TEXT,
    kind=one_of("text", "textarea", "choice", "checkbox"),
    required=FLAG,
    options=many(TEXT),
    help=TEXT,
)
POLICY = one_of("stay_used", "reopen")
LINK_STATE = one_of("active", "not_open", "used", "expired", "revoked")
BOOKING_STATE = one_of("pending", "confirmed", "cancelled", "declined", "lapsed", "no_show")
SLOT = thing(starts_at=MOMENT, ends_at=MOMENT)

CALENDAR = thing(
    id=named("cal"),
    name=TEXT,
    slug=TEXT,
    description=TEXT,
    minutes=LENGTHS,
    slot_step=perhaps(NUMBER),
    zone=TEXT,
    hours={"type": "object", "additionalProperties": many(many(TEXT))},
    exceptions=many(thing(on=DAY, hours=many(many(TEXT)))),
    buffer_before=NUMBER,
    buffer_after=NUMBER,
    notice_minutes=NUMBER,
    window_days=perhaps(NUMBER),
    window=perhaps(WINDOW),
    limit_per_day=perhaps(NUMBER),
    limit_per_week=perhaps(NUMBER),
    visibility=one_of("public", "link_only"),
    location=perhaps(LOCATION),
    questions=many(QUESTION),
    contact=CONTACT,
    on_cancel=POLICY,
    approval=FLAG,
    hosts=many(named("mem")),
    url=perhaps(TEXT),
    created_at=MOMENT,
)

LINK = thing(
    id=named("lnk"),
    calendar=named("cal"),
    batch=perhaps(named("bat")),
    url=perhaps(TEXT),
    state=LINK_STATE,
    label=TEXT,
    note=TEXT,
    message=TEXT,
    recipient=perhaps(PERSON),
    contact=perhaps(named("ctc")),
    prefill=FREE,
    locked=many(TEXT),
    minutes=perhaps(NUMBER),
    location=perhaps(LOCATION),
    window=perhaps(WINDOW),
    on_cancel=POLICY,
    opens_at=perhaps(MOMENT),
    expires_at=perhaps(MOMENT),
    used_at=perhaps(MOMENT),
    revoked_at=perhaps(MOMENT),
    booking=perhaps(named("bkg")),
    asks_muted=FLAG,
    opened=thing(people=NUMBER, robots=NUMBER, first_at=perhaps(MOMENT), last_at=perhaps(MOMENT)),
    metadata=FREE,
    created_at=MOMENT,
    created_via=TEXT,
)

_PUBLIC_BOOKING: Schema = {
    "id": named("bkg"),
    "calendar": named("cal"),
    "link": perhaps(named("lnk")),
    "state": BOOKING_STATE,
    "starts_at": MOMENT,
    "ends_at": MOMENT,
    "zone": TEXT,
    "hosts": many(named("mem")),
    "guest": thing(name=TEXT, email=TEXT, phone=TEXT, zone=TEXT, language=TEXT),
    "answers": FREE,
    "location": perhaps(LOCATION),
    "uid": TEXT,
    "sequence": NUMBER,
    "created_at": MOMENT,
}
_BOOKING: Schema = _PUBLIC_BOOKING | {
    "contact": perhaps(named("ctc")),
    "metadata": FREE,
    "cancelled_at": perhaps(MOMENT),
    "cancel_reason": TEXT,
}
_URL = {"manage_url": perhaps(TEXT)}

SCHEMAS: dict[str, Schema] = {
    "Me": thing(
        workspace=thing(id=named("wsp"), name=TEXT, slug=TEXT),
        member=thing(id=named("mem"), name=TEXT, email=TEXT, zone=TEXT, role=one_of("owner", "member")),
        scopes=many(TEXT),
        key=thing(id=named("key"), name=TEXT, expires_at=perhaps(MOMENT)),
    ),
    "Calendar": CALENDAR,
    "Link": LINK,
    "Slot": SLOT,
    "Event": thing(id=named("evt"), kind=TEXT, at=MOMENT, by=TEXT, booking=perhaps(named("bkg")), data=FREE),
    "PublicLink": thing(
        state=LINK_STATE,
        calendar=thing(
            name=TEXT,
            description=TEXT,
            minutes=LENGTHS,
            zone=TEXT,
            location=perhaps(LOCATION),
            questions=many(QUESTION),
        ),
        host=thing(name=TEXT),
        message=TEXT,
        prefill=FREE,
        locked=many(TEXT),
        opens_at=perhaps(MOMENT),
        expires_at=perhaps(MOMENT),
    ),
    "Hold": thing(starts_at=MOMENT, until=MOMENT),
    "Booking": thing(**_BOOKING),
    "NewBooking": thing(**_BOOKING, **_URL),
    "PublicBooking": thing(**_PUBLIC_BOOKING, **_URL),
    "Problem": {
        "type": "object",
        "description": "RFC 9457. `errors` names every field and its mend.",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": NUMBER,
            "detail": TEXT,
            "code": TEXT,
            "errors": many(thing(pointer=TEXT, detail=TEXT)),
            "contact": CONTACT,
            "open": many(SLOT),
            "expires_at": perhaps(MOMENT),
            "opens_at": perhaps(MOMENT),
            "retry_after": NUMBER,
        },
        "required": ["type", "title", "status", "detail", "code"],
    },
}
