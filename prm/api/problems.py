"""Problems: every refusal of the API as one RFC 9457 document.

Promise: `code` is stable, `detail` speaks the caller's language, nothing of the database shows; called by every api.py.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import psycopg2.errors
from django.conf import settings
from django.core import exceptions as django
from django.core.signals import got_request_exception
from django.db import DataError, Error, IntegrityError, OperationalError
from django.http import Http404, HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions as drf
from rest_framework.response import Response

MEDIA_TYPE = "application/problem+json"
OWN_CODE = ("prm.", "partners.", "incentives.", "campaigns.", "analytics.")
Text = str | Promise
log = logging.getLogger("prm.api")

# status: (the last part of `type`, title). Each has its page under /api/v1/problems/.
KINDS: dict[int, tuple[str, Text]] = {
    400: ("bad-request", gettext_lazy("The request cannot be read")),
    401: ("unauthenticated", gettext_lazy("No valid key")),
    403: ("forbidden", gettext_lazy("Not allowed")),
    404: ("missing", gettext_lazy("Nothing is here")),
    405: ("method", gettext_lazy("Method not offered")),
    409: ("conflict", gettext_lazy("Conflict with the present state")),
    410: ("gone", gettext_lazy("No longer here")),
    412: ("stale", gettext_lazy("Changed in the meantime")),
    413: ("too-large", gettext_lazy("The request is too large")),
    415: ("media-type", gettext_lazy("Body format not accepted")),
    422: ("validation", gettext_lazy("Invalid request")),
    424: ("not-applied", gettext_lazy("Not applied because of other rows")),
    428: ("precondition", gettext_lazy("A condition header is missing")),
    429: ("throttled", gettext_lazy("Too many requests")),
    500: ("fault", gettext_lazy("Our fault")),
    503: ("busy", gettext_lazy("Busy, try again")),
}
KIND_OF_STATUS = {status: kind for status, (kind, _title) in KINDS.items()}


@dataclass(frozen=True)
class FieldError:
    """One fault: in the body at a JSON pointer, or in a query parameter."""

    code: str
    detail: Text
    pointer: str | None = None
    parameter: str | None = None

    def as_json(self) -> dict[str, str]:
        place = (
            {"parameter": self.parameter} if self.parameter is not None else {"pointer": self.pointer or ""}
        )
        return {**place, "code": self.code, "detail": str(self.detail)}


class Problem(Exception):
    """A refusal, raised anywhere below an API view."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: Text,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})

    def as_json(self) -> dict[str, Any]:
        """The document without the request's part: what a batch answers for one row."""
        kind, title = KINDS[self.status]
        document: dict[str, Any] = {
            "type": f"{settings.BASE_URL}/api/v1/problems/{kind}",
            "title": str(title),
            "status": self.status,
            "code": self.code,
            "detail": str(self.detail),
        }
        if self.errors:
            document["errors"] = [error.as_json() for error in self.errors]
        return document


class Invalid(Problem):
    """422 with one entry per fault; a single kind of fault also gives the document its code."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        listed = list(errors)
        codes = {error.code for error in listed}
        first = listed[0].detail if len(listed) == 1 else gettext_lazy("Some values are not acceptable.")
        super().__init__(422, codes.pop() if len(codes) == 1 else "validation", first, errors=listed)


def missing() -> Problem:
    """The one answer for what does not exist, belongs to someone else, or must not be seen."""
    return Problem(404, "missing", _("There is nothing at this address."))


def answer_problem(exc: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: whatever was raised leaves as a problem document."""
    request = context.get("request")
    problem = as_problem(exc, getattr(context.get("view"), "refusals", {}))
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("unexpected", exc_info=exc)
        got_request_exception.send(sender=None, request=request)
    return problem_response(problem, getattr(request, "_request", request))


def problem_response(problem: Problem, request: HttpRequest | None) -> Response:
    document = problem.as_json()
    if request is not None:
        document["instance"] = request.path
        document["request_id"] = getattr(request, "request_id", "")
    errors = document.pop("errors", None)
    if errors:
        document["errors"] = errors  # the long part last
    response = Response(document, status=problem.status, content_type=MEDIA_TYPE, headers=problem.headers)
    response.exception = True
    return response


def as_problem(exc: Exception, refusals: Mapping[type[Exception], int] | None = None) -> Problem:
    """`refusals` names the status of a room's own errors; those that carry a `code` are 409 without it."""
    for translate in (_of_problem, _of_framework, _of_database):
        problem = translate(exc)
        if problem is not None:
            return problem
    return _of_refusal(exc, refusals or {}) or Problem(
        500, "fault", _("Something went wrong on our side; nothing was written.")
    )


def _of_problem(exc: Exception) -> Problem | None:
    return exc if isinstance(exc, Problem) else None


