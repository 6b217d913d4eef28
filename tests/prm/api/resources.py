"""A tiny resource for the tests of the plumbing: counters that show their number as an amount of money.

Also the urlconf of those tests: everything of the product, and these addresses before it.
"""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import path
from rest_framework.response import Response

from prm.accounts.scopes import declare_scope
from prm.api.batches import RowWritten, answer_batch, read_rows, write_rows
from prm.api.fields import CodeField, CurrencyField, DayField, IdField, MoneyAmountField, WholeField
from prm.api.lists import answer_list
from prm.api.problems import Problem
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import StrictSerializer, read_body, read_query
from prm.api.versions import require_match, with_etag
from prm.api.views import ApiView
from prm.tenancy.models import DocumentCounter
from prm.urls import urlpatterns as product

declare_scope("counters:read")
declare_scope("counters:write")
during_work: list[Any] = []  # called while the effect's transaction is open


class CounterTaken(Exception):
    code = "counter_taken"
    message = "There is such a counter."


class CounterWrite(StrictSerializer):
    external_id = CodeField(max_length=30)
    amount = MoneyAmountField()
    currency = CurrencyField()
    starts_on = DayField(required=False)


class CounterFilter(StrictSerializer):
    most = WholeField(required=False)


class CounterRead(StrictSerializer):
    id = IdField()
    external_id = CodeField(source="kind")
    amount = MoneyAmountField(source="last_number", currency_field="currency")
    version = WholeField(source="last_number")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        instance.currency = "EUR"
        return super().to_representation(instance)


def write_counter(external_id: str, amount: int, currency: str, **others: Any) -> DocumentCounter:
    if external_id == "taken":
        raise CounterTaken
    return DocumentCounter.objects.create(kind=external_id, last_number=amount)


def find(counter_id: UUID) -> DocumentCounter:
    counter = DocumentCounter.objects.filter(id=counter_id).first()
    if counter is None:
        raise Http404
    return counter


class Counters(ApiView):
    scopes: ClassVar = {"GET": "counters:read", "POST": "counters:write"}
    refusals: ClassVar = {CounterTaken: 409}
    idempotent = True

    @operation("List counters", answer=CounterRead, query=CounterFilter, listed=True)
    def get(self, request: ApiRequest) -> Response:
        given = read_query(request, CounterFilter)
        rows = DocumentCounter.objects.filter(last_number__lte=given.get("most", 10**9), kind__startswith="c")
        return answer_list(request, rows, order=("-last_number", "-id"), row=CounterRead)

    @operation("Write a counter", body=CounterWrite, answer=CounterRead, status=201)
    def post(self, request: ApiRequest) -> Response:
        counter = write_counter(**read_body(request, CounterWrite))
        for hook in during_work:
            hook()
        return Response(
            CounterRead(counter).data, status=201, headers={"Location": f"/api/v1/counters/{counter.id}"}
        )


class OneCounter(ApiView):
    scopes: ClassVar = {"GET": "counters:read", "PATCH": "counters:write"}

    @operation("Read a counter", answer=CounterRead)
    def get(self, request: ApiRequest, counter_id: UUID) -> Response:
        counter = find(counter_id)
        return with_etag(Response(CounterRead(counter).data), counter.last_number)

    @operation("Change a counter", body=CounterWrite, answer=CounterRead, versioned=True)
    def patch(self, request: ApiRequest, counter_id: UUID) -> Response:
        counter = find(counter_id)
        require_match(request, counter.last_number)
        counter.last_number += 1
        counter.save()
        return with_etag(Response(CounterRead(counter).data), counter.last_number)


class CounterBatch(ApiView):
    scopes: ClassVar = {"POST": "counters:write"}
    refusals: ClassVar = {CounterTaken: 409}
    idempotent = True
    bucket = "bulk"

    @operation("Write many counters", body=CounterWrite, batch="counters")
    def post(self, request: ApiRequest) -> Response:
        rows, mode = read_rows(request, name="counters")
        answers = write_rows(
            rows,
            lambda row: RowWritten("created", write_counter(**row).id, 1),
            shape=CounterWrite,
            refusals=self.refusals,
        )
        return answer_batch(answers, mode=mode)


class Breaks(ApiView):
    """Writes a row and then fails in the named way."""

    scopes: ClassVar = {"POST": "counters:write"}

    def post(self, request: ApiRequest, how: str) -> Response:
        write_counter("broken", 1, "EUR")
        if how == "twice":
            write_counter("broken", 2, "EUR")
        if how == "range":
            write_counter("wide", 2**70, "EUR")
        if how == "refused":
            raise Problem(409, "refused", "no")
        if how == "answered":
            return Response({"said": "no"}, status=422)
        raise RuntimeError("secret words of the machine")


urlpatterns = [
    path("api/v1/counters", Counters.as_view()),
    path("api/v1/counters:batch", CounterBatch.as_view()),
    path("api/v1/counters/<uuid:counter_id>", OneCounter.as_view()),
    path("api/v1/breaks/<slug:how>", Breaks.as_view()),
    *product,
]
