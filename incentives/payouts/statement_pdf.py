"""The statement as a PDF, set by typst with embedded fonts.

Promise: the same content gives the same pages; the printed time is the closing time; called by payouts.statements.
"""

import json
from datetime import date, datetime
from typing import Any

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from incentives.earnings.wording import CAUSE_WORDS
from prm.web import format as formats

TEMPLATE = r"""
#let given = json(bytes(sys.inputs.content))
#set document(title: given.title)
#set page(paper: "a4", margin: (x: 18mm, top: 20mm, bottom: 18mm), footer: context [
  #set text(size: 8pt, fill: luma(90))
  #given.footer #h(1fr) #counter(page).display("1 / 1", both: true)
])
#set text(font: "Libertinus Serif", size: 9.5pt, lang: given.lang)
#text(size: 11pt, weight: "bold")[#given.tenant] #h(1fr) #text(fill: luma(90))[#given.document]
#v(6pt)
#text(size: 17pt, weight: "bold")[#given.title]
#v(2pt)
#given.partner
#v(8pt)
#table(columns: (1fr, auto), stroke: none, inset: (x: 0pt, y: 3pt),
  ..given.summary.map(row => (row.at(0), align(right)[#row.at(1)])).flatten())
#v(6pt)
#set text(size: 8.5pt)
#table(columns: (auto, auto, 1fr, auto, auto), stroke: none, inset: (x: 4pt, y: 3.5pt),
  align: (left, left, left, left, right),
  table.header(..given.head.map(cell => text(weight: "bold")[#cell]), table.hline(stroke: 0.6pt)),
  ..given.rows.flatten(), table.hline(stroke: 0.4pt))
"""


def draw_statement(content: dict[str, Any], *, language: str) -> bytes:
    with translation.override(language):
        page = json.dumps(_page(content, language), ensure_ascii=False)
    return bytes(typst.compile(TEMPLATE.encode(), format="pdf", sys_inputs={"content": page}))


def _page(content: dict[str, Any], language: str) -> dict[str, Any]:
    currency = content["currency"]
    period_on = date.fromisoformat(content["period"] + "-01")

    def amount(minor: int) -> str:
        return formats.money(minor, currency)

    summary = [
        [_("Opening balance"), amount(content["opening_minor"])],
        [_("Earned"), amount(content["earned_minor"])],
        [_("Paid"), amount(-content["paid_minor"])],
        [_("Closing balance"), amount(content["closing_minor"])],
    ]
    rows = [
        [
            formats.day(date.fromisoformat(line["occurred_on"])),
            line["order"] or line["line"] or "—",
            f"{line['product']} · {line['plan']} / {line['component']}",
            str(CAUSE_WORDS.get(line["cause"], line["cause"])),
            amount(line["amount_minor"]),
        ]
        for line in content["lines"]
    ]
    closed = datetime.fromisoformat(content["closed_at"])
    return {
        "lang": language,
        "title": _("Statement for %(month)s") % {"month": formats.month(period_on)},
        "tenant": content["tenant"]["name"],
        "partner": " · ".join(
            part for part in (content["partner"]["name"], content["partner"]["tax_id"]) if part
        ),
        "document": content["document"],
        "footer": _("%(document)s, closed %(moment)s")
        % {"document": content["document"], "moment": formats.moment(closed)},
        "summary": summary,
        "head": [_("Date"), _("Order"), _("Product, plan"), _("Why"), _("Amount")],
        "rows": rows,
    }
