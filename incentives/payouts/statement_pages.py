"""One statement as a page, for the partner's people and the vendor's: its sums, its payments, some of its lines.

Promise: amounts come from the kept content, names are looked up for the lines that are shown; called by payouts.portal,
payouts.console and payouts.urls.
"""

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from incentives.earnings.entries import EntryFilter, list_entries, with_names
from incentives.earnings.wording import CAUSE_WORDS
from incentives.payouts import queries
from incentives.payouts.models import Statement
from incentives.payouts.statement_files import WRITERS, statement_answer
from prm.accounts.actor import Actor
from prm.web.pages import PageRequest, console_page, portal_page

LINES_SHOWN = 100


def statement_page(request: PageRequest, statement: Statement) -> dict[str, Any]:
    content = json.loads(statement.content)
    lines = content["lines"]
    pages = max(1, -(-len(lines) // LINES_SHOWN))
    number = min(_number(request), pages)
    shown = lines[(number - 1) * LINES_SHOWN : number * LINES_SHOWN]
    return {
        "statement": statement,
        "document": content["document"],
        "closing_document": statement.closing_document,
        "withheld_minor": content["withheld_minor"],
        "adjusted_minor": sum(line["amount_minor"] for line in lines if line["cause"] == "adjustment"),
        "lines": _named(request.actor, shown),
        "line_count": len(lines),
        "number": number,
        "pages": pages,
        "payments": [{**payment, "on": date.fromisoformat(payment["on"])} for payment in content["payments"]],
    }


def _number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1  # noqa: PLR2004


def _named(actor: Actor, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each line with the sale and plan it belongs to, as far as this reader may see them."""
    ids = [UUID(line["entry"]) for line in lines]
    known = {
        row["entry"].id: row for row in with_names(list_entries(actor, EntryFilter()).filter(id__in=ids))
    }
    return [
        {
            **line,
            "occurred_on": date.fromisoformat(line["occurred_on"]),
            "cause": CAUSE_WORDS.get(line["cause"], line["cause"]),
            "known": known.get(UUID(line["entry"])),
        }
        for line in lines
    ]


@console_page("statements.view")
def console_statement_file(request: PageRequest, statement_id: UUID, file_kind: str) -> HttpResponse:
    return _file(request, statement_id, file_kind)


@portal_page("own_statements.view")
def own_statement_file(request: PageRequest, statement_id: UUID, file_kind: str) -> HttpResponse:
    return _file(request, statement_id, file_kind)


def _file(request: PageRequest, statement_id: UUID, file_kind: str) -> HttpResponse:
    """The statement to take away: a workbook, a table or the canonical JSON."""
    statement = queries.access_statement(request.actor, statement_id)
    if file_kind not in WRITERS:
        raise Http404
    return statement_answer(statement, file_kind)
