"""The contract itself: as OpenAPI, and as a page to read. Both need no key and load nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bookonce.api import openapi
from bookonce.api.answers import encoded
from bookonce.api.problems import CODES


def openapi_document(request: HttpRequest) -> HttpResponse:
    """``/api/v1/openapi.json``"""
    return HttpResponse(encoded(openapi.document()), content_type="application/json")


def page(request: HttpRequest) -> HttpResponse:
    """``/api/v1/docs``"""
    return render(request, "api/reference.html", {"document": openapi.document(), "codes": CODES})
