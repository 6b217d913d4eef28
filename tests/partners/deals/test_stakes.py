"""Who may not decide: by an own word or a hint, in person or through a key; and to whom it goes then."""

from http import HTTPStatus
from typing import Any

import pytest

from incentives.payouts.bank_accounts import propose_account
from partners.deals import actions, interests, refusals, stakes
from partners.deals.models import Deal, DeclaredInterest
from partners.directory.models import Partner
from prm.accounts.actions import create_token
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, problem_of
from tests.support.cast import NOW, Cast, Person, make_person
from tests.support.clients import client_of
from tests.support.deals import TAX_ID, amend, answer, approve, make_line, register
from tests.support.rows import nothing_written_in

IBAN = "DE89370400440532013000"


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    with tenant_context(cast.acme.id):
        Partner.objects.filter(id=cast.northwind.id).update(
            tax_id="DE136695976", website="https://northwind.example"
        )
        cast.northwind.refresh_from_db()
    return cast


def declare(cast: Cast, person: Person, *, kind: str = "ownership", **company: str) -> DeclaredInterest:
    facts: Any = {"company": "Own Company", **company}
    with tenant_context(cast.acme.id):
        return interests.declare_interest(actor=person.actor, kind=kind, note="", company=facts, at=NOW)


def key_of(cast: Cast, person: Person) -> Machine:
    with tenant_context(cast.acme.id):
        scopes = ["deals:read", "deals:write", "deal-decisions:write"]
        _token, key = create_token(
            actor=person.actor, name=f"key of {person.user.name}", scopes=scopes, expires_at=None, at=NOW
        )
    return Machine(key)


@pytest.mark.parametrize(
    ("company", "stake"),
    [
        ({"tax_id": "136695976"}, stakes.SAME_TAX_ID),
        ({"website": "northwind.example"}, stakes.SAME_OWNER),
        ({"company": "NORTHWIND GmbH"}, stakes.SAME_NAME),
        ({"tax_id": TAX_ID}, stakes.CUSTOMER),
        ({"company": "Acme"}, stakes.CUSTOMER),
        ({"company": "Unrelated", "tax_id": "DE811569869"}, ""),
    ],
)
def test_a_declared_company_meets_the_partner_and_the_customer(
    acme: Cast, company: dict[str, str], stake: str
) -> None:
    deal = register(acme.paul)
    declare(acme, acme.nina, **company)
    with tenant_context(acme.acme.id):
        assert stakes.stake_of(acme.nina.actor, acme.northwind, deals=[deal]) == stake
        assert stakes.stake_of(acme.vera.actor, acme.northwind, deals=[deal]) == ""


