"""The caps of a whole plan as six fields of text, an amount or a percent each, and back.

Promise: what is shown reads back as the same cap; called by plans.forms."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from incentives.plans.document import CapOver, CapSpan, plain_decimal
from prm.kit.money import AmountInvalid, format_plain, parse_amount, parse_human_amount
from prm.web import format as formats

_PERCENT = re.compile(r"\s*(?P<number>[0-9]{1,3}(?:[.,][0-9]{1,4})?)\s*%\s*")
LABELS = {
    (CapSpan.SALE, CapOver.BENEFICIARY): _("Each partner, for a sale"),
    (CapSpan.SALE, CapOver.ALL): _("All together, for a sale"),
    (CapSpan.WINDOW, CapOver.BENEFICIARY): _("Each partner, in the usual window"),
    (CapSpan.WINDOW, CapOver.ALL): _("All partners together, in the usual window"),
    (CapSpan.LIFE, CapOver.BENEFICIARY): _("Each partner, in all"),
    (CapSpan.LIFE, CapOver.ALL): _("All partners together, in all"),
}
CAP_FIELDS = {f"cap_{per.value}_{over.value}": (per, over) for per, over in LABELS}


class CapUnreadable(ValueError):
    """Neither an amount of the currency nor a percent up to 100."""

    code = "cap_format"
    message = _("Write an amount such as 14000, or a percent up to 100%.")


def read_cap(text: str, currency: str) -> dict[str, str] | None:
    """`14 000` or `15 %` as the plan language has it: {"amount": "14000.00"} or {"rate": "0.15"}; None where empty."""
    if not text.strip():
        return None
    percent = _PERCENT.fullmatch(text)
    if percent is not None:
        rate = Decimal(percent["number"].replace(",", ".")) / 100
        if rate > 1:
            raise CapUnreadable
        return {"rate": plain_decimal(rate)}
    try:
        minor = parse_human_amount(text, currency)
    except AmountInvalid as invalid:
        raise CapUnreadable from invalid
    if minor < 0:
        raise CapUnreadable
    return {"amount": format_plain(minor, currency)}


def caps_as_written(given: Mapping[str, Mapping[str, str] | None]) -> list[dict[str, Any]]:
    """The caps of the plan language from what the fields say."""
    return [
        {"per": per.value, "over": over.value, **cap}
        for name, (per, over) in CAP_FIELDS.items()
        if (cap := given.get(name))
    ]


def caps_as_shown(caps: Iterable[Mapping[str, str]], currency: str) -> dict[str, str]:
    """What the fields show for the caps of a document."""
    shown = {}
    for cap in caps:
        name = f"cap_{cap['per']}_{cap.get('over', CapOver.BENEFICIARY.value)}"
        if "rate" in cap:
            shown[name] = formats.percent(Decimal(cap["rate"]))
        else:
            shown[name] = formats.typed(parse_amount(cap["amount"], currency), currency)
    return shown
