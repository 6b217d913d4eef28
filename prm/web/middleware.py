"""Small middlewares: the request's id, the person's language and name, private caching.

Called by: Django, in the order of settings.MIDDLEWARE.
"""

import dataclasses
import time
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation

from prm.accounts.requests import PlatformRequest
from prm.web.logs import log_request

Respond = Callable[[PlatformRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request an id that logs, audit records and problem answers share."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: PlatformRequest) -> HttpResponse:
        request.request_id = f"req_{uuid4().hex[:20]}"
        started = time.monotonic()
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id
        log_request(request, response, milliseconds=round((time.monotonic() - started) * 1000))
        return response


class PersonMiddleware:
    """Puts the person's name on the actor and their language on the page.

    Language: the person's own, else the cookie, else the browser's, else English.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: PlatformRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        if request.actor is not None:
            request.actor = dataclasses.replace(request.actor, label=str(user)) if user else None
        language = user.language if user else translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        try:
            response = self.get_response(request)
        finally:
            translation.activate(settings.LANGUAGE_CODE)
        response.headers.setdefault("Content-Language", language)
        return response


class PrivateCacheMiddleware:
    """Answers to a known person are never stored by anything in between."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: PlatformRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith("/static/") and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        return response