def test_an_interest_in_one_partner_hints_at_another_of_its_tax_id(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        Partner.objects.filter(id=acme.southwind.id).update(tax_id="136695976")
        interests.declare_interest(
            actor=acme.nina.actor, partner=acme.southwind, kind="ownership", note="", at=NOW
        )
        assert stakes.stakes_of(acme.nina.actor, acme.northwind) == [stakes.SAME_TAX_ID]


def test_the_bank_account_of_a_declared_company_hints_at_its_partner(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        propose_account(
            actor=acme.paul.actor,
            partner_id=acme.northwind.id,
            currency="EUR",
            holder="Northwind",
            account=IBAN,
            bank_code="",
            at=NOW,
        )
    interest = declare(acme, acme.nina, account="DE89 3704 0044 0532 0130 00")
    assert IBAN not in str(vars(interest))
    with tenant_context(acme.acme.id):
        assert stakes.stakes_of(acme.nina.actor, acme.northwind) == [stakes.SAME_ACCOUNT]
        assert stakes.stakes_of(acme.nina.actor, acme.southwind) == []


def test_an_address_of_the_partners_own_domain_is_a_hint(acme: Cast) -> None:
    mole = make_person(acme.acme, "mole@northwind.example", "channel_manager")
    with tenant_context(acme.acme.id):
        assert stakes.stake_of(mole.actor, acme.northwind) == stakes.SAME_DOMAIN


def test_the_domain_of_the_vendors_own_staff_says_nothing(acme: Cast) -> None:
    make_person(acme.acme, "test@acme.example", "partner_user", partner_id=acme.northwind.id)
    with tenant_context(acme.acme.id):
        assert stakes.stake_of(acme.nina.actor, acme.northwind) == ""


@pytest.fixture
def conflicted(acme: Cast) -> Deal:
    """Nina declared an interest in the customer that Northwind registers."""
    declare(acme, acme.nina, company="Acme", tax_id=TAX_ID)
    return register(acme.paul)


@pytest.mark.parametrize("step", ["approve", "reject", "return"])
def test_an_interest_in_the_customer_refuses_every_decision(acme: Cast, conflicted: Deal, step: str) -> None:
    told: Any = {"deal": conflicted, "at": NOW, "actor": acme.nina.actor}
    steps: dict[str, Any] = {
        "approve": lambda: actions.approve_deal(**told),
        "reject": lambda: actions.reject_deal(**told, reason="No"),
        "return": lambda: actions.return_deal(**told, fields=["note"], reason="Who?"),
    }
    with (
        nothing_written_in(acme.acme),
        tenant_context(acme.acme.id),
        pytest.raises(refusals.ApproverConflicted),
    ):
        steps[step]()
    with tenant_context(acme.acme.id):
        told["actor"] = acme.vera.actor
        steps[step]()


def test_an_interest_in_the_new_customer_refuses_an_amendment(acme: Cast) -> None:
    held = approve(acme.nina, register(acme.paul))
    asked = amend(acme.paul, held, tax_id="7736050003")
    declare(acme, acme.nina, company="Other", tax_id="7736050003")
    with nothing_written_in(acme.acme), pytest.raises(refusals.ApproverConflicted):
        answer(acme.nina, asked)
    assert answer(acme.vera, asked).state == "protected"


def test_a_key_acts_for_who_made_it(acme: Cast, conflicted: Deal) -> None:
    address = f"deals/{conflicted.id}:approve"
    mine = key_of(acme, acme.nina)
    mine.get("deals")
    with nothing_written_in(acme.acme):
        refused = mine.post(address, {})
    assert (refused.status_code, problem_of(refused)["code"]) == (HTTPStatus.FORBIDDEN, "approver_conflicted")
    assert key_of(acme, acme.vera).post(address, {}).json()["state"] == "protected"


def test_the_hint_stands_beside_the_decision_and_it_is_passed_on(acme: Cast, conflicted: Deal) -> None:
    nina = client_of(acme.nina)
    page = nina.get(f"/acme/m/deals/{conflicted.id}/").content.decode()
    assert "You declared an interest in this customer" in page
    assert "/approve/" not in page
    nina.post(f"/acme/m/deals/{conflicted.id}/pass-on/")
    assert told_last(acme) == ("deal.passed_on", "StaffPeople", None)


def told_last(cast: Cast) -> tuple[str, str, str | None]:
    """What was rung last, for whom, and the one it was meant for first."""
    with tenant_context(cast.acme.id):
        row = Event.objects.filter(name="prm.notifications.deliver").order_by("-id").first()
        assert row is not None
        readers = row.payload["readers"]
        return row.payload["kind"], readers["who"], readers.get("first")


def test_a_submission_rings_the_manager_unless_the_manager_has_a_stake(acme: Cast) -> None:
    register(acme.paul, "Free AG", tax_id="7736050003")
    assert told_last(acme) == ("deal.submitted", "StaffPeople", str(acme.nina.membership.id))
    declare(acme, acme.nina, company="Acme", tax_id=TAX_ID)
    register(acme.paul)
    assert told_last(acme) == ("deal.submitted", "StaffPeople", None)


def test_what_waits_is_passed_on_when_an_interest_is_declared(acme: Cast) -> None:
    register(acme.paul)
    declare(acme, acme.nina, company="Acme", tax_id=TAX_ID)
    assert told_last(acme) == ("deal.submitted", "StaffPeople", None)


def test_a_company_is_declared_and_withdrawn_on_the_page(acme: Cast) -> None:
    nina = client_of(acme.nina)
    address = "/acme/m/deals/interests/"
    typed = {"company": "Own Company", "tax_id": TAX_ID, "account": IBAN, "kind": "ownership"}
    with nothing_written_in(acme.acme):
        both = nina.post(address, typed | {"partner": str(acme.northwind.id)})
        neither = nina.post(address, {"kind": "ownership"})
    assert {both.status_code, neither.status_code} == {HTTPStatus.UNPROCESSABLE_ENTITY}
    nina.post(address, typed)
    page = nina.get(address).content.decode()
    assert "Own Company" in page
    assert IBAN not in page
    with tenant_context(acme.acme.id):
        interest = DeclaredInterest.objects.get()
    nina.post(f"{address}{interest.id}/withdraw/")
    with tenant_context(acme.acme.id):
        assert not DeclaredInterest.objects.exists()
