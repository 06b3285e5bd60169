"""One-time links: mint, read, change, end and re-open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse

from bookonce.delivery.outbox import queries as outbox
from bookonce.domain.bookings import holds
from bookonce.domain.bookings import queries as bookings
from bookonce.domain.calendars import queries as calendars
from bookonce.domain.calendars.models import Calendar
from bookonce.domain.links import minting, pausing, queries
from bookonce.domain.links import operations as links
from bookonce.domain.links.minting import Minted
from bookonce.domain.links.models import Link
from bookonce.domain.schemas.link_options import link_options_of, options_of_row, phone_rules
from bookonce.domain.schemas.output_links import LinkOutput, ReleasedOutput, describe_event, describe_link
from bookonce.domain.schemas.parsing import RequestBody
from bookonce.foundation import tokens
from bookonce.interfaces.api import csv_rows, idempotency, responses
from bookonce.interfaces.api.endpoints import First, api
from bookonce.interfaces.api.idempotency import RepeatableAction
from bookonce.interfaces.api.request_context import CSV, LARGE, ApiRequest
from bookonce.interfaces.api.schemas.links import Extension, LinkChange, LinkPage, NewBatch, NewLink, Nothing
from bookonce.interfaces.api.schemas.lists import Page, range_start

WRITE = "links:write"


def _find(request: ApiRequest, name: str) -> Link:
    return queries.find_link(name, workspace_id=request.who.workspace_id)


def describe_links(request: ApiRequest, *found: Link) -> list[LinkOutput]:
    """The links as this key may see them."""
    spent = bookings.booking_ids_of_links([link.pk for link in found])
    opened = queries.count_openings(found)
    # Whoever has the address can book, so a key that only reads does not get it.
    url = request.who.may(WRITE)
    return [
        describe_link(link, now=request.now, url=url, opened=opened[link.pk], booking_id=spent.get(link.pk))
        for link in found
    ]


def _one(request: ApiRequest, link: Link, status: int = 200) -> HttpResponse:
    return responses.object_response(describe_links(request, link)[0], status)


def _again(request: ApiRequest, made: str, first: First) -> Mapping[str, Any]:
    now_is = describe_links(request, _find(request, made))[0]
    # Only the address is made again: stored answers contain no token.
    return first | {"url": now_is["url"]} if first else now_is


def _calendar(request: ApiRequest, schema: type[RequestBody]) -> Calendar:
    """The calendar that the body names, before the rest of it is judged."""
    wanted = request.named("calendar")
    # This raises, and reports the missing calendar together with all other faults.
    if wanted is None:
        request.read(schema)
    return calendars.find_by_id_or_slug(wanted or "", workspace_id=request.who.workspace_id)


@api.post(
    "/links",
    operation_id="links_mint",
    scope=WRITE,
    body=NewLink,
    answer="Link",
    status=201,
    refusals=[404, 422],
    again=_again,
)
def mint_link(request: ApiRequest) -> HttpResponse:
    """Mint a one-time link."""
    calendar = _calendar(request, NewLink)
    terms = link_options_of(request.read(NewLink, phone_rules(calendar)), calendar, now=request.now)
    carries = links.LinkOptions(**terms)
    act = RepeatableAction(
        lambda: links.mint(calendar, carries, by=request.who.by, via="api", now=request.now),
        link_id,
        lambda link: describe_links(request, link)[0],
    )
    return responses.object_response(request.once(act, status=201), 201)


def _batch(request: ApiRequest, made: str) -> dict[str, Any]:
    found = queries.list_links_of_batch(made, workspace_id=request.who.workspace_id)
    return {"data": describe_links(request, *found), "next_cursor": None}


def _batch_again(request: ApiRequest, made: str, first: First) -> dict[str, Any]:
    now_is = _batch(request, made)
    if first is None:
        return now_is
    urls = {link["id"]: link["url"] for link in now_is["data"]}
    return first | {"data": [link | {"url": urls.get(link["id"])} for link in first["data"]]}


@api.post(
    "/links/batch",
    operation_id="links_mint_batch",
    scope=WRITE,
    body=NewBatch,
    answer="Link[]",
    status=201,
    refusals=[404, 422],
    again=_batch_again,
    largest=LARGE,
    takes_csv=True,
)
def mint_batch(request: ApiRequest) -> HttpResponse:
    """Mint a link for each recipient, all or none; they come back in order."""
    if request.kind == CSV:
        request.tree = csv_rows.batch_from_csv(request)
    calendar = _calendar(request, NewBatch)
    said = request.read(NewBatch, phone_rules(calendar))
    terms = link_options_of(said, calendar, now=request.now)
    shared = links.LinkOptions(**terms)
    rows = [options_of_row(row, shared) for row in said.recipients]
    # Before the transaction: preparing 10,000 links inside it would block SQLite's one writer for seconds.
    drafts = minting.prepare_links(
        calendar, rows, by=request.who.by, via="api", now=request.now, label=shared.label
    )
    with minting.links_written(drafts) as written:
        act = RepeatableAction(
            lambda: batch_id(written.finish()),
            lambda name: name,
            lambda name: _batch(request, name),
            # Known in advance: an answer too large to keep is built after the commit, where it blocks no
            # writer.
            large=len(rows) * idempotency.SHORTEST_LINK > idempotency.LARGEST_KEPT,
        )
        made = request.once(act, status=201)
    return responses.object_response(made, 201)


def link_id(link: Link) -> str:
    """The link's public id."""
    return tokens.public_id("lnk", link.pk)


