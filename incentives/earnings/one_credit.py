"""What one credit is, as conditions of plans ask: today's rows about its day, put together as the reference reads them.

Promise: one question for the credit, whoever asks, answered to staff and to its own partner alone (ADR 0027); called by
earnings.unmatched."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from incentives.earnings.queries import closed_periods
from incentives.plans.exchange import OLDEST_RATE
from incentives.plans.facts import (
    REFUND,
    SALE,
    Assignment,
    Customer,
    ExchangeRate,
    Facts,
    Goal,
    Held,
    Partner,
    Payment,
    Plan,
    Product,
    Protection,
    SaleLine,
    Standing,
)
from incentives.plans.models import PartnerGoal
from prm.currencies.models import ExchangeRate as StoredRate
from prm.kit.periods import Period
from prm.tenancy.queries import current_tenant

Row = Mapping[str, Any]
ASK = "SELECT guard.credit_facts(%s, %s)"


@dataclass(frozen=True)
class OneCredit:
    """A line as it counts for one partner, with all that conditions ask of it."""

    row: Row

    @property
    def day(self) -> date:
        return date.fromisoformat(self.row["line"]["occurred_on"])

    @property
    def line_id(self) -> str:
        return str(self.row["line"]["id"])

    @property
    def partner_id(self) -> str:
        return str(self.row["partner"]["id"])

    def facts(self, plan: Plan) -> Facts:
        """The credit alone, under the plan that paid it; it counts whole, since no amount is asked."""
        document = plan.versions[0].document
        pairs = {document.currency, document.payout_currency}
        paid_by = Assignment(plan.id, "partner", self.day, self.partner_id)
        return Facts(
            lines=tuple(self._lines()),
            partners=(self.partner, *self._above()),
            products=(Product(**self.row["product"]),),
            customers=tuple(self._customers()),
            plans=(plan,),
            assignments=(paid_by,),
            rates=tuple(_rates(pairs, self.day)),
            protections=tuple(_protection(held) for held in self.row["protections"]),
            goals=tuple(self._goals(plan)),
            closed_at={Period.of(day): at for day, at in closed_periods().items()},
            fiscal_month=current_tenant().fiscal_month,
        )

    @property
    def partner(self) -> Partner:
        told, standing = self.row["partner"], self.row["standing"]
        above = (Held(_level(1), date.min),) if self.row["levels_above"] else ()
        return Partner(
            id=told["id"],
            code=told["code"],
            standings=(Standing(date.min, None, **standing),) if standing else (),
            segments=tuple(Held(code, date.min) for code in self.row["segments"]),
            certificates=tuple(Held(code, date.min) for code in self.row["certificates"]),
            parents=above,
            joined_on=date.fromisoformat(told["joined_on"]),
        )

    def _above(self) -> list[Partner]:
        """As many as stood above the partner on the day; who they are is not asked."""
        levels = int(self.row["levels_above"])
        return [
            Partner(_level(up), _level(up), parents=(Held(_level(up + 1), date.min),) if up < levels else ())
            for up in range(1, levels + 1)
        ]

    def _customers(self) -> list[Customer]:
        told = self.row["customer"]
        if told is None:
            return []
        return [Customer(told["id"], told["industry"], tuple(key for key in told["claim_keys"] if key))]

    def _lines(self) -> list[SaleLine]:
        """The line and its refunds, and what says when its customer bought before and when its subscription began."""
        told = self.row["line"]
        line = SaleLine(
            **{
                **told,
                "occurred_on": self.day,
                "quantity": Decimal(told["quantity"]),
                "recorded_at": datetime.fromisoformat(told["recorded_at"]),
                "invoiced_on": _day(told["invoiced_on"]),
            },
            product_id=self.row["product"]["id"],
            partner_id=self.partner_id,
            customer_id=self.row["customer"] and self.row["customer"]["id"],
            payments=tuple(_payment(payment) for payment in self.row["payments"]),
        )
        refunds = [self._refund(line, refund) for refund in self.row["refunds"]]
        return [line, *refunds, *self._earlier(line)]

    def _refund(self, line: SaleLine, told: Row) -> SaleLine:
        return SaleLine(
            **{
                **told,
                "occurred_on": date.fromisoformat(told["occurred_on"]),
                "recorded_at": datetime.fromisoformat(told["recorded_at"]),
            },
            source=line.source,
            kind=REFUND,
            product_id=line.product_id,
            quantity=line.quantity,
            partner_id=line.partner_id,
            refunded_external_id=line.external_id,
        )

    def _earlier(self, line: SaleLine) -> list[SaleLine]:
        bought_before, begun_on = _day(self.row["bought_before"]), _day(self.row["begun_on"])
        marks = []
        if bought_before is not None:
            marks.append(_mark(line, bought_before, customer_id=line.customer_id))
        if begun_on is not None and begun_on < line.occurred_on:
            marks.append(_mark(line, begun_on, subscription_ref=line.subscription_ref))
        return marks

    def _goals(self, plan: Plan) -> list[Goal]:
        rows = PartnerGoal.objects.filter(plan_id=plan.id, partner_id=self.partner_id, amount__isnull=False)
        return [
            Goal(plan.id, goal.component_id, self.partner_id, goal.window_on, goal.amount)
            for goal in rows
            if goal.amount is not None
        ]


def read_credit(line_id: UUID, partner_id: UUID) -> OneCredit | None:
    """None: the line is voided, counts for somebody else, or is not the reader's."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, [line_id, partner_id])
        (found,) = cursor.fetchone()
    if found is None:
        return None
    return OneCredit(json.loads(found) if isinstance(found, str) else found)


def _mark(line: SaleLine, day: date, **known: Any) -> SaleLine:
    """An earlier line of which the day alone counts."""
    (name,) = known
    return SaleLine(
        id=name, source="", external_id=name, kind=SALE, occurred_on=day, product_id=line.product_id,
        quantity=Decimal(0), amount_minor=0, currency=line.currency, recorded_at=line.recorded_at, **known,
    )  # fmt: skip


def _rates(currencies: set[str], day: date) -> list[ExchangeRate]:
    rows = StoredRate.objects.filter(
        quote__in=currencies, published_on__lte=day, published_on__gte=day - OLDEST_RATE
    )
    return [ExchangeRate(str(row.id), row.base, row.quote, row.published_on, row.rate) for row in rows]


def _protection(told: Row) -> Protection:
    starts_on, ends_on = date.fromisoformat(told["starts_on"]), date.fromisoformat(told["ends_on"])
    return Protection(**{**told, "starts_on": starts_on, "ends_on": ends_on})


def _payment(told: Row) -> Payment:
    return Payment(date.fromisoformat(told["paid_on"]), told["amount_minor"], told["currency"])


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _level(up: int) -> str:
    return f"{up} above"
