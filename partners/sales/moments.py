"""What a partner sold, month by month, for the timeline of its page.

Promise: credited amounts net of refunds, a currency beside the other, what was merged into it included. Called by:
sales catalogue."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.directory.family import family_ids
from partners.sales.models import SaleLine, SaleSplit
from partners.sales.queries import SIGNED
from prm.accounts.actor import Actor
from prm.comments.timeline import ASKED, Moment, last_day_before, on_day
from prm.kit.periods import Period
from prm.web import format as formats


@dataclass
class Month:
    """What was sold in a month: lines, minor units by currency, and the day of the last line."""

    lines: int = 0
    last_on: date = date.min
    amounts: dict[str, int] = field(default_factory=dict)


def sale_moments(actor: Actor, partner_id: UUID, before: datetime | None) -> list[Moment]:
    """A moment for each month with sales, on the day of its last one."""
    until = last_day_before(before)
    told = [
        _said(partner_id, month_on, month)
        for month_on, month in _months(partner_id).items()
        if month.last_on <= until
    ]
    return sorted(told, key=lambda moment: moment.at, reverse=True)[:ASKED]


def _months(partner_id: UUID) -> dict[date, Month]:
    family = family_ids(partner_id)
    found: defaultdict[date, Month] = defaultdict(Month)
    lines = SaleLine.objects.filter(partner_id__in=family, split_terms=[], voided=False)
    shares = SaleSplit.objects.filter(partner_id__in=family, voided=False, occurred_on__isnull=False)
    for month_on, currency, lines_sold, amount, last_on in (*_sums(lines), *_sums(shares)):
        month = found[month_on]
        month.lines += lines_sold
        month.last_on = max(month.last_on, last_on)
        month.amounts[currency] = month.amounts.get(currency, 0) + amount
    return found


def _sums(rows: QuerySet) -> list[tuple[date, str, int, int, date]]:
    by_month = rows.order_by().annotate(month_on=TruncMonth("occurred_on")).values("month_on", "currency")
    sums = by_month.annotate(lines=Count("id"), amount=Sum(SIGNED), last_on=Max("occurred_on"))
    return list(sums.values_list("month_on", "currency", "lines", "amount", "last_on"))


def _said(partner_id: UUID, month_on: date, month: Month) -> Moment:
    amounts = ", ".join(formats.money(amount, currency) for currency, amount in sorted(month.amounts.items()))
    lines = ngettext("%(n)s line", "%(n)s lines", month.lines) % {"n": formats.quantity(month.lines)}
    span = {
        "partner": str(partner_id),
        "since": month_on.isoformat(),
        "until": (Period.of(month_on).ends_on - timedelta(days=1)).isoformat(),
    }
    return Moment(
        on_day(month.last_on),
        _("Sales of %(month)s: %(amounts)s") % {"month": formats.month(month_on), "amounts": amounts},
        text=lines,
        url=f"{reverse('sale-list')}?{urlencode(span)}",
        icon="shopping-cart",
    )
