"""An approved claim is said anew: asked for by the partner, answered by the vendor, never before those who wait."""

from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest
from django.utils import timezone

from partners.conflicts.actions import open_conflict
from partners.deals import refusals
from partners.deals.actions import close_deal
from partners.deals.models import Amendment, Deal, DealPart
from partners.deals.queries import count_amendments_asked, place_of
from partners.deals.rulings import Part, set_parts
from partners.training.models import Course
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.deals import TAX_ID, amend, answer, approve, line_of, make_line, register, spans, states
from tests.support.rows import nothing_written_in

OTHER_ID = "7736050003"
TODAY = NOW.date()
DAYS = timedelta(days=90)


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    make_line(cast, "hardware")
    return cast


@pytest.fixture
def held(acme: Cast) -> Deal:
    """Northwind is protected for Acme GmbH since today."""
    return approve(acme.nina, register(acme.paul))


def fresh(cast: Cast, deal: Deal) -> Deal:
    with tenant_context(cast.acme.id):
        return Deal.objects.select_related("line").get(id=deal.id)


def test_nothing_changes_until_it_is_answered(acme: Cast, held: Deal) -> None:
    asked = amend(acme.paul, held, customer="Acme Holding", tax_id=OTHER_ID)
    assert asked.was == {"customer": "Acme GmbH", "tax_id": TAX_ID}
    assert fresh(acme, held).claim == held.claim
    with tenant_context(acme.acme.id):
        assert count_amendments_asked(acme.nina.actor) == 1


def test_another_spelling_leaves_the_protection_alone(acme: Cast, held: Deal) -> None:
    before = spans(acme, held)
    answer(acme.nina, amend(acme.paul, held, customer="ACME Deutschland GmbH"), at=NOW + timedelta(days=5))
    changed = fresh(acme, held)
    assert (changed.customer, changed.name_key, changed.state) == (
        "ACME Deutschland GmbH",
        "acme deutschland",
        "protected",
    )
    assert (spans(acme, held), changed.submitted_at) == (before, held.submitted_at)


def test_a_claim_that_moves_to_a_free_customer_takes_its_days_along(acme: Cast, held: Deal) -> None:
    moment = NOW + timedelta(days=30)
    answer(acme.nina, amend(acme.paul, held, tax_id=OTHER_ID, at=moment), at=moment)
    assert spans(acme, held) == [
        (f"tax:{TAX_ID}", TODAY, moment.date()),
        (f"tax:{OTHER_ID}", moment.date(), TODAY + DAYS),
    ]
    assert fresh(acme, held).submitted_at == moment


def test_another_product_line_is_another_claim(acme: Cast, held: Deal) -> None:
    behind = register(acme.sven, join_queue=True, at=NOW + timedelta(minutes=1))
    approve(acme.vera, behind)
    answer(acme.nina, amend(acme.paul, held, line="hardware"))
    assert fresh(acme, held).line.code == "hardware"
    assert states(acme) == {"D-1": "protected", "D-2": "protected"}


@pytest.mark.parametrize("waits_since", [-1, 0], ids=["earlier", "at the same moment"])
def test_a_claim_that_moves_stands_behind_all_who_wait_there(
    acme: Cast, held: Deal, waits_since: int
) -> None:
    moment = NOW + timedelta(days=3)
    waiting = register(acme.sven, "Other AG", tax_id=OTHER_ID, at=moment + timedelta(hours=waits_since))
    answer(acme.nina, amend(acme.paul, held, tax_id=OTHER_ID, at=moment), at=moment)
    moved = fresh(acme, held)
    with tenant_context(acme.acme.id):
        assert (place_of(waiting, moment.date()), place_of(moved, moment.date())) == (1, 2)
    assert moved.state == "queued"
    approve(acme.vera, waiting, at=moment)
    assert states(acme) == {"D-1": "queued", "D-2": "protected"}


def test_days_of_a_moved_claim_count_from_its_turn(acme: Cast, held: Deal) -> None:
    """It had 60 days left; they begin when the one before it gives up."""
    moment = NOW + timedelta(days=30)
    first = approve(acme.vera, register(acme.sven, "Other AG", tax_id=OTHER_ID), at=NOW)
    answer(acme.nina, amend(acme.paul, held, tax_id=OTHER_ID, at=moment), at=moment)
    later = moment + timedelta(days=10)
    with tenant_context(acme.acme.id):
        close_deal(actor=acme.sven.actor, deal=first, outcome="lost", at=later)
    assert spans(acme, held)[-1] == (f"tax:{OTHER_ID}", later.date(), later.date() + timedelta(days=60))


