"""Writes of sales: recording many lines, voiding one, taking an import back.

Promise: the same lines again change nothing; what a line said before is kept; a refused row leaves no trace and, in
`atomic` mode, neither do its neighbours; each change that was made is told once by `sales.recorded`.
Called by: sales interfaces and the import of sales."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from partners.sales import deal_splits, ingest, staging
from partners.sales.batches import (
    CREATED,
    UNCHANGED,
    UPDATED,
    BatchResult,
    Faults,
    RefusedRow,
    UndoneImport,
    Written,
    outcomes_of,
    refuse_neighbours,
    refuse_twins,
    refused_before,
)
from partners.sales.guards import UndoForbidden, find_objection
from partners.sales.ingest import ChangedLine
from partners.sales.models import SaleLine
from partners.sales.portfolio import own_deals, own_partners, portfolio_faults, portfolio_objection
from partners.sales.rules import REFUND, SALE, Fault, LineInput, RefundedSale, refund_faults
from partners.sales.shares import rewrite_shares
from partners.sales.staging import ResolvedIds
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

LARGE_LOAD = 5_000


class SaleVoided(Exception):
    """The line is voided already."""

    code = "sale_voided"
    message = _("This line is voided already.")


class ImportInUse(Exception):
    """Something depends on the lines of the import; `message` says what."""

    def __init__(self, objection: UndoForbidden) -> None:
        super().__init__(objection.code)
        self.code = objection.code
        self.message = objection.message


def record_sales(
    *,
    actor: Actor,
    rows: Sequence[LineInput | RefusedRow],
    mode: str,
    at: datetime,
    import_batch: UUID | None = None,
    rehearsal: bool = False,
) -> BatchResult:
    """Record lines by (source, external_id): new ones are created, those that differ amended, the others left alone.

    A fixed number of statements whatever the count. `partial` records the good rows, `atomic` all or none. Rows that
    were refused before they came here keep their place and their faults. `rehearsal`: all is taken back afterwards, and
    other rows of the same file are not here.
    """
    tenant_id = actor.tenant_id
    lines = {place: row for place, row in enumerate(rows) if isinstance(row, LineInput)}
    faults = refused_before(rows)
    refuse_twins(rows, faults)
    with_refunds = any(line.kind == REFUND for line in lines.values())
    ingest.lock_ingest(alone=with_refunds)
    ids = _resolve(actor, lines, faults)
    for place, found in portfolio_faults(actor, lines, sales_may_follow=rehearsal).items():
        faults.setdefault(place, []).extend(found)
    if with_refunds:
        _refuse_refunds(tenant_id, {p: line for p, line in lines.items() if p not in faults}, faults)
    refuse_neighbours(lines, mode, faults)
    good = {place: line for place, line in lines.items() if place not in faults}
    written = _write(actor, good, ids, at=at, import_id=import_batch) if good else {}
    return outcomes_of(rows, faults, written)


def _resolve(actor: Actor, lines: Mapping[int, LineInput], faults: Faults) -> ResolvedIds:
    tenant_id = actor.tenant_id
    partners = {line.partner for line in lines.values() if line.partner}
    partners |= {share.partner for line in lines.values() for share in line.splits}
    products = {line.product for line in lines.values()}
    customers = {line.customer for line in lines.values() if line.customer}
    deals = {line.deal for line in lines.values() if line.deal}
    ids = ResolvedIds(
        own_partners(actor, ingest.ids_by_code(tenant_id, "partner", partners)),
        ingest.ids_by_code(tenant_id, "product", products),
        ingest.ids_by_code(tenant_id, "customer", customers),
        own_deals(actor, deal_splits.deals_by_number(tenant_id, deals)),
    )
    if ids.cover(partners, products, customers, deals):
        return ids
    for place, line in lines.items():
        unknown = _unknown_references(line, ids)
        if unknown:
            faults.setdefault(place, []).extend(unknown)
    return ids


def _unknown_references(line: LineInput, ids: ResolvedIds) -> list[Fault]:
    unknown = []
    if line.product not in ids.products:
        unknown.append(Fault("product", "unknown_product", {"code": line.product}))
    if line.partner and line.partner not in ids.partners:
        unknown.append(Fault("partner", "unknown_partner", {"code": line.partner}))
    if line.customer and line.customer not in ids.customers:
        unknown.append(Fault("customer", "unknown_customer", {"code": line.customer}))
    if line.deal and line.deal not in ids.deals:
        unknown.append(Fault("deal", "unknown_deal", {"code": f"D-{line.deal}"}))
    for place, share in enumerate(line.splits):
        if share.partner not in ids.partners:
            unknown.append(Fault(f"splits/{place}/partner", "unknown_partner", {"code": share.partner}))
    return unknown


def _refuse_refunds(tenant_id: UUID, lines: Mapping[int, LineInput], faults: Faults) -> None:
    """Hold each linked refund against its sale: the one of this batch, or the one that stands."""
    named = {(line.source, line.refunds) for line in lines.values() if line.refunds}
    if not named:
        return
    standing = ingest.standing_refunds(tenant_id, [line.key for line in lines.values()])
    keys = named | {refund.sale for refund in standing.values()}
    sales = ingest.named_sales(tenant_id, keys)
    for line in lines.values():
        if line.key in keys:
            sales[line.key] = RefundedSale(line.kind, line.currency, line.amount_minor)
    taken = ingest.refunds_taken(tenant_id, keys)
    for key, sale in sales.items():
        sale.refunded_minor = taken.get((*key, sale.currency), 0)
    for place, fault in refund_faults(lines, sales, standing).items():
        faults.setdefault(place, []).append(fault)


def _write(
    actor: Actor, lines: Mapping[int, LineInput], ids: ResolvedIds, *, at: datetime, import_id: UUID | None
) -> Written:
    """Write the good lines; answers effect, id and revision by key."""
    tenant_id = actor.tenant_id
    staging.fill_stage(lines, ids)
    ingest.keep_booked(tenant_id)
    refunding = any(line.refunds for line in lines.values())
    deal_splits.split_staged(tenant_id, with_refunds=refunding)
    changed = ingest.write_stage(tenant_id, lines, at=at, import_id=import_id)
    told = {c.key: (UPDATED if c.existed else CREATED, c.id, c.revision) for c in changed}
    if len(told) < len(lines):
        rest = [place for place, line in lines.items() if line.key not in told]
        standing = ingest.standing_lines(tenant_id, rest)
        told |= {key: (UNCHANGED, line_id, revision) for key, (line_id, revision) in standing.items()}
    staging.drop_stage()
    if changed:
        _link(tenant_id, changed, lines, refunding=refunding)
        mirrored = _mirror(tenant_id, changed, refunding=refunding, at=at)
        told |= {c.key: (told[c.key][0], c.id, c.revision) for c in mirrored if c.key in told}
        rewrite_shares([c.id for c in (*changed, *mirrored) if c.had_split or c.has_split])
        _tell(actor, _once(changed, mirrored), at=at, import_id=import_id)
    if len(changed) >= LARGE_LOAD:
        ingest.refresh_statistics(tenant_id, changed)
    return told


def _mirror(
    tenant_id: UUID, changed: Sequence[ChangedLine], *, refunding: bool, at: datetime
) -> list[ChangedLine]:
    """Refunds whose split follows what these lines did."""
    if not refunding and not any(c.had_split or c.has_split for c in changed):
        return []
    return deal_splits.mirror_refunds(tenant_id, [c.id for c in changed], at=at)


def _once(changed: Sequence[ChangedLine], mirrored: Sequence[ChangedLine]) -> list[ChangedLine]:
    """Each line as the first statement that touched it told it."""
    known = {c.id for c in changed}
    return [*changed, *(c for c in mirrored if c.id not in known)]


def _link(
    tenant_id: UUID, changed: Sequence[ChangedLine], lines: Mapping[int, LineInput], *, refunding: bool
) -> None:
    waiting = SaleLine.objects.filter(refunded_line_id__isnull=True).exclude(refunded_external_id="").exists()
    if not refunding and not waiting:
        return
    by_key = {line.key: line for line in lines.values()}
    refunds = [c.id for c in changed if by_key[c.key].kind == REFUND and by_key[c.key].refunds]
    sales = [c.id for c in changed if by_key[c.key].kind == SALE] if waiting else []
    ingest.link_refunds(tenant_id, refunds=refunds, sales=sales)


def _tell(
    actor: Actor,
    changed: Sequence[ChangedLine],
    *,
    at: datetime,
    subject: Model | None = None,
    action: str = "sales.recorded",
    import_id: UUID | None = None,
    reason: str = "",
) -> None:
    """One audit record and one event for all lines that a use case changed."""
    days: list[date] = [c.occurred_on for c in changed] + [c.was_on for c in changed if c.was_on]
    span = {"from_on": min(days).isoformat(), "to_on": max(days).isoformat()}
    created = sum(not c.existed for c in changed)
    after = {"created": created, "updated": len(changed) - created, **span, "import_id": import_id}
    record(actor=actor, action=action, subject=subject or current_tenant(), at=at, after=after, reason=reason)
    emit(
        "sales.recorded",
        recorded_at=at.isoformat(),
        line_count=len(changed),
        import_id=import_id,
        **span,
    )


def void_sale(*, actor: Actor, line: SaleLine, reason: str, at: datetime) -> SaleLine:
    """Let a line count for nothing from now on, as one more revision. Raises `SaleVoided`."""
    ingest.lock_ingest(alone=True)
    changed = ingest.void_lines(actor.tenant_id, [line.id], at=at)
    if not changed:
        raise SaleVoided
    rewrite_shares([line.id])
    _tell(actor, changed, at=at, subject=line, action="sale.voided", reason=reason)
    return SaleLine.objects.get(id=line.id)


def void_import(*, actor: Actor, import_id: UUID, at: datetime) -> UndoneImport:
    """Take an import back: void the lines it created and put back what it amended, each as one more revision.

    Lines that somebody amended since are left as they stand. Raises `ImportInUse` when anything depends on the others.
    """
    ingest.lock_ingest(alone=True)
    left = ingest.left_by_import(actor.tenant_id, import_id)
    objection = portfolio_objection(actor, list(left)) or find_objection(list(left)) if left else None
    if objection is not None:
        raise ImportInUse(objection)
    created = [line_id for line_id, first_revision in left.items() if first_revision == 1]
    amended = {line_id: first - 1 for line_id, first in left.items() if first > 1}
    changed = ingest.void_lines(actor.tenant_id, created, at=at) if created else []
    restored = ingest.restore_lines(actor.tenant_id, amended, at=at) if amended else []
    changed += restored
    if changed:
        ids = [c.id for c in changed]
        ingest.link_refunds(actor.tenant_id, refunds=ids, sales=ids)
        mirrored = _mirror(actor.tenant_id, changed, refunding=True, at=at)
        rewrite_shares([*ids, *(c.id for c in mirrored)])
        told = _once(changed, mirrored)
        _tell(actor, told, at=at, action="sales.import_undone", import_id=import_id)
    return UndoneImport(voided=len(changed) - len(restored), restored=len(restored))
