"""Statements: a partner's closed month, as canonical JSON and as a PDF, made at closing and kept.

Promise: the JSON regenerates byte for byte from entries, reimbursements and transfers; its printed time is the
closing time.
Called by: payouts.tasks (after a month is closed), pages, `verify_statements`.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, Sum
from django.utils import translation

from incentives.earnings.models import Entry
from incentives.earnings.recomputing import facts_of
from incentives.earnings.wording import window_title
from incentives.ledger.queries import (
    Movement,
    closing_time,
    last_closed,
    list_reimbursements,
    payments_of,
)
from incentives.payouts.closing_documents import write_document
from incentives.payouts.models import PayoutItem, PayoutRun, Statement
from incentives.payouts.statement_lines import amount_formula, told_in_content
from incentives.payouts.statement_pdf import draw_statement
from incentives.plans.models import Plan
from partners.directory.family import surviving_id
from partners.directory.models import Partner
from partners.sales.models import SaleLine
from prm.accounts.actor import system_actor
from prm.files.actions import store_file
from prm.kit.periods import Period
from prm.notifications.actions import PartnerPeople, notify
from prm.notifications.rules import Amount
from prm.outbox.actions import emit, enqueue
from prm.tenancy.context import require_context
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant

if TYPE_CHECKING:
    from incentives.ledger.models import Reimbursement

WRITE = "incentives.payouts.write_statements"
RESUMED_FOR = timedelta(days=2)
FUNDS = "funds"
NAMED, CALCULABLE = 1, 2
"""Formats of the content: the first said of a line what it is of and its amount alone, the second how to calculate it
again. What was written in one is regenerated in it."""
BESIDE = frozenset({FUNDS, "adjustment"})
OUTWARDS = frozenset({"reserve", "withholding"})


def write_statements(*, period_on: date, limit: int | None = None) -> int:
    """One statement per partner and payout currency that was ever owed anything, at most `limit` of those missing;
    returns how many were written. Those that exist are left as they are."""
    closed_at = closing_time(period_on)
    if closed_at is None:
        return 0
    with connection.cursor() as cursor:  # two workers take turns instead of writing the same ones
        key = f"statements:{require_context().tenant_id}:{period_on}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    tenant = current_tenant()
    missing = missing_statements(period_on)[:limit]
    for partner_id, currency in missing:
        _write_one(tenant, partner_id, currency, period_on, closed_at)
    return len(missing)


def missing_statements(period_on: date) -> list[tuple[UUID, str]]:
    """Partners and currencies of the month that have no statement yet. A merged partner gets one as long as something
    moves or is unpaid."""
    wanted = (
        Entry.objects.filter(period_on__lte=period_on).order_by().values_list("partner_id", "payout_currency")
    )
    shared = list_reimbursements().filter(period_on__lte=period_on).order_by()
    owed = {*wanted.distinct(), *shared.values_list("partner_id", "currency").distinct()}
    existing = set(Statement.objects.filter(period_on=period_on).values_list("partner_id", "currency"))
    return sorted(owed - existing - _quiet_merged(period_on), key=str)


def _quiet_merged(period_on: date) -> set[tuple[UUID, str]]:
    """Balances of merged partners that were even at the end of the month and did not move in it."""
    quiet = set()
    for key, (owed, last) in _owed_to_merged(period_on).items():
        moves = payments_of(*key, until=period_on)
        moved = last == period_on or any(month == period_on for month, _move in moves)
        if not moved and owed == _gone(move for _month, move in moves):
            quiet.add(key)
    return quiet


def _owed_to_merged(period_on: date) -> dict[tuple[UUID, str], tuple[int, date]]:
    """What was ever owed to merged partners, and the last month in which something was."""
    merged = {"partner_id__in": Partner.objects.filter(merged_into__isnull=False).values("id")}
    found: dict[tuple[UUID, str], tuple[int, date]] = {}
    for rows, currency, amount in (
        (Entry.objects, "payout_currency", "payout_amount_minor"),
        (list_reimbursements(), "currency", "amount_minor"),
    ):
        sums = rows.filter(**merged, period_on__lte=period_on).order_by().values_list("partner_id", currency)
        for partner_id, code, owed, last in sums.annotate(owed=Sum(amount), last=Max("period_on")):
            before, before_on = found.get((partner_id, code), (0, last))
            found[partner_id, code] = (before + owed, max(last, before_on))
    return found


def resume_statements(*, at: datetime) -> bool:
    """Ring again when the month closed last still waits for statements: the ring was lost, or its worker died."""
    period_on = last_closed()
    closed_at = closing_time(period_on) if period_on else None
    if (
        period_on is None
        or closed_at is None
        or at - closed_at > RESUMED_FOR
        or not missing_statements(period_on)
    ):
        return False
    enqueue(WRITE, period_on=period_on.isoformat())
    return True


def _write_one(tenant: Tenant, partner_id: UUID, currency: str, period_on: date, closed_at: datetime) -> None:
    content = statement_content(parties_of(tenant, partner_id), partner_id, currency, period_on, closed_at)
    text = canonical_text(content)
    with translation.override(tenant.language):
        labels = line_labels(content["lines"])
    document = draw_statement(content, labels=labels, language=tenant.language)
    stored = store_file(
        actor=system_actor(tenant.id),
        purpose="statement",
        name=f"{content['document']}.pdf",
        content=document,
        at=closed_at,
        media_type="application/pdf",
        partner_id=partner_id,
    )
    statement = Statement.objects.create(
        partner_id=partner_id,
        period_on=period_on,
        currency=currency,
        content=text,
        sha256=sha256(text.encode()).hexdigest(),
        opening_minor=content["opening_minor"],
        earned_minor=content["earned_minor"],
        paid_minor=content["paid_minor"],
        closing_minor=content["closing_minor"],
        closed_at=closed_at,
        file=stored,
    )
    write_document(tenant, statement, content, at=closed_at)
    emit("statement.ready", statement_id=statement.id, partner_id=partner_id)
    notify(
        "statement.ready",
        to=PartnerPeople(surviving_id(partner_id), "own_statements.view"),
        params={
            "month": Period.of(period_on),
            "earned": Amount(statement.earned_minor, currency),
            "closing": Amount(statement.closing_minor, currency),
        },
        link=("portal-statement", [statement.id]),
    )


def parties_of(tenant: Tenant, partner_id: UUID) -> dict[str, Any]:
    """The head of a statement: both parties as they are called on the day of closing, kept in the content."""
    partner = Partner.objects.get(id=partner_id)
    name = partner.legal_name or partner.name
    return {
        "tenant": {"name": tenant.name, "slug": tenant.slug, "time_zone": tenant.time_zone},
        "partner": {"number": partner.number, "code": partner.code, "name": name, "tax_id": partner.tax_id},
    }


def statement_content(
    parties: dict[str, Any],
    partner_id: UUID,
    currency: str,
    period_on: date,
    closed_at: datetime,
    *,
    form: int = CALCULABLE,
) -> dict[str, Any]:
    """The whole statement as plain values: opening, lines, payments, closing, in minor units of the currency."""
    mine = Entry.objects.filter(partner_id=partner_id, payout_currency=currency)
    shared = list_reimbursements(partner_id, currency=currency)
    before = sum(
        rows.filter(period_on__lt=period_on).aggregate(total=Sum(amount))["total"] or 0
        for rows, amount in ((mine, "payout_amount_minor"), (shared, "amount_minor"))
    )
    lines = [
        *_lines(mine.filter(period_on=period_on).order_by("occurred_on", "id"), form),
        *_shared_lines(shared.filter(period_on=period_on), form),
    ]
    movements = payments_of(partner_id, currency, until=period_on)
    payments = _payments(movement for month, movement in movements if month == period_on)
    earned = sum(line["amount_minor"] for line in lines)
    opening = before - _gone(movement for month, movement in movements if month < period_on)
    paid, withheld = (
        sum(payment["amount_minor"] for payment in payments if (payment["kind"] == "tax") is is_tax)
        for is_tax in (False, True)
    )
    return {
        **parties,
        **({"format": form} if form >= CALCULABLE else {}),
        "document": f"S-{parties['partner']['number']}-{period_on:%Y%m}-{currency}",
        "period": f"{period_on:%Y-%m}",
        "currency": currency,
        "closed_at": closed_at.isoformat(timespec="microseconds"),
        "opening_minor": opening,
        "earned_minor": earned,
        "paid_minor": paid,
        "withheld_minor": withheld,
        "closing_minor": opening + earned - paid - withheld,
        "lines": lines,
        "payments": payments,
    }


def _gone(movements: Iterable[Movement]) -> int:
    """Net of what came back, what left the partner's balance."""
    return sum(row.amount_minor if row.kind in OUTWARDS else -row.amount_minor for row in movements)


