"""The middleware that every request and every response passes.

It checks the Host header (which decides nothing else), finds the client's network (``bookonce.client`` in
``request.META``, for rates), limits the size of bodies, and sets the headers that keep an address with a
token in it from leaking. It runs for each request: keep it lean.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.request import split_domain_port, validate_host

from bookonce.foundation import clock
from bookonce.foundation.base_path import page_with_base_path, with_base_path
from bookonce.foundation.database import patience
from bookonce.foundation.errors import DatabaseUnavailable, Invalid, NotFound, Sentence
from bookonce.foundation.guest_paths import is_guest_path
from bookonce.foundation.log_redaction import redact
from bookonce.foundation.translation import gettext_noop
from bookonce.interfaces.api.problems import (
    InternalFault,
    MethodUnknown,
    TooLarge,
    Unreadable,
    refusal_of,
)
from bookonce.interfaces.health import probes
from bookonce.interfaces.http_server.body_limits import largest_body
from bookonce.interfaces.http_server.client_network import client_network
from bookonce.interfaces.http_server.wsgi_call import UNREAD
from bookonce.interfaces.pages import template_environment
from bookonce.interfaces.pages.assets import asset_address, favicon_address

log = logging.getLogger("bookonce.gate")

# RFC 9110, section 4.1, recommends support for at least 8,000 octets; none of our addresses is as long.
LONGEST_ADDRESS = 8_000

# Of X-Forwarded-For the right end counts, and what is remembered of it must not fill the memory.
LONGEST_CHAIN = 1_000

# Browsers keep some 180 of one host. Reading them takes Django a hundred times as long as counting them.
MOST_COOKIES = 300

# To take a form apart at its boundaries costs Django many times what reading any other form does. No page of
# ours sends one: this is for programs that fill in a form or two.
MOST_PARTS = 200
"""The most fields of a form that is sent as multipart/form-data."""

CLIENT = "bookonce.client"
"""The name in ``request.META`` of the client's network."""

SETUP = "/setup/"

