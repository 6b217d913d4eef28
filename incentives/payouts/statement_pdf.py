"""The statement as a PDF, set by typst with embedded fonts.

Promise: the same content gives the same pages; the printed time is the closing time; called by payouts.statements.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from incentives.earnings.wording import CAUSE_WORDS
from prm.kit.money import exponent_of
from prm.web import format as formats
from prm.web.pdf import set_pdf

TEMPLATE = r"""
#let given = json(bytes(sys.inputs.content))
#let quiet = luma(95)
#set document(title: given.title, author: given.tenant, date: datetime(
  year: given.made.at(0), month: given.made.at(1), day: given.made.at(2)))
#set page(paper: "a4", margin: (x: 18mm, top: 18mm, bottom: 20mm), footer: context [
  #set text(size: 8pt, fill: quiet)
  #given.footer #h(1fr) #given.page #counter(page).display() #given.of #counter(page).final().first()
])
#set text(font: "Libertinus Serif", size: 9.5pt, lang: given.lang, hyphenate: false)
#grid(columns: (1fr, auto), column-gutter: 18pt, text(size: 11pt, weight: "bold")[#given.tenant],
  text(fill: quiet)[#given.document])
#v(10pt)
#text(size: 18pt, weight: "bold")[#given.title]
#v(4pt)
#table(columns: (auto, 1fr), stroke: none, inset: (x: 0pt, y: 4pt), column-gutter: 12pt,
  ..given.parties.map(row => (text(fill: quiet)[#row.at(0)], [#row.at(1)])).flatten())
#v(8pt)
#table(columns: (1fr, auto), inset: (x: 0pt, y: 4pt),
  stroke: (x, y) => if y == given.summary.len() - 1 { (top: 0.6pt) } else { none },
  ..given.summary.enumerate().map(((place, row)) => {
    let weight = if place == given.summary.len() - 1 { "bold" } else { "regular" }
    (text(weight: weight)[#row.at(0)], align(right, text(weight: weight)[#row.at(1)]))
  }).flatten())
#let listed(title, head, rows, total, sides) = {
  v(10pt)
  block(sticky: true, text(size: 12pt, weight: "bold", title))
  v(2pt)
  set text(size: 8.5pt)
  table(columns: sides.map(side => if side == "wide" { 1fr } else { auto }), stroke: none, inset: (x: 4pt, y: 3.5pt),
    align: sides.map(side => if side == "number" { right } else { left }),
    table.header(..head.map(cell => text(weight: "bold", cell)), table.hline(stroke: 0.6pt)),
    ..rows.flatten(),
    table.hline(stroke: 0.4pt),
    ..total.map(cell => text(weight: "bold", cell)))
}
#let calculated(line) = if line.formula == "" { line.cells.map(cell => [#cell]) } else {
  let (..told, amount) = line.cells
  (..told.map(cell => [#cell]), table.cell(rowspan: 2, breakable: false)[#amount],
    table.cell(colspan: told.len(), inset: (x: 4pt, top: 1.5pt, bottom: 5pt), align: left,
      text(size: 7.5pt, fill: quiet)[#line.facts #linebreak()
        #text(font: "DejaVu Sans Mono", size: 6.5pt)[#line.formula]]))
}
#if given.lines.len() > 0 {
  listed(given.lines_title, given.lines_head, given.lines.map(calculated), given.lines_total,
    ("", "wide", "wide", "", "number"))
  if given.lines.any(line => line.formula != "") { text(size: 7.5pt, fill: quiet, given.lines_note) }
}
#if given.payments.len() > 0 {
  listed(given.payments_title, given.payments_head, given.payments, given.payments_total, ("", "wide", "number"))
}
#v(22pt)
#block(breakable: false, grid(columns: (1fr, 1fr), column-gutter: 24pt, row-gutter: 28pt,
  ..given.signers.map(who => text(fill: quiet)[#who]),
  ..given.signers.map(_ => line(length: 100%, stroke: 0.4pt))))
"""


def draw_statement(content: dict[str, Any], *, labels: Mapping[str, tuple[str, str]], language: str) -> bytes:
    """`labels` name the order and the product of each entry as they are called on the day of closing."""
    with translation.override(language):
        page = json.dumps(_page(content, labels, language), ensure_ascii=False)
    return set_pdf(TEMPLATE, content=page)


def _page(content: dict[str, Any], labels: Mapping[str, tuple[str, str]], language: str) -> dict[str, Any]:
    period_on = date.fromisoformat(content["period"] + "-01")
    zone = ZoneInfo(content["tenant"]["time_zone"])
    closed_at = datetime.fromisoformat(content["closed_at"]).astimezone(zone)
    closed = formats.moment(closed_at, zone)
    return {
        "lang": language,
        "title": _("Statement for %(month)s") % {"month": formats.month(period_on)},
        "tenant": content["tenant"]["name"],
        "document": content["document"],
        "made": [closed_at.year, closed_at.month, closed_at.day],
        "footer": _("%(document)s, closed %(moment)s") % {"document": content["document"], "moment": closed},
        "page": _("page"),
        "of": _("of"),
        "parties": _parties(content),
        "summary": _summary(content),
        **_line_table(content, labels),
        **_payment_table(content),
        "signers": [content["tenant"]["name"], content["partner"]["name"]],
    }


def _parties(content: dict[str, Any]) -> list[list[str]]:
    partner = content["partner"]
    rows = [
        [_("Vendor"), content["tenant"]["name"]],
        [_("Partner"), f"{partner['name']} ({partner['code']})"],
    ]
    return [*rows, [_("Tax id"), partner["tax_id"]]] if partner["tax_id"] else rows


def _summary(content: dict[str, Any]) -> list[list[str]]:
    adjusted = sum(line["amount_minor"] for line in content["lines"] if line["cause"] == "adjustment")
    amounts = [
        (_("Opening balance"), content["opening_minor"]),
        (_("Earned"), content["earned_minor"] - adjusted),
        (_("Paid"), -content["paid_minor"]),
        (_("Closing balance"), content["closing_minor"]),
    ]
    if content["withheld_minor"]:
        amounts.insert(3, (_("Tax withheld"), -content["withheld_minor"]))
    if adjusted:
        amounts.insert(2, (_("Adjusted by hand"), adjusted))
    return [[label, formats.money(minor, content["currency"])] for label, minor in amounts]


def _line_table(content: dict[str, Any], labels: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    currency = content["currency"]
    rows = []
    for line in content["lines"]:
        order, product = labels.get(line["entry"], (line["sale"], ""))
        paid_by = f"{line['plan']} / {line['component']}" if line["plan"] else ""
        cells = [
            formats.day(date.fromisoformat(line["occurred_on"])),
            order or line["sale"] or "—",
            f"{product} · {paid_by}" if product else paid_by,
            str(CAUSE_WORDS.get(line["cause"], line["cause"])),
            formats.minor(line["amount_minor"], currency),
        ]
        is_calculated = "plan_currency" in line
        rows.append(
            {
                "cells": cells,
                "facts": " · ".join(_calculated_from(line, currency)) if is_calculated else "",
                "formula": _breakable(f"{line['formula']} = {_whole(line, currency)}")
                if is_calculated
                else "",
            }
        )
    return {
        "lines_title": _("Earned"),
        "lines_head": [_("Date"), _("Sale"), _("Product, plan"), _("Why"), currency],
        "lines": rows,
        "lines_total": ["", _("Total"), "", "", formats.minor(content["earned_minor"], currency)],
        "lines_note": _(
            "Below each line stands what it was calculated from and its formula, as a spreadsheet computes it: decimal "
            "points, and ROUND(x,2) goes to two places, halves away from zero."
        ),
    }


def _calculated_from(line: dict[str, Any], currency: str) -> Iterator[str]:
    """What the formula is made of, in words; the formula itself has the rates with the parts that they are of."""
    plan = line["plan_currency"]
    yield _("version %(number)s") % {"number": line["version"]}
    if "base" in line:
        yield _("base %(amount)s") % {"amount": _money(line["base"], line["base_currency"])}
    if Decimal(line["share"]) != 1:
        yield _("share %(share)s") % {"share": formats.percent(Decimal(line["share"]))}
    if "exchange_rate" in line:
        yield _exchange(line["base_currency"], line["exchange_rate"], plan, line["exchange_on"])
    if "cut" in line:
        yield _("cut by limits %(amount)s") % {"amount": _money(line["cut"], plan)}
    if "posted_before" in line:
        yield _("posted before %(amount)s") % {"amount": _money(line["posted_before"], plan)}
    if "payout_rate" in line:
        yield _("earned %(amount)s") % {"amount": _money(line["earned"], plan)}
        yield _exchange(plan, line["payout_rate"], currency, line["payout_on"])


def _exchange(base: str, rate: str, quote: str, on: str) -> str:
    told = {"base": base, "rate": formats.rate(Decimal(rate)), "quote": quote}
    return _("1 %(base)s = %(rate)s %(quote)s of %(day)s") % {
        **told,
        "day": formats.day(date.fromisoformat(on)),
    }


def _money(major: str, currency: str) -> str:
    return formats.money(int(Decimal(major).scaleb(exponent_of(currency))), currency)


def _whole(line: dict[str, Any], currency: str) -> str:
    return f"{formats.major(line['amount_minor'], currency):f}"


def _breakable(formula: str) -> str:
    """It has no spaces: let a long one go on in the next line behind any sign."""
    return re.sub(r"([-+*/,(])", "\\1\u200b", formula)


def _payment_table(content: dict[str, Any]) -> dict[str, Any]:
    currency = content["currency"]
    rows = [
        [
            formats.day(date.fromisoformat(row["on"])),
            _payment_words(row),
            formats.minor(row["amount_minor"], currency),
        ]
        for row in content["payments"]
    ]
    total = content["paid_minor"] + content["withheld_minor"]
    return {
        "payments_title": _("Payments"),
        "payments_head": [_("Date"), _("Payout run"), currency],
        "payments": rows,
        "payments_total": ["", _("Total"), formats.minor(total, currency)],
    }


def _payment_words(row: dict[str, Any]) -> str:
    if row["kind"] == "tax":
        return f"{row['run']}: " + _("tax withheld")
    return row["run"] if row["amount_minor"] > 0 else f"{row['run']}: " + _("returned by the bank")
