"""Reads of payments: who may see which, the filtered list, what of a sale is paid.

Promise: a payment is seen by whoever sees its sale; a partner is told the paid share of its own sales and of those that
it has a share of, and nothing else. Called by sales interfaces."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum
from django.http import Http404

from partners.sales.models import LineKind, SaleLine, SalePayment
from partners.sales.queries import visible_lines
from prm.accounts.actor import Actor

ORDER = ("-paid_on", "-id")


@dataclass(frozen=True)
class PaymentFilter:
    """Days half-open; empty values narrow nothing. `sale` is the external id of the sale."""

    since: date | None = None
    until: date | None = None
    source: str = ""
    sale: str = ""
    voided: bool = False


@dataclass(frozen=True)
class PaidPart:
    """What is paid of a sale, and what of it is to be paid: its amount less its refunds."""

    paid_minor: int
    due_minor: int

    @property
    def share(self) -> Decimal:
        """At most 1; cut after three places, so that only what is paid whole is 100 %."""
        if self.paid_minor >= self.due_minor:
            return Decimal(1)
        return (Decimal(self.paid_minor) / self.due_minor).quantize(Decimal("0.001"), ROUND_DOWN)

    @property
    def over_minor(self) -> int:
        """What was paid beyond what is due."""
        return max(self.paid_minor - max(self.due_minor, 0), 0)


def visible_payments(actor: Actor) -> QuerySet[SalePayment]:
    rows = SalePayment.objects.select_related("line")
    if actor.is_partner:
        return rows.none()
    return rows.filter(line_id__in=visible_lines(actor).values("id")) if actor.has_portfolio_wall else rows


def list_payments(actor: Actor, wanted: PaymentFilter) -> QuerySet[SalePayment]:
    """Visible payments that pass the filter; an index has the `ORDER`."""
    conditions = {
        "paid_on__gte": wanted.since,
        "paid_on__lt": wanted.until,
        "source": wanted.source,
        "line__external_id": wanted.sale,
    }
    rows = visible_payments(actor).filter(voided=wanted.voided)
    return rows.filter(**{name: value for name, value in conditions.items() if value})


def access_payment(actor: Actor, payment_id: UUID) -> SalePayment:
    payment = visible_payments(actor).filter(id=payment_id).first()
    if payment is None:
        raise Http404
    return payment


def payments_of(line: SaleLine) -> list[SalePayment]:
    """Those of the line by day, the voided ones too."""
    return list(SalePayment.objects.filter(line=line).order_by("paid_on", "id"))


def paid_part_of(line: SaleLine) -> PaidPart:
    counted = SalePayment.objects.filter(line=line, voided=False, currency=line.currency)
    back = SaleLine.objects.filter(
        refunded_line_id=line.id, kind=LineKind.REFUND, voided=False, currency=line.currency
    )
    paid, refunded = (rows.aggregate(minor=Sum("amount_minor"))["minor"] or 0 for rows in (counted, back))
    return PaidPart(paid, line.amount_minor - refunded)


def own_paid_shares(line_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """For a partner's person: the paid share of each of these lines of which something is paid."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT line_id, share FROM guard.paid_of_own_lines(%s::uuid[])", [list(line_ids)])
        return dict(cursor.fetchall())
