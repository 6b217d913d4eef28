"""ApiView: the base of every resource of /api/v1/.

Promise: token, limits and body are settled before a transaction opens; the answer is rendered inside the tenant's
context, and an answer of 400 and above has written nothing. Called by every api.py.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from prm.accounts.actions import note_token_use
from prm.accounts.queries import TokenCard
from prm.api import idempotency, throttling
from prm.api.authentication import actor_of, find_presented_token
from prm.api.parsers import StrictJSONParser
from prm.api.problems import FieldError, Invalid, Problem, unauthenticated
from prm.api.requests import ApiRequest
from prm.tenancy.context import tenant_context

MEGABYTE = 1024 * 1024
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class OneFormat(BaseContentNegotiation):
    """Answers are JSON whatever Accept says: many ERP clients send none, or one that means nothing."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """One resource. Declare beside the handlers:

    `scopes`            method -> scope; a handler without one stops the process at start
    `idempotent`        POST asks for an Idempotency-Key and a retry gets the first answer
    `bucket`            "default" or "bulk"
    `body_limit_bytes`  5 MB unless a bulk resource says more
    `refusals`          the room's errors -> status (409 unless named here)
    `public`            no key, no tenant: documents about the API itself
    """

    scopes: ClassVar[Mapping[str, str]] = {}
    idempotent: ClassVar[bool] = False
    bucket: ClassVar[str] = "default"
    body_limit_bytes: ClassVar[int] = 5 * MEGABYTE
    refusals: ClassVar[Mapping[type[Exception], int]] = {}
    public: ClassVar[bool] = False

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]  # noqa: RUF012
    parser_classes = (StrictJSONParser,)
    content_negotiation_class = OneFormat
    request: ApiRequest

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view without Django's own request transaction: `dispatch` opens the tenant's."""
        unscoped = [
            name for name in cls.http_method_names if hasattr(cls, name) and name.upper() not in cls.scopes
        ]
        if unscoped and not cls.public:
            raise TypeError(f"{cls.__module__}.{cls.__name__} declares no scope for {', '.join(unscoped)}")
        return transaction.non_atomic_requests(super().as_view(**initkwargs))

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        return ApiRequest(
            request,
            parsers=self.get_parsers(),
            authenticators=self.get_authenticators(),
            negotiator=self.get_content_negotiator(),
            parser_context=self.get_parser_context(request),
        )

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.args, self.kwargs = args, kwargs
        self.headers = self.default_response_headers
        request.at = timezone.now()
        request.token = None
        self.request = self.initialize_request(request)  # type: ignore[assignment]
        try:
            if not self.public:
                self._admit(request)
        except Exception as refusal:
            return self._finish(self.handle_exception(refusal))
        if request.token is None:
            return self._respond()
        try:
            with tenant_context(request.token.tenant_id):
                return self._respond()
        except Error as fault:  # the commit itself was refused
            return self._finish(self.handle_exception(fault))

    def _admit(self, request: Any) -> None:
        """Everything that may refuse, wait or be slow before a transaction is open."""
        request.token = find_presented_token(request, at=request.at)
        if request.token is None:
            raise unauthenticated()
        card: TokenCard = request.token
        request.actor = actor_of(card, request_id=request.request_id)
        self._count(card)
        if throttling.is_first_in_window(tenant_id=card.tenant_id, token_id=card.token_id, at=request.at):
            with tenant_context(card.tenant_id):
                note_token_use(token_id=card.token_id, at=request.at)
        if request.method in WITH_BODY:
            self._read_body(request)

    def _count(self, card: TokenCard) -> None:
        at = self.request.at
        allowance = throttling.take(self.bucket, tenant_id=card.tenant_id, token_id=card.token_id, at=at)
        if allowance is None:
            return
        self.headers.update(allowance.headers())
        if allowance.exceeded:
            wait = {"Retry-After": str(allowance.seconds)}
            raise Problem(429, "throttled", _("Too many requests; wait and send it again."), headers=wait)

    def _read_body(self, request: HttpRequest) -> None:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not announced.isdigit() or int(announced) > self.body_limit_bytes:
            limit = self.body_limit_bytes // MEGABYTE
            raise Problem(
                413, "body_too_large", _("The body is larger than %(limit)s MB.") % {"limit": limit}
            )
        try:
            _body = request.body
        except OSError as fault:
            raise Problem(400, "body_unreadable", _("The body did not arrive completely.")) from fault

    def _respond(self) -> HttpResponse:
        try:
            response = self._handle()
        except Exception as refusal:
            response = self.handle_exception(refusal)
        response = self._finish(response)
        if self.request.token is None:
            return response
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            transaction.set_rollback(True)
        elif self._asks_key() and not response.has_header(idempotency.REPLAYED):
            idempotency.keep(self.request, response)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        handler = getattr(self, (request.method or "").lower(), None)
        known = getattr(handler, "query_names", None)
        if known is not None and (unknown := sorted(set(request.query_params) - known)):
            detail = _("This parameter is not known here.")
            raise Invalid([FieldError("unknown_parameter", detail, parameter=name) for name in unknown])

    def _handle(self) -> HttpResponse:
        self.initial(self.request, *self.args, **self.kwargs)
        method = (self.request.method or "").lower()
        offered = method in self.http_method_names
        handler = (
            getattr(self, method, self.http_method_not_allowed) if offered else self.http_method_not_allowed
        )
        if self._asks_key() and handler != self.http_method_not_allowed:
            answered = idempotency.find_given(self.request)
            if answered is not None:
                return answered
        response: HttpResponse = handler(self.request, *self.args, **self.kwargs)
        return response

    def _asks_key(self) -> bool:
        return self.idempotent and self.request.method == "POST"

    def _finish(self, response: Any) -> HttpResponse:
        """Negotiate and render now: afterwards there is no context to read rows in."""
        finished: HttpResponse = self.finalize_response(self.request, response, *self.args, **self.kwargs)
        if hasattr(finished, "render"):
            finished.render()
        return finished
