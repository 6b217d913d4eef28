"""The document that both sides sign for what a statement says was earned: which one, its number, its bytes.

Promise: made once, in the transaction that writes the statement, and kept with its SHA-256; numbers have no gaps.
Called by: payouts.statements.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils import translation

from incentives.payouts.document_pdf import Row, draw_document
from incentives.payouts.models import Statement
from incentives.payouts.rules import document_kind, document_language
from incentives.payouts.tax_models import ClosingDocument
from incentives.payouts.taxes import standing_of
from incentives.plans.models import Plan
from partners.directory.models import Partner
from prm.accounts.actor import system_actor
from prm.files.actions import store_file
from prm.tenancy.models import Tenant, next_number

NUMBERS = "closing_document"
FUNDS = "funds"


def write_document(
    tenant: Tenant, statement: Statement, content: dict[str, Any], *, at: datetime
) -> ClosingDocument | None:
    """None where nothing was earned or corrected: shared costs have invoices of their own."""
    rows = rows_of(content["lines"])
    if not rows:
        return None
    partner = Partner.objects.get(id=statement.partner_id)
    standing = standing_of(partner)
    kind = document_kind(partner.country, standing.status)
    language = document_language(partner.country, standing.language, tenant.language)
    number = next_number(NUMBERS)
    with translation.override(language):
        document = draw_document(
            content, rows, kind=kind, number=number, status=standing.status, language=language
        )
    stored = store_file(
        actor=system_actor(tenant.id),
        purpose="closing_document",
        name=f"{kind.replace('_', '-')}-{number}.pdf",
        content=document,
        at=at,
        media_type="application/pdf",
        partner_id=partner.id,
    )
    return ClosingDocument.objects.create(
        partner=partner,
        statement=statement,
        number=number,
        kind=kind,
        language=language,
        currency=statement.currency,
        amount_minor=sum(row.amount_minor for row in rows),
        file=stored,
        sha256=sha256(document).hexdigest(),
        made_at=at,
    )


def rows_of(lines: Iterable[dict[str, Any]]) -> list[Row]:
    """One row per plan, as plans are called on the day of closing, in the order of their codes."""
    sums: dict[str, list[int]] = {}
    for line in lines:
        if line["cause"] != FUNDS:
            sums.setdefault(line["plan"], []).append(line["amount_minor"])
    names = dict(Plan.objects.filter(code__in=sums).values_list("code", "name"))
    return [Row(names.get(code, code), len(sums[code]), sum(sums[code])) for code in sorted(sums)]
