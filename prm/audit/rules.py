"""How a record and the chain are hashed: canonical JSON, SHA-256, each link over the one before.

Pure; called by audit actions and by the verification command.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
MASK = "•••"
MASKED_FIELDS = frozenset({"password", "secret", "iban", "account_number", "token"})


def canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
    ).encode()


def digest_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def link(previous: str, digest: str) -> str:
    return hashlib.sha256(f"{previous}:{digest}".encode()).hexdigest()


def masked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The same values with secrets replaced; the key stays, so that the fact of a change is seen."""
    return {key: MASK if key in MASKED_FIELDS and value else value for key, value in changes.items()}
