"""Keys of claims that grew old: rebuilt by the night, before a merge, when the vendor calls a customer otherwise."""

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from partners.conflicts.actions import open_conflict
from partners.customers.actions import change_customer, create_customer
from partners.customers.models import Customer
from partners.deals.models import Deal, Protection
from partners.deals.rekeying import rebuild_claims, standing_claims
from partners.deals.tasks import rebuild
from partners.directory.merging import merge_partners
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.deals import approve, make_line, register, spans, states
from tests.support.rows import nothing_written_in

OLD, NAME, LATER = "name:old rule", "name:akme", NOW + timedelta(days=10)
TODAY, THEN = NOW.date(), LATER.date()
DAYS = timedelta(days=90)


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    return cast


def claim(cast: Cast, person: Any, customer: str = "Acme GmbH", **facts: Any) -> Deal:
    return register(person, customer, tax_id="", **facts)


def age(cast: Cast, *deals: Deal) -> None:
    """As if they had been saved under another rule."""
    with tenant_context(cast.acme.id):
        for deal in deals:
            Deal.objects.filter(id=deal.id).update(claim_key=OLD)
            Protection.objects.filter(deal=deal).update(claim_key=OLD)


def night(cast: Cast) -> int:
    with tenant_context(cast.acme.id):
        return rebuild_claims(actor=cast.system, deals=standing_claims(THEN), at=LATER)