def _of_framework(exc: Exception) -> Problem | None:
    if isinstance(exc, drf.ValidationError):
        return Invalid(errors_of(exc.detail))
    if isinstance(exc, django.ValidationError):
        return Invalid(_errors_of_django(exc))
    for kinds, answer in _FRAMEWORK:
        if isinstance(exc, kinds):
            return answer()
    return _of_drf(exc) if isinstance(exc, drf.APIException) else None


def unauthenticated() -> Problem:
    detail = _("Send a valid key in the header Authorization: Bearer prm_live_…")
    return Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": "Bearer"})


_FRAMEWORK: tuple[tuple[tuple[type[Exception], ...], Callable[[], Problem]], ...] = (
    ((Http404, drf.NotFound), missing),
    (
        (django.PermissionDenied, drf.PermissionDenied),
        lambda: Problem(403, "forbidden", _("This key may not do that.")),
    ),
    ((drf.NotAuthenticated, drf.AuthenticationFailed), unauthenticated),
    ((django.RequestDataTooBig,), lambda: Problem(413, "body_too_large", _("The body is too large."))),
    (
        (django.BadRequest, django.SuspiciousOperation),
        lambda: Problem(400, "bad_request", _("The request cannot be read.")),
    ),
)


def _of_drf(exc: drf.APIException) -> Problem:
    if isinstance(exc, drf.ParseError):
        return Problem(400, "malformed_json", _("The body is not valid JSON."))
    if isinstance(exc, drf.MethodNotAllowed):
        return Problem(405, "method_not_allowed", _("This address does not offer that method."))
    if isinstance(exc, drf.UnsupportedMediaType):
        return Problem(415, "media_type_unsupported", _("Send the body as application/json."))
    known: int = exc.status_code if exc.status_code in KINDS else 400
    return Problem(known, str(exc.default_code), str(exc.detail))


def _of_database(exc: Exception) -> Problem | None:
    """Faults that a caller can do something about; their own words never leave the house."""
    if not isinstance(exc, Error):
        return None
    cause = exc.__cause__
    if isinstance(exc, IntegrityError) and isinstance(
        cause, psycopg2.errors.UniqueViolation | psycopg2.errors.ExclusionViolation
    ):
        log.warning("collision", exc_info=exc)
        return Problem(409, "conflict", _("The change collides with another one; read again and retry."))
    if isinstance(exc, DataError):
        log.warning("value refused by the database", exc_info=exc)
        return Problem(422, "value_range", _("A value is outside what can be stored."))
    if isinstance(exc, OperationalError):
        log.warning("database busy", exc_info=exc)
        detail = _("The request met other work and nothing was written; send it again.")
        return Problem(503, "busy", detail, headers={"Retry-After": "1"})
    return None


def _of_refusal(exc: Exception, refusals: Mapping[type[Exception], int]) -> Problem | None:
    """A business error named for what happened, with a `code` beside it: 422 for a bad value, otherwise 409."""
    code = getattr(exc, "code", None)
    ours = type(exc).__module__.startswith(OWN_CODE)
    status = next((status for kind, status in refusals.items() if isinstance(exc, kind)), None)
    if not isinstance(code, str) or (status is None and not ours):
        return None
    detail = getattr(exc, "message", None) or str(exc) or _("The present state does not allow this.")
    usual = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(exc, ValueError) else HTTPStatus.CONFLICT
    own: int = getattr(exc, "status", usual)
    return Problem(own if status is None else status, code, detail)


def errors_of(detail: Any, pointer: str = "") -> list[FieldError]:
    """DRF's nested error detail as a flat list with JSON pointers."""
    if isinstance(detail, drf.ErrorDetail):
        return [FieldError(detail.code or "invalid", str(detail), pointer)]
    if isinstance(detail, Mapping):
        return [
            error
            for key, inner in detail.items()
            for error in errors_of(
                inner, pointer if key == "non_field_errors" else f"{pointer}/{_escaped(key)}"
            )
        ]
    if isinstance(detail, list):
        nested = any(isinstance(inner, Mapping) for inner in detail)
        return [
            error
            for index, inner in enumerate(detail)
            for error in errors_of(inner, f"{pointer}/{index}" if nested else pointer)
        ]
    return [FieldError("invalid", str(detail), pointer)]


def _escaped(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _errors_of_django(exc: django.ValidationError) -> list[FieldError]:
    if not hasattr(exc, "error_dict"):
        return [FieldError(one.code or "invalid", one.messages[0], "") for one in exc.error_list]
    return [
        FieldError(one.code or "invalid", one.messages[0], "" if name == "__all__" else f"/{name}")
        for name, listed in exc.error_dict.items()
        for one in listed
    ]
