"""Which rule decides a conflict, and for whom; until when sides are heard; why a sale matched no protection.

Pure; called by conflicts actions and presentation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

EVIDENCE_DAYS, APPEAL_DAYS, HEARING_DAYS = 7, 14, 7
SOLD_DIRECTLY, PROTECTED, FIRST, NOBODY = "sold_directly", "protected", "first", "nobody"


@dataclass(frozen=True, slots=True)
class Claimant:
    """A claim as the rules see it; `holds` says whether it is protected today or was not refused."""

    side_id: UUID
    submitted_at: datetime
    is_protected: bool
    was_refused: bool


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """The rule that applies, the side it speaks for, and how far ahead that side was of the next."""

    rule: str
    side_id: UUID | None
    lead: timedelta | None


def verdict_of(claimants: Sequence[Claimant], *, vendor_sold: bool) -> RuleVerdict:
    """A live protection holds; else the first registration not refused; a direct sale questions all of them."""
    in_order = sorted(claimants, key=lambda one: (one.submitted_at, one.side_id))
    lead = in_order[1].submitted_at - in_order[0].submitted_at if len(in_order) > 1 else None
    for one in in_order:
        if one.is_protected:
            return RuleVerdict(PROTECTED, one.side_id, lead if one is in_order[0] else None)
    if vendor_sold:
        return RuleVerdict(SOLD_DIRECTLY, None, None)
    for one in in_order:
        if not one.was_refused:
            return RuleVerdict(FIRST, one.side_id, lead if one is in_order[0] else None)
    return RuleVerdict(NOBODY, None, None)


def evidence_until(today: date) -> date:
    return today + timedelta(days=EVIDENCE_DAYS)


def heard_until(today: date) -> date:
    """Until when the other sides of an appeal are heard."""
    return today + timedelta(days=HEARING_DAYS)


def appeal_until(today: date) -> date:
    return today + timedelta(days=APPEAL_DAYS)


OTHER_DEAL, NO_CATEGORY, OTHER_LINE, SOLD_BY_US, SOLD_BY_OTHER = (
    "other_deal",
    "no_category",
    "other_line",
    "sold_by_us",
    "sold_by_other",
)


def why_unmatched(
    *, names_a_deal: bool, line_id: UUID | None, protected_lines: Collection[UUID], is_direct: bool
) -> str:
    """Why a sale to a protected customer did not match: the first reason that applies."""
    if line_id is None:
        return NO_CATEGORY
    if line_id not in protected_lines:
        return OTHER_LINE
    if names_a_deal:
        return OTHER_DEAL
    return SOLD_BY_US if is_direct else SOLD_BY_OTHER
