"""The funnel: how many came how far, and how many days lay between, over all and by source, type and country.

Promise: as many questions for many applications as for few; a milestone is counted for approved applications alone.
Called by: onboarding.console."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partners.directory.models import PartnerType
from partners.onboarding.milestones import milestones
from partners.onboarding.queries import visible_applications
from partners.onboarding.rules import median_days
from prm.accounts.actor import Actor
from prm.web.format import percent
from prm.web.forms import reader_countries


@dataclass(frozen=True)
class Journeyed:
    """One application's moments by stage, and what it is grouped by."""

    source: str
    partner_type: str
    country: str
    moments: dict[str, datetime | None]


@dataclass(frozen=True)
class Stage:
    """One bar: how many came so far, of those that applied, and the median days since the stage before."""

    code: str
    label: str
    count: int
    share: int
    share_text: str
    days: float | None


@dataclass(frozen=True)
class Group:
    """A line of a breakdown."""

    label: str
    stages: list[Stage]


@dataclass(frozen=True)
class Funnel:
    stages: list[Stage]
    breakdowns: list[tuple[str, list[Group]]]

    @property
    def is_empty(self) -> bool:
        return not self.stages or self.stages[0].count == 0


def funnel_of(actor: Actor) -> Funnel:
    rows = list(
        visible_applications(actor).values(
            "source", "partner_type", "country", "state", "submitted_at", "decided_at", "partner_id"
        )
    )
    partner_ids = [row["partner_id"] for row in rows if row["partner_id"]]
    reached = {milestone.code: milestone.reached(partner_ids) for milestone in milestones()}
    labels = {
        "applied": pgettext("funnel", "Applied"),
        "approved": pgettext("funnel", "Approved"),
        **{milestone.code: str(milestone.label) for milestone in milestones()},
    }
    told = [
        Journeyed(
            row["source"],
            row["partner_type"],
            row["country"],
            {
                "applied": row["submitted_at"],
                "approved": row["decided_at"] if row["state"] == "approved" else None,
                **{
                    code: by_partner.get(row["partner_id"]) if row["partner_id"] else None
                    for code, by_partner in reached.items()
                },
            },
        )
        for row in rows
    ]
    types, countries = dict(PartnerType.choices), reader_countries()
    breakdowns = [
        (_("Source"), _groups(told, labels, lambda one: one.source or _("Not named"))),
        (_("Type"), _groups(told, labels, lambda one: str(types.get(one.partner_type, one.partner_type)))),
        (_("Country"), _groups(told, labels, lambda one: countries.get(one.country, one.country))),
    ]
    return Funnel(_stages(told, labels), breakdowns)


def _groups(
    told: Sequence[Journeyed], labels: dict[str, str], key: Callable[[Journeyed], str]
) -> list[Group]:
    grouped: defaultdict[str, list[Journeyed]] = defaultdict(list)
    for one in told:
        grouped[key(one)].append(one)
    ordered = sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Group(label, _stages(members, labels)) for label, members in ordered]


def _stages(told: Sequence[Journeyed], labels: dict[str, str]) -> list[Stage]:
    stages, before = [], ""
    for code, label in labels.items():
        count = sum(one.moments[code] is not None for one in told)
        pairs = [(one.moments[before], one.moments[code]) for one in told] if before else []
        share = round(100 * count / len(told)) if told else 0
        stages.append(Stage(code, label, count, share, percent(Decimal(share) / 100), median_days(pairs)))
        before = code
    return stages
