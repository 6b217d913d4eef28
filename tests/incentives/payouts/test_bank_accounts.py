"""Bank details: two people, sealed at rest, three days of rest before money goes there."""

from datetime import date, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import PermissionDenied

from incentives.payouts.bank_accounts import (
    AccountNotWaiting,
    AccountNumberInvalid,
    ProposerCannotConfirm,
    confirm_account,
    normalised_account,
    propose_account,
    unseal,
)
from incentives.payouts.models import BankAccount, PayoutItem
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import IBAN, calculated_payout, close_month, give_account, tick
from tests.support.rows import nothing_written

JANUARY = date(2026, 1, 1)


def propose(cast: Cast, person: Person, account: str = IBAN) -> BankAccount:
    return propose_account(
        actor=person.actor, partner_id=cast.northwind.id, currency="EUR", holder="Northwind", account=account,
        bank_code="COBADEFF", at=tick(),
    )  # fmt: skip


def test_another_person_confirms_and_only_once(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        proposed = propose(cast, cast.felix)
        for person, error in ((cast.felix, ProposerCannotConfirm), (cast.vera, PermissionDenied)):
            with pytest.raises(error), nothing_written():
                confirm_account(actor=person.actor, account=proposed, at=tick())
        confirm_account(actor=cast.olga.actor, account=proposed, at=tick())
        proposed.refresh_from_db()
        assert (proposed.confirmed_by_user_id, proposed.replaced_at) == (cast.olga.user.id, None)
        with pytest.raises(AccountNotWaiting), nothing_written():
            confirm_account(actor=cast.olga.actor, account=proposed, at=tick())


def test_what_is_confirmed_replaces_what_was(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        first = propose(cast, cast.paul)
        confirm_account(actor=cast.olga.actor, account=first, at=tick())
        second = propose(cast, cast.paul, "FR1420041010050500013M02606")
        first.refresh_from_db()
        assert first.replaced_at is None
        confirm_account(actor=cast.olga.actor, account=second, at=tick())
        first.refresh_from_db()
        assert first.replaced_at is not None


def test_the_number_is_sealed_and_bound_to_its_row(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        one, other = propose(cast, cast.paul), propose(cast, cast.paul)
        assert IBAN.encode() not in bytes(one.account_sealed)
        assert (unseal(one), one.account_last4) == (IBAN, IBAN[-4:])
        one.account_sealed = other.account_sealed
        with pytest.raises(InvalidTag):
            unseal(one)


@pytest.mark.parametrize("typed", ["DE89 3704 0044 0532 0130 01", "12", "12345a", ""])
def test_a_number_that_cannot_be_is_refused(typed: str) -> None:
    assert normalised_account("de89 3704 0044 0532 0130 00") == IBAN
    with pytest.raises(AccountNumberInvalid):
        normalised_account(typed)


def test_fresh_details_rest_for_three_days(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 100_000)
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, JANUARY)
    with tenant_context(cast.acme.id):
        BankAccount.objects.update(confirmed_at=tick() - timedelta(hours=71))
    run = calculated_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        held = PayoutItem.objects.get(run_id=run.id)
        assert (held.state, held.reason, held.amount_minor) == ("held", "bank_details_recent", 0)
