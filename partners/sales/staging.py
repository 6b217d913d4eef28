"""The stage: checked lines on their way into the table, as the text that COPY takes.

Promise: one COPY whatever the count, and no object per cell; the stage is gone with the transaction. Postgres refuses
COPY on tables with row policies, so lines go through a temporary table. Called by partners.sales.actions alone."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from partners.sales.rules import LineInput, Share

_STAGE = """
CREATE TEMP TABLE sales_stage (
    place int, source text, external_id text, order_number text, refunded_external_id text, subscription_ref text,
    kind text, occurred_on date, quantity numeric, amount_minor bigint, currency text, cost_minor bigint,
    invoiced_on date, product_id uuid, partner_id uuid, customer_id uuid, deal_id uuid, split_terms jsonb
) ON COMMIT DROP
"""
_NULL = "\\N"


@dataclass(frozen=True)
class ResolvedIds:
    """Ids by code of what a batch names."""

    partners: Mapping[str, UUID]
    products: Mapping[str, UUID]
    customers: Mapping[str, UUID]
    deals: Mapping[int, UUID]

    def cover(self, partners: Set[str], products: Set[str], customers: Set[str], deals: Set[int]) -> bool:
        """Whether all that is named is known."""
        return (
            partners <= self.partners.keys()
            and products <= self.products.keys()
            and customers <= self.customers.keys()
            and deals <= self.deals.keys()
        )


def fill_stage(lines: Mapping[int, LineInput], ids: ResolvedIds) -> None:
    """COPY lines by their place; texts hold no control characters (checked at the door)."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        cursor.copy_expert("COPY sales_stage FROM STDIN", io.StringIO("".join(_rows(lines, ids))))


def drop_stage() -> None:
    """So that one transaction may ingest more than once."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE sales_stage")


def _rows(lines: Mapping[int, LineInput], ids: ResolvedIds) -> Iterator[str]:
    """Each line in the order of the stage's columns."""
    products, partners = _texts(ids.products), _texts(ids.partners)
    customers, deals = _texts(ids.customers), _texts(ids.deals)
    for place, line in lines.items():
        told = f"{line.source}\t{line.external_id}\t{line.order_number}\t{line.refunds}\t{line.subscription}"
        if "\\" in told:
            told = told.replace("\\", "\\\\")
        cost = _NULL if line.cost_minor is None else line.cost_minor
        terms = terms_of(line.splits, ids.partners) if line.splits else "[]"
        yield (
            f"{place}\t{told}\t{line.kind}\t{line.occurred_on}\t{line.quantity}\t{line.amount_minor}"
            f"\t{line.currency}\t{cost}\t{line.invoiced_on or _NULL}\t{products[line.product]}"
            f"\t{partners[line.partner or None]}\t{customers[line.customer or None]}\t{deals[line.deal or None]}"
            f"\t{terms}\n"
        )


def _texts(ids: Mapping[Any, UUID]) -> dict[Any, str]:
    """Ids as COPY takes them, made once for all lines that name them; None is the one of nobody."""
    return {None: _NULL, **{code: str(found) for code, found in ids.items()}}


def terms_of(shares: Sequence[Share], partner_ids: Mapping[str, UUID]) -> str:
    """The agreed split as JSON, in one spelling whatever the order and the zeros it was sent with. Shares of codes that
    lead to one partner are one."""
    weights: dict[UUID, Share] = {}
    for share in sorted(shares, key=lambda share: share.partner.encode()):
        held = weights.get(partner_ids[share.partner])
        weights[partner_ids[share.partner]] = share if held is None else _together(held, share)
    terms: list[dict[str, Any]] = []
    for partner_id, share in weights.items():
        terms.append({"partner_id": str(partner_id)})
        if share.percent is None:
            terms[-1]["parts"] = share.parts
        else:
            terms[-1]["percent"] = f"{share.percent.normalize():f}"
    return json.dumps(terms)


def _together(one: Share, other: Share) -> Share:
    if one.percent is not None and other.percent is not None:
        return Share(one.partner, one.percent + other.percent, None)
    return Share(one.partner, None, (one.parts or 0) + (other.parts or 0))
