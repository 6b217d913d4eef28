"""The decisions of a payout run: its states, who may take which step, what is hashed.

Pure; called by payouts actions and pages.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from prm.kit.money import exponent_of
from prm.kit.rounding import round_half_away

DRAFT, CALCULATING, CALCULATED, FAILED = "draft", "calculating", "calculated", "failed"
SUBMITTED, APPROVED = "submitted", "approved"
EXPORTING, EXPORTED = "exporting", "exported"
SETTLED, PARTLY_SETTLED, CANCELLED = "settled", "partly_settled", "cancelled"

SYSTEM = ""
"""Stands where a step is taken by workers and by nobody else."""


@dataclass(frozen=True)
class Step:
    """One way from some states to another, and the permission that it asks for."""

    begins: frozenset[str]
    ends: str
    permission: str


STEPS: dict[str, Step] = {
    "calculate": Step(frozenset({DRAFT, CALCULATED, FAILED}), CALCULATING, "payouts.prepare"),
    "finish_calculation": Step(frozenset({CALCULATING}), CALCULATED, SYSTEM),
    "fail_calculation": Step(frozenset({CALCULATING}), FAILED, SYSTEM),
    "submit": Step(frozenset({CALCULATED}), SUBMITTED, "payouts.prepare"),
    "approve": Step(frozenset({SUBMITTED}), APPROVED, "payouts.approve"),
    "reject": Step(frozenset({SUBMITTED, APPROVED}), DRAFT, "payouts.approve"),
    "cancel": Step(
        frozenset({DRAFT, CALCULATING, CALCULATED, FAILED, SUBMITTED, APPROVED}), CANCELLED, "payouts.prepare"
    ),
    "export": Step(frozenset({APPROVED}), EXPORTING, "payouts.export"),
    "finish_export": Step(frozenset({EXPORTING}), EXPORTED, SYSTEM),
    "refuse_export": Step(frozenset({EXPORTING}), DRAFT, SYSTEM),
    "settle": Step(frozenset({EXPORTED}), SETTLED, "payouts.export"),
    "settle_partly": Step(frozenset({EXPORTED}), PARTLY_SETTLED, "payouts.export"),
    "reopen": Step(frozenset({SETTLED, PARTLY_SETTLED}), EXPORTED, "payouts.export"),
}
STATES = frozenset(state for step in STEPS.values() for state in (*step.begins, step.ends))

OUTCOMES: dict[str, frozenset[str]] = {
    "sent": frozenset({"paid", "returned", "unknown"}),
    "unknown": frozenset({"paid", "returned"}),
}

# Why a balance is held out; one with several reasons shows the first of this list.
HELD_REASONS = (
    "partner_paused",
    "disputed",
    "terms_not_accepted",
    "on_hold",
    "negative_balance",
    "zero_balance",
    "below_minimum",
    "no_bank_details",
    "bank_details_recent",
    "unsafe_details",
    "unfit_details",
    "nothing_after_tax",
    "excluded",
)
# What is worth a look before a payment is approved.
NOTES = ("first_payout", "new_account", "much_more", "returned_before")


def may_take(step: str, state: str) -> bool:
    return state in STEPS[step].begins


@dataclass(frozen=True)
class PayableItem:
    """What of an item is hashed: everything the bank will act on. `account` is a digest of the account's details as
    they count now; details that were replaced meanwhile have another one."""

    partner_code: str
    currency: str
    amount_minor: int
    withheld_minor: int
    account: str


def account_digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def content_hash(items: Sequence[PayableItem], payer: str = "", limit: str = "") -> str:
    """SHA-256 over the canonical ordered items, their count, their total, the digest of the account that pays, and how
    a total in another currency than the limit's was held against it."""
    ordered = sorted(items, key=lambda item: (item.partner_code.encode(), item.currency))
    content: dict[str, object] = {
        "items": [vars(item) for item in ordered],
        "count": len(ordered),
        "total_minor": sum(item.amount_minor for item in ordered),
    }
    if payer:
        content["payer"] = payer
    if limit:
        content["limit"] = limit
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def settling_step(item_states: Iterable[str]) -> str | None:
    """The step a run takes when its payments stand like this; None while the bank's answer on any is missing."""
    states = set(item_states)
    if not states or states & {"sent", "unknown"}:
        return None
    return "settle" if states == {"paid"} else "settle_partly"


def worth_of(total_minor: int, currency: str, limit_currency: str, rate: Decimal | None) -> Fraction | None:
    """The total in minor units of the limit's currency, exactly; None where no rate says it."""
    if currency == limit_currency:
        return Fraction(total_minor)
    if rate is None:
        return None
    shift = exponent_of(limit_currency) - exponent_of(currency)
    return total_minor * Fraction(rate) * Fraction(10) ** shift


def approvals_for(worth: Fraction | None, limit_minor: int) -> int:
    """Where nobody can say whether a total is above the limit, two people are safe."""
    return 2 if worth is None or worth > limit_minor else 1


RUSSIA = "RU"
BY_STATUS = {
    "company": "agent_report",
    "sole_trader": "agent_report",
    "self_employed": "act",
    "individual": "act",
}


def document_kind(country: str, tax_status: str) -> str:
    """What a partner and the vendor sign: in Russia agents report, and people who are no businesses sign an act;
    elsewhere the vendor bills itself in the partner's name."""
    if country != RUSSIA or tax_status == "foreign":
        return "self_bill"
    return BY_STATUS[tax_status]


def document_language(country: str, chosen: str, tenant_language: str) -> str:
    """As somebody chose for the partner; else Russian in Russia, and the vendor's own language elsewhere."""
    return chosen or ("ru" if country == RUSSIA else tenant_language)


def tax_of(gross_minor: int, percent: Decimal) -> int:
    """What is withheld from a payment, rounded half away from zero."""
    return round_half_away(gross_minor * percent / 100)