def _payments(movements: Iterable[Movement]) -> list[dict[str, Any]]:
    """Payments (and tax withheld) of the month; what came back is negative."""
    listed = list(movements)
    sources = {row.source_id for row in listed}  # runs that sent money, items that the bank answered for
    runs = dict(PayoutItem.objects.filter(id__in=sources).values_list("id", "run_id"))
    numbers = {run.id: str(run) for run in PayoutRun.objects.filter(id__in={*runs.values(), *sources})}
    return [
        {
            "kind": "tax" if row.kind.startswith("withholding") else "payment",
            "run": numbers.get(runs.get(row.source_id, row.source_id), ""),
            "on": row.effective_on.isoformat(),
            "amount_minor": row.amount_minor if row.kind in OUTWARDS else -row.amount_minor,
        }
        for row in listed
    ]


def _lines(entries: Iterable[Entry], form: int) -> list[dict[str, Any]]:
    """What cannot change any more of each entry: a sale is named by its key. Another partner's sale is not named."""
    listed = list(entries)
    facts = facts_of(listed) if form >= CALCULABLE else {}
    plans = Plan.objects.in_bulk({entry.plan_id for entry in listed})
    own = {entry.line_id for entry in listed if entry.line_id and entry.depth == 0}
    keys = {
        id_: (source, external_id)
        for id_, source, external_id in SaleLine.objects.filter(id__in=own).values_list(
            "id", "source", "external_id"
        )
    }
    rows = []
    for entry in listed:
        source, external_id = (
            keys.get(entry.line_id, ("", "")) if entry.depth == 0 and entry.line_id else ("", "")
        )
        rows.append(
            {
                "entry": str(entry.id),
                "occurred_on": entry.occurred_on.isoformat(),
                "belongs_to": f"{entry.belongs_on:%Y-%m}",
                "source": source,
                "sale": external_id,
                "plan": plans[entry.plan_id].code,
                "component": entry.component_id,
                "cause": entry.cause,
                "amount_minor": entry.payout_amount_minor,
                **(told_in_content(facts[entry.id]) if facts else {}),
            }
        )
    return rows


