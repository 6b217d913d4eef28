"""What one person of finance proposes and another confirms: bank details, accounts that pay, rates of withheld tax.
Every pair of person, state and step that is not allowed is refused, and nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from incentives.payouts import bank_accounts, payers, withholding
from incentives.payouts.bank_accounts import AccountNotWaiting, ProposerCannotConfirm
from incentives.payouts.files.payments import Payer
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.matrix import FINANCE, Form, Step, check_forms, check_steps
from tests.support.payouts import IBAN, tick

Take = Callable[[Actor, Any], Any]
EUROS = Payer(
    name="Acme Europe", account="AT611904300234573201", bank_code="BKAUATWW", currency="EUR", city="Wien", country="AT"
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """How it is proposed, from nothing but the cast, and what is done with the proposal."""

    propose: Take
    confirm: Take
    decline: Take
    reveal: Take | None = None


KINDS = {
    "bank details": Kind(
        propose=lambda actor, cast: bank_accounts.propose_account(
            actor=actor, partner_id=cast.northwind.id, currency="EUR", holder="Northwind", account=IBAN,
            bank_code="COBADEFF", at=tick(),
        ),
        confirm=lambda actor, row: bank_accounts.confirm_account(actor=actor, account=row, at=tick()),
        decline=lambda actor, row: bank_accounts.decline_account(actor=actor, account=row, reason="x", at=tick()),
        reveal=lambda actor, row: bank_accounts.reveal_account(actor=actor, account=row, at=tick()),
    ),
    "account that pays": Kind(
        propose=lambda actor, _cast: payers.propose_payer(
            actor=actor, payer=EUROS, file_kind="pain001", at=tick()
        ),
        confirm=lambda actor, row: payers.confirm_payer(actor=actor, account=row, at=tick()),
        decline=lambda actor, row: payers.decline_payer(actor=actor, account=row, reason="x", at=tick()),
        reveal=lambda actor, row: payers.reveal_payer(actor=actor, account=row, at=tick()),
    ),
    "withholding rate": Kind(
        propose=lambda actor, _cast: withholding.propose_rate(
            actor=actor, status="self_employed", percent=Decimal(6), starts_on=date(2026, 1, 1), at=tick()
        ),
        confirm=lambda actor, row: withholding.confirm_rate(actor=actor, rate=row, at=tick()),
        decline=lambda actor, row: withholding.decline_rate(actor=actor, rate=row, reason="x", at=tick()),
    ),
}  # fmt: skip


def waiting(cast: Cast, kind: Kind) -> Any:
    return kind.propose(cast.felix.actor, cast)


def confirmed(cast: Cast, kind: Kind) -> Any:
    return kind.confirm(cast.olga.actor, waiting(cast, kind))


def declined(cast: Cast, kind: Kind) -> Any:
    return kind.decline(cast.olga.actor, waiting(cast, kind))


def followed(first: Callable[[Cast, Kind], Any], by: Callable[[Cast, Kind], Any]) -> Callable[..., Any]:
    def stage(cast: Cast, kind: Kind) -> Any:
        row = first(cast, kind)
        by(cast, kind)
        return row

    return stage


STATES: dict[str, Callable[[Cast, Kind], Any]] = {
    "waiting": waiting,
    "confirmed": confirmed,
    "replaced": followed(confirmed, by=confirmed),
    "overtaken": followed(waiting, by=waiting),
    "declined": declined,
}


def steps_of(kind: Kind) -> dict[str, Step]:
    steps = {
        "confirm": Step(kind.confirm, FINANCE, {"waiting"}),
        "decline": Step(kind.decline, FINANCE, {"waiting"}),
    }
    return steps | ({"reveal": Step(kind.reveal, FINANCE, STATES)} if kind.reveal else {})


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_waits_is_confirmed_by_a_second_person_of_finance_alone(
    cast: Cast, kind: Kind, state: str
) -> None:
    """Felix proposed it."""
    with tenant_context(cast.acme.id):
        check_steps(
            cast, steps_of(kind), state=state, subject=STATES[state](cast, kind), refusal=AccountNotWaiting,
            unseen=(), objections={("confirm", "felix"): ProposerCannotConfirm},
        )  # fmt: skip


@pytest.mark.parametrize("name", ["account that pays", "withholding rate"])
def test_nobody_else_proposes_one(cast: Cast, name: str) -> None:
    propose = {"propose": Step(KINDS[name].propose, FINANCE, {"new"})}
    with tenant_context(cast.acme.id):
        check_steps(cast, propose, state="new", subject=cast, refusal=AccountNotWaiting, unseen=())


def test_at_the_page_the_admins_of_a_partner_alone_propose_bank_details(cast: Cast) -> None:
    """Mia sees money, and is no admin."""
    with tenant_context(cast.acme.id):
        Membership.objects.filter(id=cast.mia.membership.id).update(sees_money=True)
    told = {
        "currency": "EUR", "holder": "Northwind", "account": IBAN, "bank_code": "COBADEFF", "city": "Berlin",
        "country": "DE",
    }  # fmt: skip
    check_forms(cast, {"propose": Form("/acme/p/bank/", told)}, {"propose": {"paul", "sven"}})
