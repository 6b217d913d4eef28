"""What the first page of the vendor's people shows: figures of a span with their change, the year's line, the movers.

Promise: each figure names the rows behind it; nothing is compared with a span of another length. Called by
analytics.dashboards.console and tests."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from analytics.facts.queries import Comparison, Figures, joined_between, partner_sales_by_month
from analytics.facts.rules import CODES, Span, change_percent, span_before, span_of
from prm.accounts.actor import Actor
from prm.kit.periods import Period
from prm.tenancy.models import Tenant
from prm.web import format as formats
from prm.web.tiles import Days, Tile, tiles_for

DEFAULT_CODE = "quarter"
YEAR = 12
PERIODS: dict[str, str | Promise] = {
    "month": gettext_lazy("This month"),
    "last-month": gettext_lazy("Last month"),
    "quarter": gettext_lazy("This quarter"),
    "last-quarter": gettext_lazy("Last quarter"),
    "year": gettext_lazy("This year"),
    "last-year": gettext_lazy("Last year"),
    "12-months": gettext_lazy("12 months"),
}


@dataclass(frozen=True)
class Outlook:
    """A span that was chosen, and the one it is compared with."""

    code: str
    span: Span
    before: Span
    today: date

    @property
    def label(self) -> str:
        return str(PERIODS[self.code])

    @property
    def last_day(self) -> date:
        return self.span.ends_on - timedelta(days=1)

    @property
    def shown_until(self) -> date:
        """Of a running span the days that have come: as many as those that it is compared with."""
        return min(self.last_day, self.today)

    @property
    def compared(self) -> str:
        """The days that the change is measured against."""
        last = self.before.ends_on - timedelta(days=1)
        return f"{formats.day(self.before.starts_on)} – {formats.day(last)}"


def outlook_of(asked: str | None, tenant: Tenant, today: date) -> Outlook:
    """The span that an address names; an unknown one is the running quarter."""
    code = asked if asked in CODES else DEFAULT_CODE
    span = span_of(code, today, tenant.fiscal_month)
    return Outlook(code, span, span_before(code, span, today), today)


def tiles_of(actor: Actor, tenant: Tenant, outlook: Outlook, figures: Comparison) -> list[Tile]:
    """Our figures first, then those of other rooms."""
    ours = [
        _sales_tile(actor, tenant, outlook, figures),
        _share_tile(actor, outlook, figures),
        _joined_tile(actor, outlook),
        _active_tile(outlook, figures),
    ]
    days = Days(outlook.span.starts_on, outlook.span.ends_on)
    before = Days(outlook.before.starts_on, outlook.before.ends_on)
    return [*ours, *tiles_for(actor, days, before)]


def _sales_tile(actor: Actor, tenant: Tenant, outlook: Outlook, figures: Comparison) -> Tile:
    amount, before = figures.now.through_partners, figures.before.through_partners
    percent = change_percent(amount, before)
    return Tile(
        label=_("Sales of your portfolio") if actor.has_portfolio_wall else _("Sales through partners"),
        value=formats.compact_money(amount, tenant.currency),
        exact=formats.money(amount, tenant.currency),
        url=sales_url(outlook, seller="partner"),
        delta=_signed_percent(percent) if percent is not None else "",
        delta_tone=_tone(amount - before),
        note=_unconverted(figures.now),
    )


def _share_tile(actor: Actor, outlook: Outlook, figures: Comparison) -> Tile:
    """Of all partners, leading to the whole it is of; a channel manager's is the portfolio's, and leads to that."""
    now, before = figures.now.share, figures.before.share
    points = round((now - before) * 100) if now is not None and before is not None else None
    return Tile(
        label=_("Your share of all sales") if actor.has_portfolio_wall else _("Share of all sales"),
        value=formats.percent(round(now, 3)) if now is not None else "—",
        url=sales_url(outlook, seller="partner") if actor.has_portfolio_wall else sales_url(outlook),
        delta=pgettext("change of a share in percentage points", "%(change)s pts")
        % {"change": _signed(points)}
        if points is not None
        else "",
        delta_tone=_tone(points or 0),
        note=_("of all that the vendor sold, directly too")
        if actor.has_portfolio_wall
        else _("of everything sold, directly too"),
    )


def _joined_tile(actor: Actor, outlook: Outlook) -> Tile:
    now = joined_between(actor, outlook.span).count()
    before = joined_between(actor, outlook.before).count()
    return Tile(
        label=_("New partners"),
        value=formats.quantity(now),
        url=f"{reverse('new-partner-list')}?period={outlook.code}",
        delta=_signed(now - before),
        delta_tone=_tone(now - before),
    )


def _active_tile(outlook: Outlook, figures: Comparison) -> Tile:
    now, before = figures.now.active_partners, figures.before.active_partners
    return Tile(
        label=_("Partners that sold"),
        value=formats.quantity(now),
        url=f"{reverse('partner-sales')}?period={outlook.code}",
        delta=_signed(now - before),
        delta_tone=_tone(now - before),
    )


def sales_url(outlook: Outlook, **more: str) -> str:
    """The list of the sales of the span."""
    query = {"since": outlook.span.starts_on.isoformat(), "until": outlook.last_day.isoformat(), **more}
    return f"{reverse('sale-list')}?{urlencode(query)}"


def _signed(change: int) -> str:
    if not change:
        return pgettext("figure", "no change")
    return f"{'+' if change > 0 else formats.MINUS}{abs(change)}"


def _signed_percent(change: int) -> str:
    """Written as all percentages of the language are."""
    said = formats.percent(Decimal(change) / 100)
    return f"+{said}" if change > 0 else said if change else _signed(0)


def _tone(change: int) -> str:
    return "good" if change > 0 else "bad" if change < 0 else "quiet"


def _unconverted(sums: Figures) -> str:
    if not sums.unconverted:
        return ""
    text = ngettext(
        "Without %(currencies)s, which has no exchange rate",
        "Without %(currencies)s, which have no exchange rate",
        len(sums.unconverted),
    )
    return text % {"currencies": ", ".join(sums.unconverted)}


def chart_of(actor: Actor, tenant: Tenant, outlook: Outlook) -> dict[str, Any] | None:
    """Twelve months up to the end of the span, with the same months a year before; None where nothing was sold."""
    end = Period.of(outlook.last_day)
    months = [end.plus(step - YEAR + 1) for step in range(YEAR)]
    first = months[0].plus(-YEAR)
    found = partner_sales_by_month(actor, Span(first.starts_on, end.ends_on))
    if not any(found.values()):
        return None
    now = [found.get(month.starts_on, 0) for month in months]
    ghost = [found.get(month.plus(-YEAR).starts_on, 0) for month in months]
    return {
        "labels": [formats.short_month(month.starts_on) for month in months],
        "description": _("Sales through partners by month, beside the same months a year before"),
        "series": [
            {"name": _("These 12 months"), "values": _major(now, tenant)},
            {"name": _("A year before"), "values": _major(ghost, tenant), "dashed": True},
        ],
        "rows": [
            {"label": formats.month(month.starts_on), "now": amount, "ghost": earlier}
            for month, amount, earlier in zip(months, now, ghost, strict=True)
        ],
    }


def _major(amounts: list[int], tenant: Tenant) -> list[str]:
    return [str(formats.major(amount, tenant.currency)) for amount in amounts]
