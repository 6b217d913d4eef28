"""Exchange rates for machines; called by prm.currencies.urls."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.response import Response

from prm.api.batches import RowWritten, answer_batch, read_rows, write_rows
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid, Problem
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.views import ApiView
from prm.currencies.actions import FAULT_TEXTS, PublishedRate, RateInvalid, publish_rate
from prm.currencies.models import ExchangeRate
from prm.currencies.queries import list_rates, rate_on
from prm.currencies.serializers import RateFilter, RateQuestion, RateRead, RateWrite


def publish(request: ApiRequest, content: dict[str, Any]) -> tuple[ExchangeRate, bool]:
    try:
        return publish_rate(actor=request.actor, rate=PublishedRate(**content), at=request.at)
    except RateInvalid as refusal:
        faults = refusal.faults.items()
        raise Invalid(
            [FieldError(code, FAULT_TEXTS[code], f"/{field}") for field, code in faults]
        ) from refusal


class Rates(ApiView):
    scopes: ClassVar = {"GET": "rates:read", "POST": "rates:write"}
    idempotent = True

    @operation("List exchange rates", answer=RateRead, query=RateFilter, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest day first, corrections included: of one pair and day the row listed first counts."""
        rows = list_rates(**read_query(request, RateFilter))
        return answer_list(request, rows, order=("-published_on", "-id"), row=RateRead)

    @operation("Publish an exchange rate", body=RateWrite, answer=RateRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        """One `base` is `rate` of `quote`. A later one for the same day corrects; the same one adds nothing (200)."""
        row, added = publish(request, read_body(request, RateWrite))
        return Response(RateRead(row).data, status=201 if added else 200)


class RateInForce(ApiView):
    scopes: ClassVar = {"GET": "rates:read"}

    @operation("Find the rate that counts on a day", answer=RateRead, query=RateQuestion)
    def get(self, request: ApiRequest) -> Response:
        """The last one published, at most 7 days old. 404 `no_rate`: nothing may be converted on that day."""
        asked = read_query(request, RateQuestion)
        if asked["base"] == asked["quote"]:
            detail = FAULT_TEXTS["currencies_equal"]
            raise Invalid([FieldError("currencies_equal", detail, parameter="quote")])
        row = rate_on(asked["base"], asked["quote"], asked["on"])
        if row is None:
            raise Problem(404, "no_rate", _("No rate of that day or the 7 days before is known."))
        return Response(RateRead(row).data)


class RateBatch(ApiView):
    scopes: ClassVar = {"POST": "rates:write"}
    idempotent = True
    bucket = "bulk"

    @operation("Publish many exchange rates", body=RateWrite, batch="rates")
    def post(self, request: ApiRequest) -> Response:
        """`{"mode": "partial", "rates": [...]}` with up to 500 rows, each as for one rate."""

        def write(content: dict[str, Any]) -> RowWritten:
            row, added = publish(request, content)
            return RowWritten("created" if added else "unchanged", row.id)

        rows, mode = read_rows(request, name="rates")
        return answer_batch(write_rows(rows, write, shape=RateWrite), mode=mode)
