"""The decisions of a payout run: its states, what may follow what, and what is hashed.

Pure; called by payouts actions and pages.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STEPS = ("draft", "calculating", "calculated", "submitted", "approved", "exporting", "exported", "settled")
BEFORE_EXPORT = frozenset({"draft", "calculating", "calculated", "submitted", "approved"})

TRANSITIONS: dict[str, frozenset[str]] = {
    "draft": frozenset({"calculating", "cancelled"}),
    "calculating": frozenset({"calculated", "cancelled"}),
    "calculated": frozenset({"submitted", "draft", "cancelled"}),
    "submitted": frozenset({"approved", "draft", "cancelled"}),
    "approved": frozenset({"exporting", "draft", "cancelled"}),
    "exporting": frozenset({"exported"}),
    "exported": frozenset({"settled", "partly_settled"}),
    "partly_settled": frozenset({"settled"}),
    "settled": frozenset(),
    "cancelled": frozenset(),
}
OUTCOMES: dict[str, frozenset[str]] = {
    "sent": frozenset({"paid", "returned", "unknown"}),
    "unknown": frozenset({"paid", "returned"}),
}

# Why a balance is held out; a balance with several reasons shows the first of this list.
HELD_REASONS = (
    "partner_paused",
    "negative_balance",
    "below_minimum",
    "no_bank_details",
    "bank_details_recent",
)


def may_follow(state: str, wanted: str) -> bool:
    return wanted in TRANSITIONS[state]


@dataclass(frozen=True)
class PayableItem:
    """What of an item is hashed: everything the bank will act on."""

    partner_code: str
    currency: str
    amount_minor: int
    withheld_minor: int
    bank_account_id: str


def content_hash(items: Sequence[PayableItem]) -> str:
    """SHA-256 over the canonical ordered items, their count and their total."""
    ordered = sorted(items, key=lambda item: (item.partner_code.encode(), item.currency))
    content: Mapping[str, object] = {
        "items": [vars(item) for item in ordered],
        "count": len(ordered),
        "total_minor": sum(item.amount_minor for item in ordered),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def settled_state(outcomes: Sequence[str]) -> str | None:
    """What a run becomes when its items stand like this: settled, partly settled, or not yet decided."""
    if any(state in ("sent", "unknown") for state in outcomes):
        return None
    return "settled" if all(state == "paid" for state in outcomes) else "partly_settled"
