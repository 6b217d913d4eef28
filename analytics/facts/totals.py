"""Reads of sales that tell no partners apart: of a span, and through partners by month, in the programme currency.

Promise: they come from a few rows a day, so that neither partners nor sales make them slower; a part of a month too.
Called by analytics.dashboards."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from analytics.facts.conversion import converted, worth_of
from analytics.facts.models import DaySales
from analytics.facts.rules import Span
from prm.kit.rounding import round_half_away

Row = tuple[date, str, bool, int]  # month, currency, through partners, amount


@dataclass(frozen=True)
class Totals:
    """Net of refunds; `unconverted` are currencies without a rate in some month of the span, left out of the sums."""

    through_partners: int
    sold: int
    unconverted: list[str]


def totals_of(span: Span) -> Totals:
    """All that the vendor sold in a span, direct sales included, and what of it went through partners."""
    rows = _months(span)
    worth, missing = worth_of({currency for _month, currency, _through, _amount in rows}, span)
    through, sold = (
        round_half_away(converted([(row[0], row[1], row[3]) for row in of], worth))
        for of in ([row for row in rows if row[2]], rows)
    )
    return Totals(through, sold, missing)


def through_partners_by_month(span: Span) -> dict[date, int]:
    """Months without any are absent."""
    rows = [(month, currency, amount) for month, currency, through, amount in _months(span) if through]
    worth, _missing = worth_of({currency for _month, currency, _amount in rows}, span)
    return {
        month_on: round_half_away(converted([row for row in rows if row[0] == month_on], worth))
        for month_on in {month_on for month_on, currency, _amount in rows if (month_on, currency) in worth}
    }


def _months(span: Span) -> list[Row]:
    rows = DaySales.objects.filter(sold_on__gte=span.starts_on, sold_on__lt=span.ends_on).order_by()
    rows = rows.annotate(month_on=TruncMonth("sold_on"))
    summed = rows.values("month_on", "currency", "through_partners").annotate(amount=Sum("amount_minor"))
    return [(row["month_on"], row["currency"], row["through_partners"], int(row["amount"])) for row in summed]
