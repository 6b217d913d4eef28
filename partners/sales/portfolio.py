"""What a channel manager may record: lines that count for partners of the own portfolio and for nobody else.

Promise: a foreign partner answers as an unknown one; a line that counts for anybody outside is neither amended nor
refunded nor taken back. Called by sales actions."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from partners.deals.queries import visible_deals
from partners.directory.queries import visible_partners
from partners.sales import ingest
from partners.sales.guards import UndoForbidden
from partners.sales.models import SaleLine
from partners.sales.rules import Fault, Key, LineInput
from prm.accounts.actor import Actor

LINES_OUTSIDE = UndoForbidden(
    "lines_outside",
    _("Some of these lines count for partners outside your portfolio now. Ask a programme admin."),
)


def own_partners(actor: Actor, ids: Mapping[str, UUID]) -> dict[str, UUID]:
    """Of the partners that codes lead to, those that the actor may record sales of."""
    if not actor.has_portfolio_wall:
        return dict(ids)
    own = set(visible_partners(actor).filter(id__in=set(ids.values())).values_list("id", flat=True))
    return {code: partner_id for code, partner_id in ids.items() if partner_id in own}


def own_deals(actor: Actor, ids: Mapping[int, UUID]) -> dict[int, UUID]:
    """Of the deals that numbers name, those that the actor may know of."""
    if not actor.has_portfolio_wall:
        return dict(ids)
    own = set(visible_deals(actor).filter(id__in=set(ids.values())).values_list("id", flat=True))
    return {number: deal_id for number, deal_id in ids.items() if deal_id in own}


def portfolio_faults(
    actor: Actor, lines: Mapping[int, LineInput], *, sales_may_follow: bool
) -> dict[int, list[Fault]]:
    """Why lines are not the actor's to record, by place. `sales_may_follow`: the sale of a refund may come with later
    rows; otherwise it must be here, or the refund could wait for a sale of somebody else."""
    if not actor.has_portfolio_wall:
        return {}
    named = {(line.source, line.refunds) for line in lines.values() if line.refunds}
    sent = {line.key for line in lines.values()}
    outside = ingest.lines_outside(actor.tenant_id, sent | named, actor.id)
    known = None if sales_may_follow else sent | ingest.named_sales(actor.tenant_id, named).keys()
    faults: dict[int, list[Fault]] = {}
    for place, line in lines.items():
        found = _faults(line, outside, known)
        if found:
            faults[place] = found
    return faults


def _faults(line: LineInput, outside: Collection[Key], known: Collection[Key] | None) -> list[Fault]:
    faults = []
    if not line.partner and not line.splits:
        faults.append(Fault("partner", "partner_not_named"))
    if line.key in outside:
        faults.append(Fault("external_id", "line_outside"))
    sale = (line.source, line.refunds)
    if line.refunds and (sale in outside or (known is not None and sale not in known)):
        faults.append(Fault("refunds", "unknown_sale", {"code": line.refunds}))
    return faults


def portfolio_objection(actor: Actor, line_ids: Collection[UUID]) -> UndoForbidden | None:
    """Why the actor may not take these lines back: one of them counts for somebody outside the portfolio now."""
    if not actor.has_portfolio_wall:
        return None
    keys = set(SaleLine.objects.filter(id__in=line_ids).values_list("source", "external_id"))
    return LINES_OUTSIDE if ingest.lines_outside(actor.tenant_id, keys, actor.id) else None
