"""Where an evaluation gathers its targets and, for whatever earned nothing, the reasons (money.md 2 "Every run says").

Promise: every line looked at either earned or has one reason out of the fixed list; called by the reference alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from incentives.plans import reasons
from incentives.plans.facts import SaleLine
from incentives.plans.selection import MAIN_SLOT
from incentives.plans.targets import Target, TargetKey
from incentives.plans.world import World


@dataclass(frozen=True, slots=True)
class Outcome:
    """Why a line earned a partner nothing in a slot. `facts` hold what the sentence and the fix need: the failed
    condition, the missing pair of currencies, the plans in conflict, the limit that left nothing. A direct sale has no
    partner."""

    line_id: str
    partner_id: str | None
    slot: str
    reason: str
    component_id: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


_Place = tuple[str, str | None, str]


class Board:
    def __init__(self) -> None:
        self.targets: list[Target] = []
        self._paid: set[_Place] = set()
        self._paid_lines: set[str] = set()
        self._earned: set[_Place] = set()
        self._cut: list[Target] = []
        self._declined: dict[_Place, Outcome] = {}
        self._merged: set[tuple[str, str]] = set()

    def post(self, target: Target) -> None:
        """A target of zero is no target: nothing is owed, and the credited partner's line says so unless something
        else earned there."""
        key, line_id = target.key, str(target.key.line_id)
        place = line_id, key.partner_id, target.slot
        if target.amount_minor:
            self.targets.append(target)
            self._paid_lines.add(line_id)
            self._earned.add(place)
            if _is_own(key):
                self._paid.add(place)
        elif target.inputs.cuts and target.inputs.refund is None:
            self._cut.append(target)
        elif _is_own(key):
            self._keep_first(Outcome(*place, reasons.ZERO_AMOUNT, key.component_id))

    def post_of_window(self, target: Target) -> None:
        """What no single line earned."""
        if target.amount_minor:
            self.targets.append(target)

    def merge(self, refunds: Iterable[SaleLine], partner_id: str) -> None:
        """These refunds changed the amount of their sale itself, for this partner's credit."""
        self._merged.update((refund.id, partner_id) for refund in refunds)

    def decline(
        self,
        line: SaleLine,
        partner_id: str | None,
        slot: str,
        reason: str,
        facts: Mapping[str, str] | None = None,
        component_id: str | None = None,
    ) -> None:
        self._keep_first(Outcome(line.id, partner_id, slot, reason, component_id, dict(facts or {})))

    def _keep_first(self, outcome: Outcome) -> None:
        """Of several reasons the first of the fixed list, of equal ones the first component's."""
        place = (outcome.line_id, outcome.partner_id, outcome.slot)
        known = self._declined.get(place)
        if known is None or reasons.PRIORITY[outcome.reason] < reasons.PRIORITY[known.reason]:
            self._declined[place] = outcome

    def explain_refunds(self, world: World, looked_at: Iterable[SaleLine], starts_on: date) -> None:
        """A reason for each linked refund and partner credited with its sale, where it reverses nothing of its own (a
        reversal that rounds to zero has its reason)."""
        told = {(line_id, partner_id) for line_id, partner_id, _ in (*self._paid, *self._declined)}
        for line in looked_at:
            if not line.is_linked_refund:
                continue
            sale = world.refunded_sale(line)
            if sale is None:
                self.decline(line, line.partner_id, MAIN_SLOT, reasons.NO_SALE)
            elif sale.currency != line.currency:
                self.decline(line, line.partner_id, MAIN_SLOT, reasons.REFUND_CURRENCY)
            elif sale.occurred_on < starts_on or not world.credits[sale.id]:
                self.decline(line, line.partner_id, MAIN_SLOT, reasons.SALE_EARNED_NOTHING)
            else:
                for credit in world.credits[sale.id]:
                    if (line.id, credit.partner.id) not in told:
                        self._explain_refund(line, credit.partner.id)

    def _explain_refund(self, line: SaleLine, partner_id: str) -> None:
        merged = (line.id, partner_id) in self._merged
        reason = reasons.COUNTED_WITH_SALE if merged else reasons.SALE_EARNED_NOTHING
        self.decline(line, partner_id, MAIN_SLOT, reason)

    def explain_cuts(self) -> None:
        """What limits cut to nothing, for whoever would have had it: those above as well, unless they have something
        else for that line. Of several the first in the order of keys."""
        for target in sorted(self._cut, key=lambda cut: cut.key.order):
            key = target.key
            place = str(key.line_id), key.partner_id, target.slot
            if _is_own(key) or place not in self._earned:
                self._keep_first(Outcome(*place, reasons.CAPPED, key.component_id, _facts_of_cut(target)))

    def outcomes(self) -> tuple[Outcome, ...]:
        """In the order of line, partner and slot."""
        places = sorted(
            (place for place in self._declined if place not in self._paid),
            key=lambda place: (place[0], place[1] or "", place[2]),
        )
        return tuple(self._declined[place] for place in places)

    def funnel(self, looked_at: Iterable[SaleLine]) -> Counter[str]:
        """Per line that earned nothing at all, its first reason."""
        by_line: dict[str, list[str]] = {}
        for place, outcome in self._declined.items():
            by_line.setdefault(place[0], []).append(outcome.reason)
        return Counter(
            reasons.first_reason(by_line[line.id]) for line in looked_at if line.id not in self._paid_lines
        )


def _is_own(key: TargetKey) -> bool:
    return key.partner_id == key.credited_partner_id


def _facts_of_cut(target: Target) -> dict[str, str]:
    """Of the last limit, which left nothing: its name, itself and what it took."""
    cut = target.inputs.cuts[-1]
    return {
        "limit": cut.limit,
        "limit_minor": str(cut.limit_minor),
        "cut_minor": str(cut.amount_minor),
        "currency": target.currency,
    }
