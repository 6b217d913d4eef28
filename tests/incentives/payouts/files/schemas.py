"""The schema of pain.001.001.09, that of ISO 20022 as the package sepaxml carries it (a requirement of tests alone,
locked by its hash); nothing else of that package is used. Called by: tests of payment files and payout runs."""

from functools import cache
from pathlib import Path
from typing import Any

import sepaxml
import xmlschema

_PAIN001 = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"


@cache
def pain001_schema() -> Any:
    return xmlschema.XMLSchema(str(_PAIN001))
