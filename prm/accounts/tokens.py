"""API keys as text: how one is minted, read back and checked.

Promise: pure; only the prefix and a SHA-256 of the secret are ever stored; called by accounts actions and prm.api.
"""

import hmac
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import datetime

from prm.accounts.rules import hash_of

LABEL = "prm_live"
PREFIX_LETTERS = 8
SECRET_LETTERS = 40
CHECK_LETTERS = 6
_LOWER = string.digits + string.ascii_lowercase
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_NO_SECRET = hash_of("")


@dataclass(frozen=True)
class PresentedToken:
    """A key that reads well; whether it opens anything is asked of the stored hash."""

    prefix: str
    secret: str


@dataclass(frozen=True)
class MintedToken:
    """A fresh key: `text` is shown once, the other two are stored."""

    text: str
    prefix: str
    secret_hash: str


def mint_token() -> MintedToken:
    """`prm_live_<prefix 8>_<secret 40>_<check 6>`: a scanner finds it by shape, a typing error fails the check."""
    prefix = "".join(secrets.choice(_LOWER) for _ in range(PREFIX_LETTERS))
    secret = "".join(secrets.choice(_BASE62) for _ in range(SECRET_LETTERS))
    body = f"{LABEL}_{prefix}_{secret}"
    return MintedToken(f"{body}_{checksum(body)}", prefix, hash_of(secret))


def parse_token(text: str) -> PresentedToken | None:
    """The parts of a key, or None when it cannot be one of ours; asks nothing of the database."""
    body, _, check = text.rpartition("_")
    label, _, rest = body.rpartition("_")
    name, _, prefix = label.rpartition("_")
    if name != LABEL or len(prefix) != PREFIX_LETTERS or len(rest) != SECRET_LETTERS:
        return None
    if not text.isascii() or not hmac.compare_digest(check, checksum(body)):
        return None
    return PresentedToken(prefix, rest)


def checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    letters = ""
    for _ in range(CHECK_LETTERS):
        number, rest = divmod(number, len(_BASE62))
        letters = _BASE62[rest] + letters
    return letters


def opens(
    presented: PresentedToken,
    *,
    secret_hash: str | None,
    expires_at: datetime | None,
    revoked_at: datetime | None,
    at: datetime,
) -> bool:
    """Whether the key is the stored one and still good; an unknown one (`secret_hash` None) costs the same time."""
    same = hmac.compare_digest(hash_of(presented.secret), secret_hash or _NO_SECRET)
    lives = revoked_at is None and (expires_at is None or expires_at > at)
    return same and lives and secret_hash is not None
