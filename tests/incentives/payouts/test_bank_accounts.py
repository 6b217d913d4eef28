"""Bank details: two people, sealed at rest, three days of rest before money goes there."""

from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import PermissionDenied
from django.utils.html import escape
from django.utils.translation import override

from incentives.payouts.bank_accounts import (
    AccountNotWaiting,
    BankDetailsInvalid,
    ProposerCannotConfirm,
    confirm_account,
    propose_account,
    unseal,
)
from incentives.payouts.models import BankAccount, PayoutItem
from partners.directory.models import Contact
from prm.notifications.actions import Address, PartnerPeople
from prm.tenancy.context import identity_context, tenant_context
from prm.web.requisites import BANK_FAULTS
from tests.support.cast import Cast, Person
from tests.support.clients import fresh_client_of
from tests.support.payouts import IBAN, calculated_payout, owe_northwind, tick
from tests.support.rows import nothing_written, nothing_written_in

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


def test_people_and_contacts_known_before_are_told_of_new_details(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        "incentives.payouts.bank_accounts.notify", lambda kind, **told: rung.append((kind, told["to"]))
    )
    with tenant_context(cast.acme.id):
        Contact.objects.create(partner=cast.northwind, name="Old hand", email="old@northwind.example")
        proposed = propose(cast, cast.paul)
        confirm_account(actor=cast.olga.actor, account=proposed, at=tick())
    people = PartnerPeople(cast.northwind.id, "own_bank.view")
    letter = Address("old@northwind.example", cast.acme.language)
    assert rung == [
        ("bank.proposed", people), ("bank.proposed", letter), ("bank.confirmed", people), ("bank.confirmed", letter),
    ]  # fmt: skip


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


RUSSIAN, BIK = "40702810400000000225", "044525225"
AT_THE_CENTRAL_BANK = ("40501810700002000001", "040349001")
INVALID = [
    ("EUR", "DE89 3704 0044 0532 0130 01", "", {"account": "iban"}),
    ("EUR", IBAN, "COBA", {"bank_code": "bic"}),
    ("EUR", "12", "", {"account": "account_number"}),
    ("EUR", "12345a", "", {"account": "account_number"}),
    ("EUR", "", "", {"account": "account_number"}),
    ("RUB", RUSSIAN, "", {"bank_code": "bik_missing"}),
    ("RUB", RUSSIAN[:-1], "", {"account": "account_length", "bank_code": "bik_missing"}),
    ("RUB", RUSSIAN, "544525225", {"bank_code": "bik"}),
    ("RUB", RUSSIAN[:-1], BIK, {"account": "account_length"}),
    ("RUB", RUSSIAN[:-1] + "6", BIK, {"account": "account_digits"}),
    ("EUR", RUSSIAN, "044525974", {"account": "account_digits"}),
    ("RUB", AT_THE_CENTRAL_BANK[0], "040350001", {"account": "account_digits"}),
]


@pytest.mark.parametrize(
    ("currency", "account", "bank_code"),
    [
        ("EUR", "de89 3704 0044 0532 0130 00", ""),
        ("EUR", IBAN, "coba de ff"),
        ("RUB", "4070 2810 4000 0000 0225", "044525225"),
        ("RUB", *AT_THE_CENTRAL_BANK),
        ("USD", "123456789", "021000021"),
    ],
)
def test_details_that_can_be_are_proposed(cast: Cast, currency: str, account: str, bank_code: str) -> None:
    own = {"scope": "partner", "partner_ids": [cast.northwind.id]}
    typed = {
        "currency": currency, "holder": "Northwind", "account": account, "bank_code": bank_code, "city": "Köln",
        "country": "DE",
    }  # fmt: skip
    answer = fresh_client_of(cast.paul).post("/acme/p/bank/", typed)
    assert answer.status_code == 302
    with tenant_context(cast.acme.id, **own):  # type: ignore[arg-type]
        kept = BankAccount.objects.get()
        assert unseal(kept) == "".join(account.split()).upper()
        assert kept.bank_code == "".join(bank_code.split()).upper()
        assert (kept.city, kept.country) == ("Köln", "DE")


@pytest.mark.parametrize("missing", ["city", "country"])
def test_an_iban_needs_where_its_holder_is_at_home(cast: Cast, missing: str) -> None:
    typed = {"currency": "EUR", "holder": "Northwind", "account": IBAN, "city": "Köln", "country": "DE"}
    client = fresh_client_of(cast.paul)
    client.get("/acme/p/bank/")  # the first visit of a day is written down
    with nothing_written_in(cast.acme):
        answer = client.post("/acme/p/bank/", {**typed, missing: ""})
    errors = answer.context["form"].errors.as_data()
    assert {field: fault[0].code for field, fault in errors.items()} == {missing: "address_missing"}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("currency", "account", "bank_code", "faults"), INVALID)
def test_details_that_cannot_be_are_refused_by_field(
    cast: Cast, currency: str, account: str, bank_code: str, faults: dict[str, str], language: str
) -> None:
    told: dict[str, Any] = {
        "currency": currency, "holder": "Northwind", "account": account, "bank_code": bank_code,
    }  # fmt: skip
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(BankDetailsInvalid) as refusal:
        propose_account(actor=cast.paul.actor, partner_id=cast.northwind.id, at=tick(), **told)
    assert refusal.value.faults == faults
    client = fresh_client_of(cast.paul)
    with identity_context():
        type(cast.paul.user).objects.filter(id=cast.paul.user.id).update(language=language)
    client.get("/acme/p/bank/")  # the first visit of a day is written down
    with nothing_written_in(cast.acme):
        answer = client.post("/acme/p/bank/", {**told, "city": "Köln", "country": "DE"})
    assert answer.status_code == 422
    if account:
        errors = answer.context["form"].errors.as_data()
        assert {field: [fault.code for fault in found] for field, found in errors.items()} == {
            field: [fault] for field, fault in faults.items()
        }
        with override(language):
            assert all(
                str(escape(BANK_FAULTS[fault])) in answer.content.decode() for fault in faults.values()
            )


def test_fresh_details_rest_for_three_days(cast: Cast) -> None:
    owe_northwind(cast)
    with tenant_context(cast.acme.id):
        BankAccount.objects.update(confirmed_at=tick() - timedelta(hours=71))
    run = calculated_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        held = PayoutItem.objects.get(run_id=run.id)
        assert (held.state, held.reason, held.amount_minor) == ("held", "bank_details_recent", 0)
