"""Which plan and version pay a partner on a date (money.md 1.3, 4 "Versions" and "Assignment").

Promise: one version per slot or the reason why there is none; called by the reference and
earnings.unmatched."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from incentives.plans.facts import AUDIENCES, Assignment, Partner, Plan, Version, covers
from incentives.plans.reasons import NO_PLAN, OUTSIDE_DATES, PLAN_CONFLICT

MAIN_SLOT = "main"


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one of `version` and `reason` is set; `plans` are the ones in conflict, or the one chosen."""

    slot: str
    plans: tuple[Plan, ...] = ()
    version: Version | None = None
    reason: str = ""


def version_on(plan: Plan, day: date) -> Version | None:
    """Of the versions that cover the day, the one published last."""
    covering = [version for version in plan.versions if covers(version.starts_on, version.ends_on, day)]
    return max(covering, key=lambda version: (version.published_at, version.number), default=None)


class PlanChooser:
    """Answers by partner and day, remembering what it found."""

    def __init__(self, plans: Iterable[Plan], assignments: Iterable[Assignment]) -> None:
        self._plans = {plan.id: plan for plan in plans}
        self._assignments = tuple(assignments)
        self._found: dict[tuple[str, date], tuple[Choice, ...]] = {}

    def choices(self, partner: Partner, day: date) -> tuple[Choice, ...]:
        """One choice per slot in which a plan is assigned; the main slot always says if it has none."""
        key = (partner.id, day)
        if key not in self._found:
            self._found[key] = tuple(self._choose(partner, day))
        return self._found[key]

    def reaching(self, partner: Partner, day: date) -> list[Assignment]:
        """All that are for the partner on that day, whatever their rank."""
        return [
            assignment
            for assignment in self._assignments
            if covers(assignment.starts_on, assignment.ends_on, day) and _reaches(assignment, partner, day)
        ]

    def _choose(self, partner: Partner, day: date) -> list[Choice]:
        best: dict[str, tuple[int, set[str]]] = {}
        for assignment in self.reaching(partner, day):
            slot = self._plans[assignment.plan_id].slot
            rank = AUDIENCES.index(assignment.audience)
            best_rank, plans = best.get(slot, (rank, set()))
            if rank < best_rank:
                best_rank, plans = rank, set()
            if rank == best_rank:
                best[slot] = (rank, plans | {assignment.plan_id})
        choices = [self._decide(slot, plan_ids, day) for slot, (_, plan_ids) in sorted(best.items())]
        if MAIN_SLOT not in best:
            choices.insert(0, Choice(MAIN_SLOT, reason=NO_PLAN))
        return choices

    def _decide(self, slot: str, plan_ids: set[str], day: date) -> Choice:
        plans = tuple(
            sorted((self._plans[plan_id] for plan_id in plan_ids), key=lambda plan: plan.code.encode())
        )
        if len(plans) > 1:
            return Choice(slot, plans, reason=PLAN_CONFLICT)
        version = version_on(plans[0], day)
        return Choice(slot, plans, version, "" if version else OUTSIDE_DATES)


def _reaches(assignment: Assignment, partner: Partner, day: date) -> bool:
    """Whether the partner is in the audience on that day."""
    match assignment.audience:
        case "partner":
            return assignment.target == partner.id
        case "segment":
            return assignment.target in partner.segments_on(day)
        case "tier" | "type":
            standing = partner.standing_on(day)
            if standing is None or assignment.target == "":
                return False
            return assignment.target == (
                standing.tier if assignment.audience == "tier" else standing.partner_type
            )
        case _:
            return True
