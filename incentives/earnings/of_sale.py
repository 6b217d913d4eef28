"""What a sale earned or why it did not, beside the sale: in the partner's list, on the vendor's page of the line.

Promise: reads what the actor may see of earnings; three questions whatever the length of the list.
Called by: earnings.catalogue."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from incentives.earnings import entries as reads
from incentives.earnings.models import Entry
from incentives.earnings.wording import CAUSE_WORDS, reason_label, reason_text
from incentives.plans.queries import value_names
from prm.accounts.actor import Actor
from prm.web import format as formats
from prm.web.columns import Cell, Column
from prm.web.panels import Panel


def earned_column(actor: Actor, line_ids: Collection[UUID]) -> Column:
    """For a partner's list: the sum that each line earned, leading to its explanation, or the reason why nothing."""
    earned: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for entry in reads.visible_entries(actor).filter(line_id__in=line_ids).order_by("id"):
        if entry.line_id is not None:
            earned[entry.line_id].append(entry)
    refused: defaultdict[UUID, list[Cell]] = defaultdict(list)
    for outcome in reads.list_outcomes(actor).filter(line_id__in=line_ids).order_by("slot"):
        url = f"{reverse('portal-outcome-list')}?line={outcome.line_id}"
        refused[outcome.line_id].append(Cell(reason_label(outcome.reason), url))
    waiting = [Cell(_("Not calculated yet"))]
    return Column(
        _("Earned"),
        {
            key: _sums(key, earned[key]) + _unless_earned(earned[key], refused[key]) or waiting
            for key in line_ids
        },
    )


def _sums(line_id: UUID, earned: list[Entry]) -> list[Cell]:
    """One cell per payout currency. A single entry leads to its explanation, several to their list."""
    sums: defaultdict[str, int] = defaultdict(int)
    for entry in earned:
        sums[entry.payout_currency] += entry.payout_amount_minor
    if len(earned) == 1:
        url = reverse("portal-entry-explain", args=[earned[0].id])
    else:
        url = f"{reverse('portal-entry-list')}?line={line_id}"
    return [Cell(formats.money(amount, currency), url) for currency, amount in sorted(sums.items())]


def _unless_earned(earned: Iterable[Entry], reasons: list[Cell]) -> list[Cell]:
    """A line that earns in one place need not say why it does not in another."""
    return [] if sum(entry.payout_amount_minor for entry in earned) else reasons


def earned_panel(actor: Actor, line_id: UUID) -> Panel:
    """For the page of a line: every entry of it and every reason, of those that the actor may see."""
    rows = reads.visible_entries(actor).filter(line_id=line_id).order_by("id")
    outcomes = reads.list_outcomes(actor).filter(line_id=line_id).order_by("slot", "id")
    names = value_names()
    named: list[dict[str, Any]] = reads.outcomes_with_names(outcomes)
    for row in named:
        row["text"] = reason_text(row["outcome"].reason, row["outcome"].facts, names)
    listed = reads.with_names(rows)
    for row in listed:
        row["cause"] = CAUSE_WORDS.get(row["entry"].cause, row["entry"].cause)
    content = {"rows": listed, "totals": reads.totals_of(rows), "outcomes": named}
    return Panel(_("What it earned"), "components/earnings/of_sale.html", content)
