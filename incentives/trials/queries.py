"""Reads of backtests: one with its rows, the newest of a version, whether facts moved since.

Promise: partners outside the actor's portfolio are missing; called by trials pages, API and work."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.http import Http404

from incentives.earnings.queries import dirty_since
from incentives.plans.models import PlanAssignment, PlanVersion
from incentives.trials.models import Backtest, BacktestAmount, BacktestChance
from incentives.trials.rules import Change
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from partners.segments.queries import memberships_on
from prm.accounts.actor import Actor
from prm.kit.periods import Period


@dataclass(frozen=True, slots=True)
class PartnerChange:
    """What one partner gets over all months of a backtest."""

    partner_id: UUID
    code: str
    name: str
    change: Change


def access_backtest(actor: Actor, backtest_id: UUID) -> Backtest:
    found = Backtest.objects.select_related("version__plan", "job").filter(id=backtest_id).first()
    if found is None:
        raise Http404
    return found


def list_backtests(version: PlanVersion) -> QuerySet[Backtest]:
    """Newest first is the order `("-id",)`."""
    return Backtest.objects.filter(version=version)


def newest_backtest(version: PlanVersion) -> Backtest | None:
    """The last one that is done or going on."""
    return list_backtests(version).filter(state__in=["running", "done"]).order_by("-id").first()


def has_moved(backtest: Backtest) -> bool:
    """Whether a fact that came after it was started reaches into its months."""
    day = dirty_since(backtest.created_at)
    return day is not None and day < Period.of(backtest.last_on).ends_on


def is_assigned(version: PlanVersion, first_on: date, until: date) -> bool:
    """Whether the plan is assigned to anybody on a day of [first_on, until)."""
    assigned = PlanAssignment.objects.filter(plan_id=version.plan_id, starts_on__lt=until)
    return bool(assigned.exclude(ends_on__lte=first_on).exists())


def visible_amounts(actor: Actor, backtest: Backtest) -> QuerySet[BacktestAmount]:
    rows = BacktestAmount.objects.filter(backtest=backtest).select_related("partner")
    return rows.filter(partner__in=visible_partners(actor)) if actor.has_portfolio_wall else rows


def visible_chances(actor: Actor, backtest: Backtest) -> QuerySet[BacktestChance]:
    """The least missing first, as a share of the bound."""
    rows = BacktestChance.objects.filter(backtest=backtest, bound__gt=0).select_related("partner")
    rows = rows.filter(partner__in=visible_partners(actor)) if actor.has_portfolio_wall else rows
    return rows.order_by(F("missing") / F("bound"), "id")


def currencies_of(rows: QuerySet[BacktestAmount]) -> list[str]:
    return sorted(rows.order_by().values_list("currency", flat=True).distinct())


def changes_of_partners(rows: QuerySet[BacktestAmount]) -> list[PartnerChange]:
    """The greatest gain first, then by code."""
    summed = (
        rows.order_by()
        .values("partner_id", code=F("partner__code"), name=F("partner__name"))
        .annotate(old=Sum("old_minor"), new=Sum("new_minor"))
    )
    found = [
        PartnerChange(row["partner_id"], row["code"], row["name"], Change(int(row["old"]), int(row["new"])))
        for row in summed
    ]
    return sorted(found, key=lambda one: (-one.change.difference_minor, one.code))


def codes_of_partners(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Partner.objects.filter(id__in=list(ids)).values_list("id", "code"))


def versions_by_id(ids: Iterable[UUID]) -> dict[UUID, PlanVersion]:
    """With their plans."""
    return PlanVersion.objects.select_related("plan").in_bulk(list(ids))


def segments_told(amounts: Iterable[tuple[UUID, str, int, int]], day: date) -> list[dict[str, object]]:
    """Per segment and currency, what partners that are in it on the day get: (partner, currency, old, new)."""
    listed = list(amounts)
    inside: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for partner_id, code, name in memberships_on({row[0] for row in listed}, day):
        inside[partner_id].append((code, name))
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    partners: dict[tuple[str, str, str], set[UUID]] = defaultdict(set)
    for partner_id, currency, old, new in listed:
        for code, name in inside.get(partner_id) or [("", "")]:
            key = (name, code, currency)
            sums[key] = [sums[key][0] + old, sums[key][1] + new]
            partners[key].add(partner_id)
    return [_segment(key, len(partners[key]), sums[key]) for key in sorted(sums)]


def _segment(key: tuple[str, str, str], partners: int, amounts: Sequence[int]) -> dict[str, object]:
    name, code, currency = key
    return {
        "code": code,
        "name": name,
        "currency": currency,
        "partners": partners,
        "old_minor": amounts[0],
        "new_minor": amounts[1],
    }
