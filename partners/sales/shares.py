"""The shares of split lines: each credited partner's part, and what that partner may know of the line.

Promise: the shares of a line total the line to the minor unit; called by partners.sales.actions after lines changed."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from partners.sales.models import SaleLine, SaleSplit
from prm.kit.rounding import split_by_weights

WRITTEN_AT_ONCE = 5_000


def rewrite_shares(line_ids: Sequence[UUID]) -> None:
    """Make the shares of these lines what their split terms say now."""
    if not line_ids:
        return
    SaleSplit.objects.filter(line_id__in=line_ids).delete()
    lines = SaleLine.objects.filter(id__in=line_ids).exclude(split_terms=[]).order_by("id")
    shares = [share for line in lines.iterator(WRITTEN_AT_ONCE) for share in _shares_of(line)]
    SaleSplit.objects.bulk_create(shares, batch_size=WRITTEN_AT_ONCE)


def _shares_of(line: SaleLine) -> Iterable[SaleSplit]:
    terms: list[dict[str, Any]] = line.split_terms  # in the order of the partners' codes, which breaks ties
    weights = [Decimal(term["percent"]) if "percent" in term else term["parts"] for term in terms]
    amounts = split_by_weights(line.amount_minor, weights)
    costs: Sequence[int | None] = [None] * len(terms)
    if line.cost_minor is not None:
        costs = split_by_weights(line.cost_minor, weights)
    for term, amount_minor, cost_minor in zip(terms, amounts, costs, strict=True):
        yield SaleSplit(
            line=line,
            partner_id=term["partner_id"],
            percent=Decimal(term["percent"]) if "percent" in term else None,
            parts=term.get("parts"),
            kind=line.kind,
            occurred_on=line.occurred_on,
            order_number=line.order_number,
            product_id=line.product_id,
            currency=line.currency,
            amount_minor=amount_minor,
            cost_minor=cost_minor,
            voided=line.voided,
        )