def _shared_lines(reimbursements: Iterable["Reimbursement"], form: int) -> list[dict[str, Any]]:
    """Costs that the vendor shares, and adjustments: the label was kept when they became payable."""
    return [
        {
            "entry": str(row.id),
            "occurred_on": row.occurred_on.isoformat(),
            "belongs_to": f"{row.belongs_on or row.period_on:%Y-%m}",
            "source": row.source_type if row.source_type in BESIDE else FUNDS,
            "sale": row.label,
            "plan": "",
            "component": "",
            "cause": row.source_type if row.source_type in BESIDE else FUNDS,
            "amount_minor": row.amount_minor,
            **({"formula": amount_formula(row.amount_minor, row.currency)} if form >= CALCULABLE else {}),
        }
        for row in reimbursements
    ]


def line_labels(lines: Iterable[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """For the printed document: per entry the order (or the sale's key) and the product, as they are called now. A
    shared cost and an adjustment are their own labels, and so is a whole window."""
    listed = list(lines)
    keys = {line["entry"]: line["sale"] for line in listed if line["cause"] not in BESIDE}
    entries = Entry.objects.in_bulk([UUID(entry) for entry in keys])
    sales = SaleLine.objects.select_related("product").in_bulk(
        {entry.line_id for entry in entries.values() if entry.line_id and entry.depth == 0}
    )
    sellers = Partner.objects.in_bulk({e.credited_partner_id for e in entries.values() if e.depth})
    labels = {line["entry"]: (line["sale"], "") for line in listed if line["cause"] in BESIDE}
    for id_, entry in entries.items():
        sale = sales.get(entry.line_id) if entry.line_id else None
        if entry.window_on is not None:
            labels[str(id_)] = (window_title(entry.inputs), "")
        elif sale is not None:
            labels[str(id_)] = (sale.order_number or sale.external_id, str(sale.product))
        else:
            seller = sellers.get(entry.credited_partner_id)
            labels[str(id_)] = (str(seller) if seller else "", "")
    return labels


def canonical_text(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def regenerate(statement: Statement) -> str:
    """The statement's text made again from entries, reimbursements and transfers; parties and format are those of its
    day."""
    kept = json.loads(statement.content)
    parties = {name: kept[name] for name in ("tenant", "partner")}
    content = statement_content(
        parties,
        statement.partner_id,
        statement.currency,
        statement.period_on,
        statement.closed_at,
        form=kept.get("format", NAMED),
    )
    return canonical_text(content)


def find_changed_statement() -> Statement | None:
    """The first statement whose content does not regenerate to the same bytes, or None when all do."""
    for statement in Statement.objects.order_by("period_on", "id").iterator(chunk_size=200):
        again = regenerate(statement)
        if again != statement.content or sha256(again.encode()).hexdigest() != statement.sha256:
            return statement
    return None
