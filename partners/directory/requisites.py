"""The one check of a partner's tax id, whoever tells it: a page, the API, a file or an approved application.

Promise: a new number, or a new country, that do not fit are refused by name; what stands already may stand.
Called by: directory actions; its errors are shown by interfaces, imports and merging."""

from collections.abc import Mapping
from typing import Any

from partners.directory.models import Partner
from prm.web.requisites import TAX_ID_FAULTS, tax_id_fault


class TaxIdInvalid(Exception):
    """The number is not one of the country's register; `code` says what is wrong with it."""

    field = "tax_id"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = TAX_ID_FAULTS[code]


def refuse_tax_id(told: Mapping[str, Any], known: Partner | None = None) -> None:
    """`known` is the partner as it stands, None for a new one. Raises `TaxIdInvalid`."""
    held = (known.tax_id, known.country) if known else ("", "")
    wanted = told.get("tax_id", held[0]), told.get("country", held[1])
    fault = tax_id_fault(*wanted) if wanted != held else None
    if fault:
        raise TaxIdInvalid(fault)