# data: is for the icon, which is part of the page. base-uri: an injected <base> would redirect every relative
# address of the page.
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from other origins, and in no frame (docs/decisions/0009)."""

EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": CSP}
# These addresses are secrets: no cache may keep the page, no Referer pass it on, no index list it.
ON_PAGES = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    **EVERYWHERE,
}
ELSEWHERE = {
    # Not no-referrer: over https Django's CSRF check falls back on Referer, and people who were signed out
    # are led back to their page by it.
    "Referrer-Policy": "same-origin",
    **EVERYWHERE,
    # The page of a mail shows it in a frame of our own; nothing else may be framed.
    "Content-Security-Policy": f"{CSP}; frame-src 'self'",
}

Answer = Callable[[HttpRequest], HttpResponseBase]


class RequestGate:
    """The one middleware."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        secure = urlsplit(settings.BASE_URL).scheme == "https"
        # Over plain http browsers ignore the header (RFC 6797, section 8.1).
        strict = {"Strict-Transport-Security": "max-age=31536000"} if secure else {}
        self.on_pages, self.elsewhere = ON_PAGES | strict, ELSEWHERE | strict

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        # A set-up address carries a secret that opens an account, so it gets the headers of a guest's token.
        is_page = is_guest_path(path) or path.startswith(SETUP)
        response = self._answer(request, path)
        # An empty 405 comes from a decorator and would be a blank page; API and desk fill theirs themselves.
        if response.status_code == 405 and isinstance(response, HttpResponse) and not response.content:
            response = _not_so(request, response)
        if settings.BASE_PATH:
            _put_below_path(response)
        headers = response.headers
        for name, value in (self.on_pages if is_page else self.elsewhere).items():
            # setdefault: the frame of a mail sets a stricter policy, and stylesheets their own caching.
            headers.setdefault(name, value)
        if response.status_code in (411, 413) or UNREAD in request.META:
            # The rest of the body is still coming, and must not be read as the next request.
            headers["Connection"] = "close"
        if response.status_code == 503:
            headers.setdefault("Retry-After", "2")
        if isinstance(response, HttpResponse) and "Content-Length" not in headers:
            # Before the body is dropped: HEAD has the Content-Length of GET (RFC 9110, section 9.3.2).
            headers["Content-Length"] = str(len(response.content))
            if request.method == "HEAD":
                response.content = b""
        return response

    def _answer(self, request: HttpRequest, path: str) -> HttpResponseBase:
        # Before the Host header is looked at: load balancers probe by address.
        asked = probes.ANSWERS.get(path)
        if asked is not None:
            return asked(request, now=clock.now())
        meta = request.META
        # Not get_host, whose exception would be answered outside this middleware, without our headers. A
        # request of HTTP/1.0 may have no Host.
        if not _known(meta.get("HTTP_HOST") or meta["SERVER_NAME"]):
            return error_response(
                request, 400, gettext_noop("Unknown host"), "This server does not go by that name."
            )
        # No client can set this: headers arrive in META with the prefix HTTP_.
        meta[CLIENT] = client_network(
            meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", "")[-LONGEST_CHAIN:]
        )
        if patience.is_used_up():
            # It has waited behind others for a database that stands still, and must not wait as long again.
            return handle_503(request)
        refused = _unread(request) or _too_much(request, path) or _too_many_parts(request, path)
        if refused is not None:
            return refused
        _drop_backslashes_of_cookies(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Log an exception without the token in the path, and answer with one sentence."""
        if isinstance(exception, Http404):
            return None
        refusal = refusal_of(exception)
        if isinstance(refusal, Unreadable):
            return handle_400(request, exception)
        if isinstance(refusal, DatabaseUnavailable):
            log.warning("%s %s had to wait: %s", request.method, redact(request.path), exception)
            return handle_503(request, refusal)
        # Logged here, because Django's own line, which is switched off, contains the path with its token.
        log.error("%s %s failed", request.method, redact(request.path), exc_info=exception)
        return handle_500(request)


def _put_below_path(response: HttpResponseBase) -> None:
    """Let every address in this response begin with the base path."""
    headers = response.headers
    for name in ("Location", "Content-Location"):
        if name in headers:
            headers[name] = with_base_path(headers[name])
    if isinstance(response, HttpResponse) and headers.get("Content-Type", "").startswith("text/html"):
        response.content = page_with_base_path(response.content.decode()).encode()


def error_response(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    """The response to a request that no view answers: problem+json for programs, a page for people.

    The page uses neither database nor templates, since those may be what has failed.
    """
    if request.path_info.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        code = CODES.get(status, Invalid.code)
        return JsonResponse(body | {"code": code}, status=status, content_type="application/problem+json")
    # From the header alone: the workspace's language is in the database, which may be what has failed.
    tag = template_environment.reader_language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
    language = tag.partition("-")[0]
    # Escaped by hand, because this page is no template.
    said = {
        name: escape(template_environment.translate_html(language, text, {}))
        for name, text in (("title", title), ("detail", detail))
    }
    start = escape(template_environment.translate_html(language, gettext_noop("Go to the start"), {}))
    page = PAGE.format(
        tag=tag, sheet=asset_address("css/bookonce.css"), icon=escape(favicon_address()), start=start, **said
    )
    return HttpResponse(page, status=status)


# The stylesheet draws the bar above every guest page with the empty paragraph.
PAGE = """<!doctype html>
<html lang="{tag}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <meta name="color-scheme" content="light dark">
    <title>{title}</title>
    <link rel="icon" href="{icon}">
    <link rel="stylesheet" href="{sheet}">
  </head>
  <body class="letter">
    <main>
      <p class="workspace"></p>
      <h1>{title}</h1>
      <p class="lead">{detail}</p>
      <p><a href="/">{start}</a></p>
    </main>
  </body>
</html>
"""

# The refusals' own, so that a program reads one code for a status, whoever answers.
CODES = {
    each.status: each.code for each in (NotFound, MethodUnknown, TooLarge, InternalFault, DatabaseUnavailable)
}


def handle_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404: no such address."""
    return error_response(request, 404, gettext_noop("Not found"), "There is nothing at this address.")


def handle_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400: the request itself cannot be read."""
    if isinstance(exception, TooManyFieldsSent):
        return _too_many_fields(request, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
    return error_response(request, 400, gettext_noop("Bad request"), "This request cannot be read.")


def handle_503(request: HttpRequest, refusal: DatabaseUnavailable | None = None) -> HttpResponse:
    """The answer while nothing can be written. Whether something was changed is not known either."""
    sentence = refusal.sentence if refusal else DatabaseUnavailable.sentence
    return error_response(request, 503, DatabaseUnavailable.title, sentence)


def handle_500(request: HttpRequest) -> HttpResponse:
    """Django's handler500. Whether something was changed is not known here, so nothing is claimed."""
    # What fails in a middleware comes here without process_exception.
    refusal = refusal_of(sys.exc_info()[1])
    if isinstance(refusal, DatabaseUnavailable):
        return handle_503(request, refusal)
    return error_response(
        request,
        500,
        gettext_noop("Something went wrong"),
        "This is our mistake, and it has been noted. Please go back and try again.",
    )


def _not_so(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """A bare 405, with a sentence added; HEAD gets none."""
    allowed = bare.headers.get("Allow", "")
    answer = error_response(
        request,
        405,
        gettext_noop("Not possible here"),
        Sentence("This address answers {allowed} alone.", allowed=allowed),
    )
    # A 405 must have Allow (RFC 9110, section 15.5.6).
    answer.headers["Allow"] = allowed
    return answer


def _unread(request: HttpRequest) -> HttpResponse | None:
    """The refusal of a request that the server has given up before all of it was there."""
    status = request.META.get(UNREAD)
    if status == 408:
        return error_response(
            request,
            408,
            gettext_noop("This took too long"),
            "Not all of your request arrived in time, and nothing was changed. Please send it again.",
        )
    if status == 431:
        return error_response(
            request, 431, gettext_noop("Header too long"), "Shorten the Content-Type of the request."
        )
    return handle_503(request) if status else None


def _too_much(request: HttpRequest, path: str) -> HttpResponse | None:
    meta = request.META
    if len(path) + len(meta.get("QUERY_STRING", "")) > LONGEST_ADDRESS:
        return error_response(
            request, 414, gettext_noop("Address too long"), "This address is longer than any of ours."
        )
    if meta.get("HTTP_COOKIE", "").count(";") >= MOST_COOKIES:
        return error_response(
            request,
            431,
            gettext_noop("Too many cookies"),
            Sentence("Delete the cookies of this site: at most {most} are read.", most=MOST_COOKIES),
        )
    # A chunked body has no length to judge beforehand; and where both are there, proxies differ in which they
    # believe (RFC 9112, section 6.3).
    if meta.get("HTTP_TRANSFER_ENCODING"):
        return error_response(
            request, 411, gettext_noop("Length required"), "Say how long the body is (Content-Length)."
        )
    length, most = meta.get("CONTENT_LENGTH"), largest_body(path)
    if length and (not length.isdecimal() or int(length) > most):
        return error_response(
            request, 413, gettext_noop("Too large"), Sentence("Send at most {most} bytes.", most=most)
        )
    return None


def _too_many_parts(request: HttpRequest, path: str) -> HttpResponse | None:
    boundary = (request.content_params or {}).get("boundary")
    # Programs' calls are no forms.
    if request.content_type != "multipart/form-data" or not boundary or path.startswith("/api/"):
        return None
    # Counted as bytes: whatever Django takes as a part begins with this, and the last one ends the form.
    begun = request.body.count(b"--" + boundary.encode("ascii", "replace"))
    return _too_many_fields(request, MOST_PARTS) if begun > MOST_PARTS + 1 else None


def _too_many_fields(request: HttpRequest, most: int) -> HttpResponse:
    title = gettext_noop("Too many fields")
    return error_response(request, 400, title, Sentence("Send at most {most} fields in one form.", most=most))


def _drop_backslashes_of_cookies(request: HttpRequest) -> None:
    # Older Pythons take time in the square of a quoted value's backslashes (CVE-2024-7592). No cookie of ours
    # has one, and those of other programs on the host are not read.
    cookies = request.META.get("HTTP_COOKIE", "")
    if "\\" in cookies:
        request.META["HTTP_COOKIE"] = cookies.replace("\\", "")


# Bounded, so that invented headers cannot fill the memory.
@lru_cache(maxsize=256)
def _known(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
