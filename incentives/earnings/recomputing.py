"""What many entries of one partner are made of, read together: for files that let others calculate them again.

Promise: nothing that can still change is read: entries, plan versions and exchange rates alone; called by
earnings.{entries,replaying}, payouts.{statements,statement_files}.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from incentives.earnings.entry_facts import EntryFacts
from incentives.earnings.models import Entry
from incentives.plans.models import PlanVersion
from incentives.plans.targets import TargetKey
from prm.currencies.models import ExchangeRate
from prm.kit.money import Money

EXCHANGES = ("exchange", "payout_exchange")


def facts_of(entries: Sequence[Entry]) -> dict[UUID, EntryFacts]:
    """By entry: its inputs, with whole rates, and what was posted for the same target before."""
    versions = {
        version.id: version
        for version in PlanVersion.objects.select_related("plan").filter(
            id__in={entry.version_id for entry in entries}
        )
    }
    rates = _whole_rates(entries)
    before = _posted_before(entries)
    facts = {}
    for entry in entries:
        version = versions[entry.version_id]
        posted, paid = before[entry.id]
        facts[entry.id] = EntryFacts(
            amount=Money(entry.amount_minor, entry.currency),
            payout=Money(entry.payout_amount_minor, entry.payout_currency),
            inputs=_with(rates, entry.inputs),
            cause=entry.cause,
            plan_name=version.plan.code,
            version_number=version.number,
            free_on=entry.free_on,
            depth=entry.depth,
            posted_before=Money(posted, entry.currency),
            payout_before=Money(paid, entry.payout_currency),
        )
    return facts


def _posted_before(entries: Sequence[Entry]) -> dict[UUID, tuple[int, int]]:
    """Per entry what earlier ones of its target come to, in plan and in payout currency."""
    lines = {entry.line_id for entry in entries if entry.line_id}
    others = Entry.objects.filter(partner_id__in={entry.partner_id for entry in entries})
    others = others.filter(Q(line_id__in=lines) | Q(line_id__isnull=True))
    targets: defaultdict[TargetKey, list[Entry]] = defaultdict(list)
    for row in others.defer("inputs").order_by("id"):
        targets[key_of(row)].append(row)
    found = {}
    for entry in entries:
        earlier = [
            row for row in targets[key_of(entry)] if row.id < entry.id and row.period_on <= entry.period_on
        ]
        found[entry.id] = (
            sum(row.amount_minor for row in earlier),
            sum(row.payout_amount_minor for row in earlier),
        )
    return found


def inputs_with_whole_rates(entry: Entry) -> dict[str, Any]:
    return _with(_whole_rates([entry]), entry.inputs)


def key_of(entry: Entry) -> TargetKey:
    """The key of the target that the entry is of."""
    return TargetKey(
        plan_id=str(entry.plan_id),
        component_id=entry.component_id,
        line_id=str(entry.line_id) if entry.line_id else None,
        credited_partner_id=str(entry.credited_partner_id),
        partner_id=str(entry.partner_id),
        belongs_on=entry.belongs_on,
        window_on=entry.window_on,
        depth=entry.depth,
    )


def _whole_rates(entries: Sequence[Entry]) -> dict[str, Decimal]:
    """Inputs keep six places of an exchange rate; its row, which never changes, has all of them."""
    ids = {
        str(used["rate_id"]) for entry in entries for name in EXCHANGES if (used := entry.inputs.get(name))
    }
    rows = ExchangeRate.objects.filter(id__in=ids).values_list("id", "rate")
    return {str(id_): Decimal(f"{rate.normalize():f}") for id_, rate in rows}


def _with(rates: Mapping[str, Decimal], inputs: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(inputs)
    for name in EXCHANGES:
        used = inputs.get(name)
        if used and str(used["rate_id"]) in rates:
            whole[name] = {**used, "rate": rates[str(used["rate_id"])]}
    return whole
