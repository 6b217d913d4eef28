"""Payments for machines: the batch door, the list, one payment, voiding; called by partners.sales.urls."""

from typing import ClassVar
from uuid import UUID

from rest_framework.response import Response

from partners.sales import payment_queries, payments
from partners.sales.batches import RefusedRow
from partners.sales.doors import answer_result, read_batch
from partners.sales.models import SalePayment
from partners.sales.payment_queries import PaymentFilter
from partners.sales.payment_rows import ReadPayment, read_payment
from partners.sales.payment_serializers import (
    PaymentBatchBody,
    PaymentQuery,
    PaymentRead,
    shown_payment,
)
from partners.sales.rules import PaymentInput
from partners.sales.serializers import BatchQuery, VoidWrite
from prm.api.lists import answer_list
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_body, read_query
from prm.api.versions import with_etag
from prm.api.views import MEGABYTE, ApiView


class SalePaymentBatch(ApiView):
    scopes: ClassVar = {"POST": "sales:write"}
    idempotent = True
    bucket = "bulk"
    body_limit_bytes = 20 * MEGABYTE

    @operation("Send many payments of sales", body=PaymentBatchBody, query=BatchQuery, batch=True)
    def post(self, request: ApiRequest) -> Response:
        """`{"rows": [...]}`, a bare JSON array, or NDJSON (`application/x-ndjson`) with up to 20,000 rows. A payment is
        known by (source, external_id): it is created, amended where it differs, or left alone, so the same batch again
        changes nothing. It names its sale by external id; send the sale first. `mode=atomic` takes all rows or none;
        `results=failed` answers only what was refused."""
        asked = read_query(request, BatchQuery)
        raw_rows, body_mode, prefix = read_batch(request)
        mode = asked.get("mode") or body_mode or "partial"
        rows = [_row(place, read_payment(raw)) for place, raw in enumerate(raw_rows)]
        result = payments.record_payments(actor=request.actor, rows=rows, mode=mode, at=request.at)
        return answer_result(result, prefix, failed_only=asked.get("results") == "failed")


def _row(place: int, read: ReadPayment) -> PaymentInput | RefusedRow:
    return read.payment or RefusedRow(place, read.source, read.external_id, read.faults)


def _shown(payment: SalePayment) -> Response:
    return with_etag(Response(shown_payment(payment)), payment.revision)


class SalePayments(ApiView):
    scopes: ClassVar = {"GET": "sales:read"}

    @operation("List payments of sales", answer=PaymentRead, query=PaymentQuery, listed=True)
    def get(self, request: ApiRequest) -> Response:
        """Newest day first. Voided payments are listed with `voided=true` alone."""
        asked = read_query(request, PaymentQuery)
        wanted = PaymentFilter(
            since=asked.get("paid_from"),
            until=asked.get("paid_until"),
            source=asked.get("source", ""),
            sale=asked.get("sale", ""),
            voided=bool(asked.get("voided")),
        )
        rows = payment_queries.list_payments(request.actor, wanted)
        return answer_list(request, rows, order=payment_queries.ORDER, row=shown_payment)


class OneSalePayment(ApiView):
    scopes: ClassVar = {"GET": "sales:read"}

    @operation("Read a payment of a sale", answer=PaymentRead)
    def get(self, request: ApiRequest, payment_id: UUID) -> Response:
        return _shown(payment_queries.access_payment(request.actor, payment_id))


class SalePaymentVoid(ApiView):
    scopes: ClassVar = {"POST": "sales:write"}
    idempotent = True
    refusals: ClassVar = {payments.PaymentVoided: 409}

    @operation("Void a payment of a sale", body=VoidWrite, answer=PaymentRead)
    def post(self, request: ApiRequest, payment_id: UUID) -> Response:
        """From now on the payment counts for nothing; it stays readable, and comes back when it is sent again."""
        payment = payment_queries.access_payment(request.actor, payment_id)
        reason = read_body(request, VoidWrite)["reason"]
        return _shown(
            payments.void_payment(actor=request.actor, payment=payment, reason=reason, at=request.at)
        )
