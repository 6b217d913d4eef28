"""How two spellings of one customer meet.

Pure; called by customers actions and queries."""

import re

from prm.kit.text import company_key

_NOT_IN_TAX_ID = re.compile(r"[\W_]+")


def tax_key(tax_id: str) -> str:
    """Letters and digits of a tax id: `DE 123.456.789` and `de123456789` are one."""
    return _NOT_IN_TAX_ID.sub("", tax_id).upper()


def match_key(name: str, tax_id: str) -> str:
    """The tax id where one is known, else the folded name; marked, so that a name of digits is not a tax id."""
    number = tax_key(tax_id)
    return f"tax:{number}" if number else f"name:{company_key(name)}"[:300]
