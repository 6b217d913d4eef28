"""What the page of a backtest shows: sums, months, segments, the partners that gain and lose, the next bounds.

Promise: reads kept rows alone; called by trials.console."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incentives.plans.models import PlanVersion
from incentives.trials.models import Backtest, BacktestAmount, BacktestChance
from incentives.trials.queries import PartnerChange, changes_of_partners
from incentives.trials.rules import Change
from prm.web import format as formats

SHOWN = 100
CHANCES_SHOWN = 25
LARGE, GAIN, LOSS = "large", "gain", "loss"


@dataclass(frozen=True, slots=True)
class Row:
    """A name with what it gets without and with the version."""

    label: str
    change: Change
    partner_id: object = None
    note: str = ""
    posted_minor: int = 0

    @property
    def share(self) -> str:
        return share_text(self.change)


def months_of(rows: Any) -> list[Row]:
    """Per month what was posted, is due and would be due."""
    summed = (
        rows.order_by("month_on")
        .values("month_on")
        .annotate(posted=Sum("posted_minor"), old=Sum("old_minor"), new=Sum("new_minor"))
    )
    return [
        Row(
            formats.month(row["month_on"]),
            Change(int(row["old"]), int(row["new"])),
            posted_minor=int(row["posted"]),
        )
        for row in summed
    ]


def segments_of(backtest: Backtest, currency: str) -> list[Row]:
    return [
        Row(
            str(told["name"]) or _("In no segment"),
            Change(told["old_minor"], told["new_minor"]),
            note=formats.quantity(told["partners"]),
        )
        for told in backtest.segments
        if told["currency"] == currency
    ]


def chosen(changes: Sequence[PartnerChange], show: str) -> list[PartnerChange]:
    """Those that a filter keeps; who neither gains nor loses is left out of all but the whole list."""
    keep = {
        LARGE: lambda change: change.is_large,
        GAIN: lambda change: change.difference_minor > 0,
        LOSS: lambda change: change.difference_minor < 0,
    }.get(show)
    return list(changes) if keep is None else [one for one in changes if keep(one.change)]


def total_of(rows: Iterable[Row]) -> Change:
    listed = list(rows)
    return Change(sum(row.change.old_minor for row in listed), sum(row.change.new_minor for row in listed))


def widest(changes: Iterable[Change]) -> int:
    """The largest difference either way, at least 1: what bars are a share of."""
    return max((abs(change.difference_minor) for change in changes), default=0) or 1


def share_text(change: Change) -> str:
    """+12.5 % or new; empty where nothing changes."""
    if change.difference_minor == 0:
        return ""
    if change.share is None:
        return pgettext("change", "new")
    sign = "+" if change.share > 0 else ""
    return sign + formats.percent(round(change.share, 3))


def signed_money(amount_minor: int, currency: str) -> str:
    return ("+" if amount_minor > 0 else "") + formats.money(amount_minor, currency)


def result_of(backtest: Backtest, rows: Any, currency: str, show: str) -> dict[str, Any]:
    """Everything below the progress of a finished backtest."""
    mine = rows.filter(currency=currency)
    months, changes = months_of(mine), changes_of_partners(mine)
    total, listed = total_of(months), chosen(changes, show)
    return {
        "currency": currency,
        "total": total,
        "total_share": share_text(total),
        "takeaway": _takeaway(backtest, total, currency),
        "posting_minor": sum(row.change.new_minor - row.posted_minor for row in months),
        "months": months,
        "segments": segments_of(backtest, currency),
        "counts": {
            "gain": len(chosen(changes, GAIN)),
            "loss": len(chosen(changes, LOSS)),
            "large": len(chosen(changes, LARGE)),
            "all": len(changes),
        },
        "show": show,
        "partners": [Row(one.name, one.change, one.partner_id) for one in listed[:SHOWN]],
        "left_out": max(len(listed) - SHOWN, 0),
        "widest": widest(one.change for one in changes),
    }


def _takeaway(backtest: Backtest, total: Change, currency: str) -> str:
    told = {
        "version": backtest.version.number,
        "new": formats.money(total.new_minor, currency),
        "old": formats.money(total.old_minor, currency),
        "difference": signed_money(total.difference_minor, currency),
        "share": share_text(total),
    }
    if total.difference_minor == 0:
        return _("Version %(version)s costs the same: %(new)s.") % told
    return _("Version %(version)s costs %(new)s instead of %(old)s: %(difference)s (%(share)s).") % told


def chances_shown(chances: Iterable[BacktestChance], version: PlanVersion) -> list[dict[str, Any]]:
    """With the title of the component, and how far the bar is."""
    parts = {part["id"]: part for part in version.document.get("components", [])}
    shown = []
    for chance in chances:
        part = parts.get(chance.component_id, {})
        shown.append(
            {
                "row": chance,
                "title": part.get("title") or chance.component_id,
                "units": part.get("measure") == "units",
                "done": max(int(chance.volume * 100 / chance.bound), 0),
            }
        )
    return shown


def export_header() -> list[str]:
    return [
        _("Partner code"), _("Partner"), _("Month"), _("Currency"), _("Posted so far"), _("Without the version"),
        _("With the version"), _("Difference"),
    ]  # fmt: skip


def export_rows(rows: Iterable[BacktestAmount]) -> Iterator[list[object]]:
    for row in rows:
        amounts = (row.posted_minor, row.old_minor, row.new_minor, row.new_minor - row.old_minor)
        yield [
            row.partner.code,
            row.partner.name,
            f"{row.month_on:%Y-%m}",
            row.currency,
            *(formats.typed(amount, row.currency) for amount in amounts),
        ]


def default_months(version: PlanVersion, months: Sequence[date]) -> tuple[date, date]:
    """The last twelve whole months; `months` are newest first, the running one among them."""
    whole = months[1:] or months
    return whole[min(11, len(whole) - 1)], whole[0]


def visible_currency(asked: str, currencies: Sequence[str], version: PlanVersion) -> str:
    """The one asked for, else that of the plan."""
    if asked in currencies:
        return asked
    own = str(version.document.get("currency", ""))
    return own if own in currencies or not currencies else currencies[0]
