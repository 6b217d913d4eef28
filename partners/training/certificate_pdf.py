"""The certificate as a PDF with a QR code that leads to its check page, set by typst with embedded fonts.

Promise: the same certificate gives the same page; called by training interfaces."""

import io
import json
from datetime import date
from typing import Any

import qrcode
from django.utils import translation
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathImage

from partners.training.models import Certificate
from prm.web import format as formats
from prm.web.pdf import set_pdf

TEMPLATE = r"""
#let given = json(bytes(sys.inputs.content))
#let quiet = luma(95)
#set document(title: given.title, author: given.vendor, date: datetime(
  year: given.made.at(0), month: given.made.at(1), day: given.made.at(2)))
#set page(paper: "a4", flipped: true, margin: 24mm)
#set text(font: "Libertinus Serif", size: 12pt, lang: given.lang, hyphenate: false)
#text(size: 13pt, weight: "bold")[#given.vendor] #h(1fr) #text(fill: quiet)[#given.number]
#v(1fr)
#text(size: 30pt, weight: "bold")[#given.title]
#v(10pt)
#text(fill: quiet)[#given.says]
#v(6pt)
#text(size: 24pt)[#given.person]
#v(2pt)
#text(fill: quiet)[#given.company]
#v(14pt)
#text(fill: quiet)[#given.passed]
#v(4pt)
#text(size: 18pt, weight: "bold")[#given.course]
#v(1fr)
#grid(columns: (1fr, auto), column-gutter: 12pt, align: (left + bottom, right + bottom),
  [#given.issued #linebreak() #given.until #v(8pt)
   #text(size: 9pt, fill: quiet)[#given.check #linebreak() #given.address]],
  image(bytes(sys.inputs.qr), format: "svg", width: 32mm))
"""


def draw_certificate(certificate: Certificate, *, vendor: str, address: str, language: str) -> bytes:
    """`address` is the check page's, as it stands in the QR code."""
    with translation.override(language):
        content = json.dumps(_content(certificate, vendor, address, language), ensure_ascii=False)
    return set_pdf(TEMPLATE, content=content, qr=_qr(address))


def _content(certificate: Certificate, vendor: str, address: str, language: str) -> dict[str, Any]:
    day: date = certificate.issued_on
    until = certificate.valid_until
    return {
        "lang": language,
        "vendor": vendor,
        "number": str(certificate),
        "title": _("Certificate"),
        "says": _("This is to certify that"),
        "person": certificate.person,
        "company": certificate.partner.name,
        "passed": _("has passed the course"),
        "course": certificate.course.title,
        "issued": _("Issued on %(day)s") % {"day": formats.day(day)},
        "until": _("Valid until %(day)s") % {"day": formats.day(until)} if until else _("Valid for good"),
        "check": _("Is it genuine? Check it here:"),
        "address": address,
        "made": [day.year, day.month, day.day],
    }


def _qr(address: str) -> str:
    sink = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=1).save(sink)
    return sink.getvalue().decode()