def keys(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(Deal.objects.order_by("number").values_list("claim_key", flat=True))


class TestNight:
    def test_a_protected_claim_gets_its_key_and_keeps_its_days(self, acme: Cast) -> None:
        deal = approve(acme.nina, claim(acme, acme.paul))
        age(acme, deal)
        assert night(acme) == 1
        assert (keys(acme), states(acme)) == ([NAME], {"D-1": "protected"})
        assert spans(acme, deal) == [(NAME, TODAY, TODAY + DAYS)]
        with nothing_written_in(acme.acme):
            assert night(acme) == 0

    def test_a_queue_moves_whole_in_its_order(self, acme: Cast) -> None:
        first = approve(acme.nina, claim(acme, acme.paul))
        second = approve(acme.vera, claim(acme, acme.sven, join_queue=True))
        age(acme, first, second)
        assert night(acme) == 2
        assert (keys(acme), states(acme)) == ([NAME, NAME], {"D-1": "protected", "D-2": "queued"})

    def test_days_that_another_has_there_are_waited_for(self, acme: Cast) -> None:
        late = approve(acme.vera, claim(acme, acme.sven))
        age(acme, late)
        there = approve(acme.nina, claim(acme, acme.paul))
        assert night(acme) == 1
        assert states(acme) == {"D-1": "queued", "D-2": "protected"}
        assert spans(acme, late) == [(OLD, TODAY, THEN)]
        assert spans(acme, there) == [(NAME, TODAY, TODAY + DAYS)]
        with tenant_context(acme.acme.id):
            assert Deal.objects.get(id=late.id).own_days == 80

    def test_who_waited_alone_begins_on_the_day_of_the_move(self, acme: Cast) -> None:
        approve(acme.nina, claim(acme, acme.paul))
        other = approve(acme.vera, claim(acme, acme.sven, join_queue=True))
        with tenant_context(acme.acme.id):
            Deal.objects.filter(id=other.id).update(customer="Else")
        assert night(acme) == 1
        assert spans(acme, other) == [("name:else", THEN, THEN + DAYS)]

    def test_what_the_partner_claims_already_or_the_desk_has_stays(self, acme: Cast) -> None:
        held = claim(acme, acme.paul)
        age(acme, held)
        claim(acme, acme.paul)
        assert (night(acme), keys(acme)) == (0, [OLD, NAME])

    def test_what_the_conflict_desk_has_stays(self, acme: Cast) -> None:
        deal = approve(acme.nina, claim(acme, acme.paul))
        with tenant_context(acme.acme.id):
            open_conflict(actor=acme.vera.actor, deal=deal, at=NOW)
        age(acme, deal)
        assert (night(acme), keys(acme)) == (0, [OLD])

    def test_the_task_rebuilds_customers_too(self, acme: Cast) -> None:
        deal = approve(acme.nina, claim(acme, acme.paul))
        with tenant_context(acme.acme.id):
            facts: Any = {"code": "C1", "name": "ACME AG"}
            create_customer(actor=acme.vera.actor, facts=facts, at=NOW)
            Customer.objects.update(match_key=OLD, fold_key=OLD)
        age(acme, deal)
        with patch.object(timezone, "now", lambda: LATER):
            rebuild()
        with tenant_context(acme.acme.id):
            assert Customer.objects.get().claim_keys == (NAME,)
        assert keys(acme) == [NAME]


def test_a_merge_sees_two_claims_on_one_customer_as_such(acme: Cast) -> None:
    approve(acme.nina, claim(acme, acme.paul))
    other = claim(acme, acme.sven, join_queue=True)
    age(acme, other)
    with tenant_context(acme.acme.id):
        merge_partners(
            actor=acme.vera.actor, survivor=acme.northwind, merged=acme.southwind, take=(), at=LATER
        )
    assert states(acme) == {"D-1": "protected", "D-2": "withdrawn"}


class TestCustomer:
    """The vendor calls its customer otherwise."""

    @pytest.fixture
    def customer(self, acme: Cast) -> Customer:
        with tenant_context(acme.acme.id):
            facts: Any = {"code": "C1", "name": "ACME AG"}
            return create_customer(actor=acme.vera.actor, facts=facts, at=NOW)

    def change(self, cast: Cast, customer: Customer, **changes: Any) -> None:
        with tenant_context(cast.acme.id):
            told: Any = changes
            change_customer(actor=cast.vera.actor, customer=customer, changes=told, at=LATER)

    def test_claims_that_met_it_go_along(self, acme: Cast, customer: Customer) -> None:
        deal = approve(acme.nina, claim(acme, acme.paul))
        self.change(acme, customer, name="Globus")
        with tenant_context(acme.acme.id):
            kept = Deal.objects.get(id=deal.id)
            assert (kept.customer, kept.claim_key, kept.state) == ("Globus", "name:globus", "protected")
            assert kept.claim_key in Customer.objects.get().claim_keys
            entry = AuditRecord.objects.get(action="deal.renamed")
            assert (entry.before["customer"], entry.after["customer"]) == ("Acme GmbH", "Globus")
        assert spans(acme, deal) == [("name:globus", TODAY, TODAY + DAYS)]

    def test_a_tax_id_and_a_site_are_followed_alike(self, acme: Cast, customer: Customer) -> None:
        self.change(acme, customer, tax_id="7707083893", website="www.acme.example")
        by_tax, by_site = register(acme.paul), claim(acme, acme.sven, "Else", domain="acme.example")
        self.change(acme, customer, tax_id="7736050003", website="globus.example")
        with tenant_context(acme.acme.id):
            assert Deal.objects.get(id=by_tax.id).claim_key == "tax:7736050003"
            assert Deal.objects.get(id=by_site.id).domain == "globus.example"

    @pytest.mark.parametrize(
        "changes", [{"name": "ACME GmbH"}, {"industry": "Gas"}, {"tax_id": "7707083893"}]
    )
    def test_a_change_that_keeps_the_key_moves_no_claim(
        self, acme: Cast, customer: Customer, changes: dict[str, str]
    ) -> None:
        claim(acme, acme.paul)
        self.change(acme, customer, **changes)
        assert keys(acme) == [NAME]
        with tenant_context(acme.acme.id):
            assert Deal.objects.get().version == 1

    def test_a_key_that_another_customer_has_is_nobodys_to_take(self, acme: Cast, customer: Customer) -> None:
        claim(acme, acme.paul)
        with tenant_context(acme.acme.id):
            twin: Any = {"code": "C2", "name": "Acme Ltd"}
            create_customer(actor=acme.vera.actor, facts=twin, at=NOW)
        self.change(acme, customer, name="Globus")
        assert keys(acme) == [NAME]

    def test_claims_of_the_past_stay(self, acme: Cast, customer: Customer) -> None:
        deal = approve(acme.nina, claim(acme, acme.paul))
        with tenant_context(acme.acme.id):
            Deal.objects.filter(id=deal.id).update(state="expired")
            Protection.objects.update(starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1))
        self.change(acme, customer, name="Globus")
        assert keys(acme) == [NAME]