def test_a_refusal_needs_words_and_leaves_everything(acme: Cast, held: Deal) -> None:
    asked = amend(acme.paul, held, tax_id=OTHER_ID)
    with nothing_written_in(acme.acme), pytest.raises(refusals.ReasonMissing):
        answer(acme.nina, asked, approve=False, words=" ")
    answer(acme.nina, asked, approve=False, words="Show us the contract")
    assert fresh(acme, held).claim == held.claim
    with nothing_written_in(acme.acme), pytest.raises(refusals.DealStepRefused):
        answer(acme.nina, asked)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"customer": "Acme GmbH"}, refusals.NothingAmended),
        ({"tax_id": OTHER_ID, "customer": "Own other"}, refusals.CustomerYours),
        ({"line": "hardware"}, refusals.CertificateMissing),
    ],
)
def test_what_cannot_be_asked_for(
    acme: Cast, held: Deal, facts: dict[str, Any], refusal: type[Exception]
) -> None:
    register(acme.paul, "Own other", tax_id=OTHER_ID)
    with tenant_context(acme.acme.id):
        Course.objects.create(
            code="hw",
            title="Hardware",
            state="published",
            line=line_of("hardware"),
            needed_for_deals=True,
            changed_at=NOW,
        )
    with nothing_written_in(acme.acme), pytest.raises(refusal):
        amend(acme.paul, held, **facts)


def test_one_wish_at_a_time_and_only_after_approval(acme: Cast, held: Deal) -> None:
    waiting = register(acme.paul, "Other AG", tax_id=OTHER_ID)
    with nothing_written_in(acme.acme), pytest.raises(refusals.DealStepRefused):
        amend(acme.paul, waiting, customer="Others")
    amend(acme.paul, held, customer="Acme Holding")
    with nothing_written_in(acme.acme), pytest.raises(refusals.AmendmentAsked):
        amend(acme.paul, held, customer="Acme Group")


def test_a_claim_before_the_conflict_desk_stays(acme: Cast, held: Deal) -> None:
    asked = amend(acme.paul, held, tax_id=OTHER_ID)
    with tenant_context(acme.acme.id):
        open_conflict(actor=acme.vera.actor, deal=held, at=NOW)
    with nothing_written_in(acme.acme), pytest.raises(refusals.ClaimContested):
        answer(acme.nina, asked)


def test_those_with_a_part_read_the_new_name(acme: Cast, held: Deal) -> None:
    with tenant_context(acme.acme.id):
        parts = [Part(acme.northwind, "sold", Decimal(60)), Part(acme.southwind, "sold", Decimal(40))]
        set_parts(actor=acme.vera.actor, deal=held, parts=parts, at=NOW)
    answer(acme.nina, amend(acme.paul, held, customer="Acme Holding"))
    with tenant_context(acme.acme.id):
        assert set(DealPart.objects.values_list("customer", flat=True)) == {"Acme Holding"}


def test_it_is_asked_for_on_the_page_and_answered_on_the_page(acme: Cast) -> None:
    held = approve(acme.nina, register(acme.paul), at=timezone.now())
    paul, nina = client_of(acme.paul), client_of(acme.nina)
    with tenant_context(acme.acme.id):
        line = str(Deal.objects.get().line_id)
    address = f"/acme/p/deals/{held.id}/amend/"
    typed = {"customer": "Acme Holding", "tax_id": "123", "country": "RU", "line": line, "why": "Renamed"}
    paul.get("/acme/p/")  # the first visit of a day is noted
    with nothing_written_in(acme.acme):
        refused = paul.post(address, typed)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "An INN has 10 digits" in refused.content.decode()
    paul.post(address, typed | {"tax_id": OTHER_ID})
    assert "Acme Holding" in nina.get("/acme/m/deals/amendments/").content.decode()
    page = nina.get(f"/acme/m/deals/{held.id}/").content.decode()
    assert "that nobody claims" in page
    nina.post(f"/acme/m/deals/{held.id}/amendment/", {"amendment-answer": "", "approve": "1"})
    assert fresh(acme, held).customer == "Acme Holding"
    assert "Approved" in paul.get(f"/acme/p/deals/{held.id}/").content.decode()


def test_machines_ask_and_answer(acme: Cast) -> None:
    held = approve(acme.nina, register(acme.paul), at=timezone.now())
    machine = Machine(make_key(acme.acme, "deals:read", "deals:write", "deal-decisions:write"))
    path = f"deals/{held.id}"
    machine.get(path)
    with nothing_written_in(acme.acme):
        assert problem_of(machine.post(f"{path}:answer", {"approve": True}))["code"] == "deal_step_refused"
    asked = machine.post(f"{path}:amend", {"tax_id": OTHER_ID, "why": "Wrong company"})
    assert (asked.status_code, asked.json()["was"]) == (HTTPStatus.CREATED, {"tax_id": TAX_ID})
    listed = machine.get(f"{path}/amendments").json()["data"]
    assert [row["id"] for row in listed] == [asked.json()["id"]]
    answered = machine.post(f"{path}:answer", {"approve": True}).json()
    assert (answered["tax_id"], answered["state"], answered["place"]) == (OTHER_ID, "protected", 1)


def test_a_partner_sees_its_own_wishes_alone(acme: Cast, held: Deal) -> None:
    amend(acme.paul, held, customer="Acme Holding")
    with tenant_context(acme.acme.id, scope="partner", partner_ids=[acme.southwind.id]):
        assert not Amendment.objects.exists()
