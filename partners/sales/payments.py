"""Writes of payments: recording many, voiding one, taking an import back.

Promise: the same payments again change nothing; what one said before is kept; a refused row leaves no trace and, in
`atomic` mode, neither do its neighbours; each change that was made is told once by `payments.recorded`.
Called by: sales interfaces and the import of payments."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from partners.sales import ingest, payment_ingest
from partners.sales.actions import ImportInUse
from partners.sales.batches import (
    CREATED,
    UNCHANGED,
    UPDATED,
    BatchResult,
    RefusedRow,
    UndoneImport,
    Written,
    outcomes_of,
    refuse_neighbours,
    refuse_twins,
    refused_before,
)
from partners.sales.models import SaleLine, SalePayment
from partners.sales.payment_ingest import ChangedPayment, PaidSale, StandingPayment
from partners.sales.portfolio import portfolio_objection
from partners.sales.rules import SALE, Fault, Key, PaymentInput
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant


class PaymentVoided(Exception):
    """The payment is voided already."""

    code = "payment_voided"
    message = _("This payment is voided already.")


def record_payments(
    *,
    actor: Actor,
    rows: Sequence[PaymentInput | RefusedRow],
    mode: str,
    at: datetime,
    import_batch: UUID | None = None,
) -> BatchResult:
    """Record payments by (source, external_id): new ones are created, those that differ amended, the others left alone.

    A fixed number of statements whatever the count. `partial` records the good rows, `atomic` all or none. Rows that
    were refused before they came here keep their place and their faults.
    """
    faults = refused_before(rows)
    refuse_twins(rows, faults)
    told = {place: row for place, row in enumerate(rows) if isinstance(row, PaymentInput)}
    # Beside other batches: no sale is voided or amended meanwhile by whoever runs alone.
    ingest.lock_ingest(alone=False)
    tenant_id = actor.tenant_id
    sales = payment_ingest.paid_sales(tenant_id, {payment.sale_key for payment in told.values()})
    standing = payment_ingest.standing_payments(tenant_id, {payment.key for payment in told.values()})
    outside = _outside(actor, sales.keys() | {payment.sale for payment in standing.values()})
    today = at.astimezone(current_tenant().zone).date()
    for place, payment in told.items():
        found = _faults(payment, sales, standing, outside)
        if payment.paid_on > today:
            found.append(Fault("paid_on", "paid_in_future"))
        if found:
            faults.setdefault(place, []).extend(found)
    refuse_neighbours(told, mode, faults)
    good = [payment for place, payment in told.items() if place not in faults]
    written = _write(actor, good, sales, at=at, import_id=import_batch) if good else {}
    return outcomes_of(rows, faults, written)


def _outside(actor: Actor, sales: Collection[Key]) -> set[Key]:
    """Sales that count for anybody outside a channel manager's portfolio."""
    return (
        ingest.lines_outside(actor.tenant_id, sales, actor.id)
        if actor.has_portfolio_wall and sales
        else set()
    )


def _faults(
    payment: PaymentInput,
    sales: Mapping[Key, PaidSale],
    standing: Mapping[Key, StandingPayment],
    outside: Collection[Key],
) -> list[Fault]:
    faults = []
    sale, before = sales.get(payment.sale_key), standing.get(payment.key)
    if sale is None or payment.sale_key in outside:
        faults.append(Fault("sale", "payment_unknown_sale", {"code": payment.sale}))
    elif sale.kind != SALE:
        faults.append(Fault("sale", "payment_not_sale"))
    elif sale.currency != payment.currency:
        faults.append(Fault("currency", "payment_currency", {"currency": sale.currency}))
    if before is not None and before.sale in outside:
        faults.append(Fault("external_id", "payment_outside"))
    if payment.amount_minor == 0:
        faults.append(Fault("amount", "payment_of_nothing"))
    return faults


def _write(
    actor: Actor,
    payments: Sequence[PaymentInput],
    sales: Mapping[Key, PaidSale],
    *,
    at: datetime,
    import_id: UUID | None,
) -> Written:
    """Write the good ones; answers effect, id and revision by key."""
    changed = payment_ingest.write_payments(actor.tenant_id, payments, sales, at=at, import_id=import_id)
    written = {c.key: (UPDATED if c.existed else CREATED, c.id, c.revision) for c in changed}
    rest = {payment.key for payment in payments} - written.keys()
    for key, standing in payment_ingest.standing_payments(actor.tenant_id, rest).items():
        written[key] = (UNCHANGED, standing.id, standing.revision)
    if changed:
        _tell(actor, changed, at=at, import_id=import_id)
    return written


def _tell(
    actor: Actor,
    changed: Sequence[ChangedPayment],
    *,
    at: datetime,
    subject: Model | None = None,
    action: str = "payments.recorded",
    import_id: UUID | None = None,
    reason: str = "",
) -> None:
    """One audit record and one event for all payments that a use case changed."""
    created = sum(not c.existed for c in changed)
    after = {"created": created, "updated": len(changed) - created, "import_id": import_id}
    record(actor=actor, action=action, subject=subject or current_tenant(), at=at, after=after, reason=reason)
    emit("payments.recorded", recorded_at=at.isoformat(), payment_count=len(changed), import_id=import_id)


def void_payment(*, actor: Actor, payment: SalePayment, reason: str, at: datetime) -> SalePayment:
    """Let a payment count for nothing from now on, as one more revision. Raises `PaymentVoided`."""
    ingest.lock_ingest(alone=False)
    changed = payment_ingest.void_payments(actor.tenant_id, [payment.id], at=at)
    if not changed:
        raise PaymentVoided
    line = SaleLine.objects.get(id=payment.line_id)
    _tell(actor, changed, at=at, subject=line, action="payment.voided", reason=reason)
    return SalePayment.objects.select_related("line").get(id=payment.id)


def void_payment_import(*, actor: Actor, import_id: UUID, at: datetime) -> UndoneImport:
    """Take an import back: void the payments it created and put back what it amended, each as one more revision.

    Payments that somebody amended since are left as they stand. Raises `ImportInUse` where one of the others is of a
    sale that is not the actor's.
    """
    ingest.lock_ingest(alone=False)
    left = payment_ingest.left_by_import(actor.tenant_id, import_id)
    lines = SalePayment.objects.filter(id__in=left).values_list("line_id", flat=True)
    objection = portfolio_objection(actor, set(lines))
    if objection is not None:
        raise ImportInUse(objection)
    created = [payment_id for payment_id, first_revision in left.items() if first_revision == 1]
    amended = {payment_id: first - 1 for payment_id, first in left.items() if first > 1}
    voided = payment_ingest.void_payments(actor.tenant_id, created, at=at) if created else []
    restored = payment_ingest.restore_payments(actor.tenant_id, amended, at=at) if amended else []
    if voided or restored:
        _tell(actor, [*voided, *restored], at=at, action="payments.import_undone", import_id=import_id)
    return UndoneImport(voided=len(voided), restored=len(restored))
