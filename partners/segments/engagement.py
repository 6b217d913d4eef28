"""Engagement: what partners do for the programme, each event counting half after 90 days.

Promise: an event counts once however often it is told; the tenant's weights rule, the kind's default without one.
Called by: rooms whose events show engagement (declare_engagement, note_engagement), pages, the fact "engagement"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from partners.segments.facts import Asking
from partners.segments.models import EngagementEvent, EngagementWeight
from partners.segments.rules import HALF_LIFE_DAYS, decayed
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.tenancy.queries import current_tenant
from prm.web.menu import Text

DEAL_REGISTERED = "partners.segments.deal_registered"
COURSE_PASSED = "partners.segments.course_passed"
PROFILE_COMPLETED = "partners.segments.profile_completed"
SIGN_IN = "sign_in"
LOOKED_BACK_DAYS = HALF_LIFE_DAYS * 12  # after twelve half-lives 20 points are less than 0.005


@dataclass(frozen=True)
class EngagementKind:
    name: str
    label: Text
    default: Decimal


_kinds: dict[str, EngagementKind] = {}


def declare_engagement(name: str, label: Text, default: int) -> None:
    _kinds.setdefault(name, EngagementKind(name, label, Decimal(default)))


@dataclass(frozen=True)
class Counted:
    """One event and what it still counts."""

    kind: EngagementKind
    happened_on: date
    age_days: int
    points: Decimal


def engagement_kinds() -> list[EngagementKind]:
    return list(_kinds.values())


def weights() -> dict[str, Decimal]:
    """The weight of each kind, by name."""
    own = dict(EngagementWeight.objects.values_list("kind", "weight"))
    return {name: own.get(name, kind.default) for name, kind in _kinds.items()}


def labelled_weights() -> list[tuple[Text, Decimal]]:
    return [(_kinds[name].label, weight) for name, weight in weights().items()]


def note_engagement(*, kind: str, partner_id: UUID, happened_on: date, reference: str) -> None:
    """Let an event count, once per reference."""
    if kind not in _kinds:
        raise KeyError(kind)
    EngagementEvent.objects.bulk_create(
        [EngagementEvent(partner_id=partner_id, kind=kind, happened_on=happened_on, reference=reference)],
        ignore_conflicts=True,
    )


def note_sign_in(actor: Actor, today: date) -> None:
    """A day on which somebody of the partner came in; at most one a day. Staff who look as the partner are nobody."""
    if actor.partner_id is not None and not actor.is_viewing:
        note_engagement(
            kind=SIGN_IN, partner_id=actor.partner_id, happened_on=today, reference=today.isoformat()
        )


def set_weights(*, actor: Actor, changes: Mapping[str, Decimal], at: datetime) -> None:
    held = weights()
    told = {name: value for name, value in changes.items() if held[name] != value}
    if not told:
        return
    for name, value in told.items():
        EngagementWeight.objects.update_or_create(kind=name, defaults={"weight": value})
    before = {name: held[name] for name in told}
    record(
        actor=actor, action="engagement.weighted", subject=current_tenant(), at=at, before=before, after=told
    )


def events_of(partner_id: UUID, on: date) -> list[Counted]:
    """What counts for a partner on a day, the newest first."""
    weight = weights()
    rows = EngagementEvent.objects.filter(partner_id=partner_id, happened_on__lte=on).order_by(
        "-happened_on", "-id"
    )
    found = []
    for row in rows:
        age = (on - row.happened_on).days
        if age <= LOOKED_BACK_DAYS:
            found.append(Counted(_kinds[row.kind], row.happened_on, age, decayed(weight[row.kind], age)))
    return found


def engagement_sql(asking: Asking) -> str:
    """Points by partner, to one decimal place."""
    day = f"{asking.bind(asking.as_of)}::date"
    rows = ", ".join(
        f"({asking.bind(name)}, {asking.bind(value)}::numeric)" for name, value in weights().items()
    )
    return f"""
    SELECT e.partner_id,
        round(sum(w.weight * power(0.5::numeric, ({day} - e.happened_on)::numeric / {HALF_LIFE_DAYS})), 1)
    FROM partners_engagementevent e JOIN (VALUES {rows}) AS w(kind, weight) ON w.kind = e.kind
    WHERE e.tenant_id = (SELECT current_setting('app.tenant_id')::uuid) AND e.happened_on <= {day}
        AND e.happened_on >= {day} - {LOOKED_BACK_DAYS} GROUP BY e.partner_id"""