def batch_id(minted: Minted) -> str:
    """The public id of what was minted together."""
    return tokens.public_id("bat", minted.batch.pk)


@api.get(
    "/links", operation_id="links_every", scope="links:read", query=LinkPage, answer="Link[]", refusals=[422]
)
def list_links(request: ApiRequest) -> HttpResponse:
    """The links of the workspace, newest first."""
    asked = request.query(LinkPage)
    found = queries.list_links(
        request.who.workspace_id,
        state=asked.state,
        calendar=asked.calendar,
        contact=asked.contact,
        label=asked.label,
        created_from=range_start(asked.created_from),
        created_to=range_start(asked.created_to),
        now=request.now,
    )
    page, following = asked.of(found)
    return responses.json_response({"data": describe_links(request, *page), "next_cursor": following})


def _released_again(request: ApiRequest, made: str, first: First) -> dict[str, Any]:
    assert first is not None, "so short an answer is always kept"
    return first


@api.post(
    "/links/release",
    operation_id="links_release_all",
    scope=WRITE,
    body=Nothing,
    optional_body=True,
    answer="Released",
    refusals=[409, 422],
    again=_released_again,
)
def release_links(request: ApiRequest) -> HttpResponse:
    """Let paused links of the workspace work again, up to 500; `left` says how many still wait."""
    request.read(Nothing)
    workspace = request.who.workspace_id

    def release() -> ReleasedOutput:
        done = pausing.release_links(workspace, by=request.who.by, now=request.now, most=pausing.AT_ONCE)
        return ReleasedOutput(released=done, left=queries.list_paused(workspace, now=request.now).count())

    act = RepeatableAction(release, lambda _: tokens.public_id("wsp", workspace), lambda told: told)
    return responses.json_response(request.once(act))


@api.get("/links/{id}", operation_id="links_get", scope="links:read", answer="Link", refusals=[404])
def get_link(request: ApiRequest, id: str) -> HttpResponse:
    """One link, with who looked at it and what came of it."""
    return _one(request, _find(request, id))


@api.patch(
    "/links/{id}",
    operation_id="links_change",
    scope=WRITE,
    body=LinkChange,
    answer="Link",
    refusals=[404, 412, 422],
)
def change_link(request: ApiRequest, id: str) -> HttpResponse:
    """Change what the link carries; its address stays."""
    link = _find(request, id)
    rules = phone_rules(link.calendar, now_is=link)
    said = link_options_of(request.read(LinkChange, rules), link.calendar, now=request.now, now_is=link)
    idempotency.run_if_unchanged(
        request.if_match,
        link,
        # Read again, now under the lock: the link found above may have changed since.
        lambda: describe_links(request, _find(request, id))[0],
        lambda: links.change_link(link, by=request.who.by, now=request.now, **said),
    )
    return _one(request, _find(request, id))


def _acted(request: ApiRequest, act: Callable[[], Link]) -> HttpResponse:
    return responses.object_response(
        request.once(
            RepeatableAction(
                act, link_id, lambda link: describe_links(request, _find(request, link_id(link)))[0]
            )
        )
    )


_action = partial(api.post, scope=WRITE, answer="Link", refusals=[404, 409, 422], again=_again)


@_action("/links/{id}/revoke", operation_id="links_revoke", body=Nothing, optional_body=True)
def revoke_link(request: ApiRequest, id: str) -> HttpResponse:
    """End the link; after this answer no booking with it commits."""
    link = _find(request, id)
    # Refused rather than ignored: whoever sends a field expects it to have an effect.
    request.read(Nothing)
    return _acted(request, lambda: links.revoke(link, by=request.who.by, now=request.now))


@_action("/links/{id}/extend", operation_id="links_extend", body=Extension, optional_body=True)
def extend_link(request: ApiRequest, id: str) -> HttpResponse:
    """Let the link live until then (null: for ever), or at least two weeks from now."""
    link = _find(request, id)
    said = request.read(Extension).given()
    # Left out and null differ: two weeks at least, or no end at all.
    until = said.get("expires_at", links.UNSAID)
    return _acted(request, lambda: links.extend_link(link, until=until, by=request.who.by, now=request.now))


@_action("/links/{id}/reopen", operation_id="links_reopen", body=Nothing, optional_body=True)
def reopen_link(request: ApiRequest, id: str) -> HttpResponse:
    """Make a used or revoked link good again, if no booking stands on it."""
    link = _find(request, id)
    request.read(Nothing)
    return _acted(request, lambda: holds.reopen_link(link, by=request.who.by, now=request.now))


@_action("/links/{id}/release", operation_id="links_release", body=Nothing, optional_body=True)
def release_link(request: ApiRequest, id: str) -> HttpResponse:
    """Let a link work again that is paused after a restored backup."""
    link = _find(request, id)
    request.read(Nothing)
    return _acted(request, lambda: pausing.release_link(link, by=request.who.by, now=request.now))


@api.get(
    "/links/{id}/trail",
    operation_id="links_trail",
    scope="links:read",
    query=Page,
    answer="Event[]",
    refusals=[404, 422],
)
def list_trail(request: ApiRequest, id: str) -> HttpResponse:
    """What happened to the link, oldest first."""
    link = _find(request, id)
    page, following = request.query(Page).of(outbox.trail_of_link(link.pk), oldest_first=True)
    # Names and answers of guests belong to bookings: links:read alone sees ids and times.
    people = request.who.may("bookings:read")
    told = [describe_event(event, people=people) for event in page]
    return responses.json_response({"data": told, "next_cursor": following})
