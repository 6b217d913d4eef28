"""An act, an agent's report or a self-billing document as a PDF, set by typst with embedded fonts.

Promise: the same content gives the same pages; the printed day is that of closing; called by payouts.closing_documents.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.payouts.tax_models import DocumentKind, TaxStatus
from prm.web import format as formats
from prm.web.pdf import set_pdf

TEMPLATE = r"""
#let given = json(bytes(sys.inputs.content))
#let quiet = luma(95)
#set document(title: given.title, author: given.tenant, date: datetime(
  year: given.made.at(0), month: given.made.at(1), day: given.made.at(2)))
#set page(paper: "a4", margin: (x: 20mm, top: 20mm, bottom: 22mm), footer: context [
  #set text(size: 8pt, fill: quiet)
  #given.footer #h(1fr) #counter(page).display() / #counter(page).final().first()
])
#set text(font: "Libertinus Serif", size: 10pt, lang: given.lang, hyphenate: false)
#text(size: 17pt, weight: "bold")[#given.title]
#v(2pt)
#text(fill: quiet)[#given.subtitle]
#v(10pt)
#table(columns: (auto, 1fr), stroke: none, inset: (x: 0pt, y: 4.5pt), column-gutter: 14pt,
  ..given.parties.map(row => (text(fill: quiet)[#row.at(0)], [#row.at(1)])).flatten())
#v(10pt)
#table(columns: (auto, 1fr, auto, auto), stroke: none, inset: (x: 4pt, y: 5pt),
  align: (right, left, right, right),
  table.header(..given.head.map(cell => text(weight: "bold", cell)), table.hline(stroke: 0.6pt)),
  ..given.rows.flatten(),
  table.hline(stroke: 0.6pt),
  [], text(weight: "bold", given.total.at(0)), [], text(weight: "bold", given.total.at(1)))
#v(10pt)
#for words in given.notes [#words #parbreak()]
#v(24pt)
#block(breakable: false, grid(columns: (1fr, 1fr), column-gutter: 28pt, row-gutter: 30pt,
  ..given.signers.map(who => [#text(fill: quiet)[#who.at(0)] #v(2pt) #who.at(1)]),
  ..given.signers.map(_ => line(length: 100%, stroke: 0.4pt))))
"""
TITLES = {
    DocumentKind.AGENT_REPORT: gettext_lazy("Agent's report No. %(number)s"),
    DocumentKind.ACT: gettext_lazy("Act of services No. %(number)s"),
    DocumentKind.SELF_BILL: gettext_lazy("Self-billing document No. %(number)s"),
}
NOTES = {
    DocumentKind.AGENT_REPORT: gettext_lazy(
        "The agent has carried out the principal's instructions of the period; the agent's fee is the total above. The "
        "sales behind it are listed in statement %(statement)s, which belongs to this report."
    ),
    DocumentKind.ACT: gettext_lazy(
        "The services above were rendered in the period and are accepted. The sales behind them are listed in "
        "statement %(statement)s, which belongs to this act."
    ),
    DocumentKind.SELF_BILL: gettext_lazy(
        "Self-billing: the customer issues this document in the name of the supplier. The sales behind it are listed "
        "in statement %(statement)s, which belongs to it."
    ),
}
# Who stands for the vendor and for the partner.
SIDES = {
    DocumentKind.AGENT_REPORT: (gettext_lazy("Principal"), gettext_lazy("Agent")),
    DocumentKind.ACT: (gettext_lazy("Client"), gettext_lazy("Contractor")),
    DocumentKind.SELF_BILL: (gettext_lazy("Customer, issues this document"), gettext_lazy("Supplier")),
}


@dataclass(frozen=True)
class Row:
    """What one plan paid in the month, for how many lines."""

    plan: str
    count: int
    amount_minor: int


def draw_document(
    content: dict[str, Any], rows: Sequence[Row], *, kind: str, number: int, status: str, language: str
) -> bytes:
    """In the active language; `content` is that of the statement."""
    page = _page(content, rows, DocumentKind(kind), number, TaxStatus(status))
    told = json.dumps({**page, "lang": language}, ensure_ascii=False)
    return set_pdf(TEMPLATE, content=told)


def _page(
    content: dict[str, Any], rows: Sequence[Row], kind: DocumentKind, number: int, status: TaxStatus
) -> dict[str, Any]:
    period_on = date.fromisoformat(content["period"] + "-01")
    closed_at = datetime.fromisoformat(content["closed_at"]).astimezone(
        ZoneInfo(content["tenant"]["time_zone"])
    )
    title = str(TITLES[kind]) % {"number": number}
    total = sum(row.amount_minor for row in rows)
    partner = content["partner"]
    sides = [str(side) for side in SIDES[kind]]
    return {
        "title": title,
        "subtitle": _("of %(day)s, for %(month)s")
        % {"day": formats.day(closed_at.date()), "month": formats.month(period_on)},
        "tenant": content["tenant"]["name"],
        "made": [closed_at.year, closed_at.month, closed_at.day],
        "footer": f"{title} · {content['document']}",
        "parties": _parties(content, sides, status),
        "head": [_("No."), _("What for"), _("Lines"), content["currency"]],
        "rows": [
            [
                str(place),
                _("Remuneration under the plan “%(plan)s” for %(month)s")
                % {"plan": row.plan, "month": formats.month(period_on)},
                formats.quantity(row.count),
                formats.minor(row.amount_minor, content["currency"]),
            ]
            for place, row in enumerate(rows, 1)
        ],
        "total": [_("Total"), formats.minor(total, content["currency"])],
        "notes": _notes(content, kind, total),
        "signers": [[sides[0], content["tenant"]["name"]], [sides[1], partner["name"]]],
    }


def _parties(content: dict[str, Any], sides: Sequence[str], status: TaxStatus) -> list[list[str]]:
    partner = content["partner"]
    rows = [
        [sides[0], content["tenant"]["name"]],
        [sides[1], f"{partner['name']} ({partner['code']})"],
        [_("Tax status"), str(status.label)],
    ]
    return [*rows, [_("Tax id"), partner["tax_id"]]] if partner["tax_id"] else rows


def _notes(content: dict[str, Any], kind: DocumentKind, total_minor: int) -> list[str]:
    notes = [str(NOTES[kind]) % {"statement": content["document"]}]
    if total_minor < 0:
        notes.append(_("The total is negative: it corrects what earlier documents say."))
    return [*notes, _("Amounts are without VAT.")]
