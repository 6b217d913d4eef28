"""Statements: a partner's closed month, as canonical JSON and as a PDF, made at closing and kept.

Promise: the JSON regenerates byte for byte from entries and transfers; its printed time is the closing time.
Called by: payouts.tasks (after a month is closed), pages, `verify_statements`.
"""

import json
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Sum

from incentives.earnings.models import Entry
from incentives.ledger.queries import closing_time, paid_in
from incentives.payouts.models import Statement
from incentives.payouts.statement_pdf import draw_statement
from incentives.plans.models import Plan
from partners.directory.models import Partner
from partners.sales.models import SaleLine
from prm.accounts.actor import system_actor
from prm.files.actions import store_file
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant


def write_statements(*, period_on: date) -> int:
    """One statement per partner and payout currency that ever earned; those that exist are left as they are."""
    closed_at = closing_time(period_on)
    if closed_at is None:
        return 0
    tenant = current_tenant()
    wanted = (
        Entry.objects.filter(period_on__lte=period_on).order_by().values_list("partner_id", "payout_currency")
    )
    existing = set(Statement.objects.filter(period_on=period_on).values_list("partner_id", "currency"))
    written = 0
    for partner_id, currency in sorted(set(wanted.distinct()) - existing, key=str):
        _write_one(tenant, partner_id, currency, period_on, closed_at)
        written += 1
    return written


def _write_one(tenant: Tenant, partner_id: UUID, currency: str, period_on: date, closed_at: datetime) -> None:
    content = statement_content(tenant, partner_id, currency, period_on, closed_at)
    text = canonical_text(content)
    document = draw_statement(content, language=tenant.language)
    stored = store_file(
        actor=system_actor(tenant.id),
        purpose="statement",
        name=f"{content['document']}.pdf",
        content=document,
        at=closed_at,
        media_type="application/pdf",
        partner_id=partner_id,
    )
    Statement.objects.create(
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


def statement_content(
    tenant: Tenant, partner_id: UUID, currency: str, period_on: date, closed_at: datetime
) -> dict[str, Any]:
    """The whole statement as plain values: opening, lines, paid, closing, in minor units of the payout currency."""
    partner = Partner.objects.get(id=partner_id)
    mine = Entry.objects.filter(partner_id=partner_id, payout_currency=currency)
    earned_before = (
        mine.filter(period_on__lt=period_on).aggregate(total=Sum("payout_amount_minor"))["total"] or 0
    )
    lines = _lines(list(mine.filter(period_on=period_on).order_by("occurred_on", "id")))
    earned = sum(line["amount_minor"] for line in lines)
    opening = earned_before - paid_in(None, partner_id, currency, before=period_on)
    paid = paid_in(period_on, partner_id, currency)
    return {
        "document": f"S-{partner.number}-{period_on:%Y%m}-{currency}",
        "tenant": {"name": tenant.name, "slug": tenant.slug},
        "partner": {
            "code": partner.code,
            "name": partner.legal_name or partner.name,
            "tax_id": partner.tax_id,
        },
        "period": f"{period_on:%Y-%m}",
        "currency": currency,
        "closed_at": closed_at.astimezone(tenant.zone).isoformat(timespec="seconds"),
        "opening_minor": opening,
        "earned_minor": earned,
        "paid_minor": paid,
        "closing_minor": opening + earned - paid,
        "lines": lines,
    }


def _lines(entries: list[Entry]) -> list[dict[str, Any]]:
    plans = Plan.objects.in_bulk({entry.plan_id for entry in entries})
    sales = SaleLine.objects.select_related("product").in_bulk(
        {entry.line_id for entry in entries if entry.line_id}
    )
    rows = []
    for entry in entries:
        sale = sales.get(entry.line_id) if entry.line_id else None
        rows.append(
            {
                "entry": str(entry.id),
                "occurred_on": entry.occurred_on.isoformat(),
                "belongs_to": f"{entry.belongs_on:%Y-%m}",
                "order": sale.order_number if sale else "",
                "line": sale.external_id if sale else "",
                "product": sale.product.code if sale else "",
                "plan": plans[entry.plan_id].code,
                "component": entry.component_id,
                "cause": entry.cause,
                "amount_minor": entry.payout_amount_minor,
            }
        )
    return rows


def canonical_text(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def find_changed_statement() -> Statement | None:
    """The first statement whose content does not regenerate to the same bytes, or None when all do."""
    tenant = current_tenant()
    for statement in Statement.objects.order_by("period_on", "id").iterator():
        again = canonical_text(
            statement_content(
                tenant, statement.partner_id, statement.currency, statement.period_on, statement.closed_at
            )
        )
        if again != statement.content or sha256(again.encode()).hexdigest() != statement.sha256:
            return statement
    return None
