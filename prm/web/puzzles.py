"""A puzzle that a browser solves before it may begin something: work instead of a picture test, and no third party.

A challenge is signed and dated; its answer is a number with which SHA-256 of "challenge:number" begins with zero bits.
Promise: an answer counts for its own challenge and tenant alone, for some minutes; that it counts once is for the
caller to keep, by `nonce_of`. Called by public pages."""

import secrets
from hashlib import sha256

from django.core import signing
from django.utils.translation import gettext_lazy as _

from prm.tenancy.context import require_context

SALT = "prm.web.puzzles"
LIFETIME_SECONDS = 20 * 60
BITS = 16
LONGEST_ANSWER = 12


class PuzzleNotSolved(Exception):
    """The answer is missing, wrong, or for another puzzle."""

    code = "puzzle_not_solved"
    message = _(
        "Your browser did not finish its check. Wait until the button says it is ready, then press it again."
    )


class PuzzleTooOld(Exception):
    """The page stood open for too long."""

    code = "puzzle_too_old"
    message = _("The page was open for too long. Press the button again.")


def new_puzzle() -> str:
    return signing.dumps([secrets.token_urlsafe(12), str(require_context().tenant_id)], salt=SALT)


def check_answer(challenge: str, answer: str) -> str:
    """The nonce of the solved challenge; raises `PuzzleNotSolved` or `PuzzleTooOld`."""
    try:
        nonce, tenant = signing.loads(challenge, salt=SALT, max_age=LIFETIME_SECONDS)
    except signing.SignatureExpired as late:
        raise PuzzleTooOld from late
    except (signing.BadSignature, ValueError, TypeError) as forged:
        raise PuzzleNotSolved from forged
    if tenant != str(require_context().tenant_id) or not solves(challenge, answer):
        raise PuzzleNotSolved
    return str(nonce)


def solves(challenge: str, answer: str) -> bool:
    if not (answer.isascii() and answer.isdigit() and len(answer) <= LONGEST_ANSWER):
        return False
    digest = sha256(f"{challenge}:{answer}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0
