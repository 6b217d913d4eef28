"""Writing partners: history is kept, the tree stays a tree, a stale version changes nothing, all of it is told."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from partners.directory import actions
from partners.directory.contacts import add_contact, change_contact, remove_contact
from partners.directory.models import Contact, Partner, PartnerParent, PartnerStanding, StatusSpan
from prm.audit.models import AuditRecord
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast

TODAY = NOW.date()
MARCH_15 = date(2026, 3, 15)


@pytest.fixture
def acme(cast: Cast):
    with tenant_context(cast.acme.id):
        yield cast


def make(cast: Cast, code: str, **facts) -> Partner:
    told: Any = {"code": code, "name": f"Partner {code}", "joined_on": date(2026, 1, 1), **facts}
    return actions.create_partner(actor=cast.vera.actor, facts=told, at=NOW)


def standings(partner: Partner) -> list[tuple]:
    rows = PartnerStanding.objects.filter(partner=partner).order_by("starts_on")
    return [(row.starts_on, row.ends_on, row.region, row.tier) for row in rows]


def parents(partner: Partner) -> list[tuple]:
    rows = PartnerParent.objects.filter(partner=partner).order_by("starts_on")
    return [(row.parent.code, row.starts_on, row.ends_on) for row in rows]


def told(subject) -> list[str]:
    return list(
        AuditRecord.objects.filter(subject_id=subject.id).order_by("id").values_list("action", flat=True)
    )


class TestStatus:
    def spans(self, partner: Partner) -> list[tuple]:
        rows = StatusSpan.objects.filter(partner=partner).order_by("starts_on")
        return list(rows.values_list("status", "starts_on", "ends_on"))

    def turn(self, cast: Cast, status: str, at) -> None:
        changes: Any = {"status": status}
        actions.change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=changes, at=at)

    def test_each_status_keeps_its_days(self, acme):
        assert self.spans(acme.northwind) == []
        self.turn(acme, "paused", NOW)
        self.turn(acme, "active", NOW + timedelta(days=10))
        later = TODAY + timedelta(days=10)
        assert self.spans(acme.northwind) == [
            ("active", date(2000, 1, 1), TODAY), ("paused", TODAY, later), ("active", later, None),
        ]  # fmt: skip

    def test_what_was_taken_back_the_same_day_never_was(self, acme):
        self.turn(acme, "paused", NOW)
        self.turn(acme, "active", NOW)
        assert self.spans(acme.northwind) == [("active", date(2000, 1, 1), None)]


class TestCreate:
    def test_gets_number_key_first_standing_record_and_event(self, acme):
        partner = make(acme, "P1", name="ООО «Ромашка»", region="West", tier="gold")
        assert partner.number == 3
        assert partner.name_key == "ромашка"
        assert partner.manager_id is None
        assert standings(partner) == [(date(2000, 1, 1), None, "West", "gold")]
        assert told(partner) == ["partner.created"]
        assert Event.objects.filter(name="partner.created", payload__partner_id=str(partner.id)).count() == 1

    def test_channel_managers_own_joins_the_own_portfolio(self, acme):
        facts: actions.PartnerFacts = {"code": "P1", "name": "Mine", "joined_on": TODAY}
        partner = actions.create_partner(actor=acme.nina.actor, facts=facts, at=NOW)
        assert partner.manager_id == acme.nina.membership.id

    def test_code_in_use_is_refused_and_nothing_is_written(self, acme):
        with pytest.raises(actions.PartnerCodeTaken):
            make(acme, "NW")
        assert Partner.objects.count() == 2
        assert not AuditRecord.objects.filter(action="partner.created").exists()

    def test_same_code_in_another_tenant_is_free(self, cast):
        with tenant_context(cast.zenith.id):
            facts: actions.PartnerFacts = {"code": "NW", "name": "Other", "joined_on": TODAY}
            assert actions.create_partner(actor=cast.zed.actor, facts=facts, at=NOW).number == 2


class TestChange:
    def change(self, cast, **options):
        return actions.change_partner(
            actor=cast.vera.actor, partner=cast.northwind, at=NOW, **{"version": 1, **options}
        )

    def test_only_what_differs_is_written_and_told(self, acme):
        changed = self.change(acme, changes={"name": "Northwind", "website": "https://northwind.example"})
        assert (changed.version, changed.website, changed.changed_at) == (2, "https://northwind.example", NOW)
        last = AuditRecord.objects.get(action="partner.changed")
        assert (last.before, last.after) == ({"website": ""}, {"website": "https://northwind.example"})

    def test_same_values_change_nothing(self, acme):
        assert self.change(acme, changes={"name": "Northwind", "region": "North"}).version == 1
        assert told(acme.northwind) == []

    def test_stale_version_changes_nothing_and_brings_the_present_one(self, acme):
        self.change(acme, changes={"name": "Northwind One"})
        with pytest.raises(actions.PartnerChangedMeanwhile) as stale:
            self.change(acme, changes={"name": "Northwind Two"})
        assert stale.value.partner.name == "Northwind One"
        assert Partner.objects.get(id=acme.northwind.id).name == "Northwind One"
        assert told(acme.northwind) == ["partner.changed"]

    def test_new_region_closes_the_standing_and_opens_one_from_its_day(self, acme):
        changed = self.change(acme, changes={"region": "South"}, standing_from=MARCH_15)
        assert changed.region == "South"
        assert standings(acme.northwind) == [
            (date(2000, 1, 1), MARCH_15, "North", ""),
            (MARCH_15, None, "South", ""),
        ]

    def test_back_dated_region_leaves_the_history_of_the_tier(self, acme):
        self.change(acme, changes={"tier": "gold"}, standing_from=MARCH_15)
        self.change(acme, changes={"region": "South"}, standing_from=date(2026, 2, 1), version=2)
        assert standings(acme.northwind) == [
            (date(2000, 1, 1), date(2026, 2, 1), "North", ""),
            (date(2026, 2, 1), MARCH_15, "South", ""),
            (MARCH_15, None, "South", "gold"),
        ]

    def test_tier_of_a_coming_day_waits_for_that_day(self, acme):
        coming = TODAY + timedelta(days=30)
        changed = self.change(acme, changes={"tier": "gold"}, standing_from=coming)
        assert (changed.tier, changed.version) == ("", 2)
        assert actions.adopt_standings(actor=acme.system, at=NOW) == 0
        assert actions.adopt_standings(actor=acme.system, at=NOW + timedelta(days=30)) == 1
        assert Partner.objects.get(id=acme.northwind.id).tier == "gold"
        assert actions.adopt_standings(actor=acme.system, at=NOW + timedelta(days=30)) == 0

    def test_event_names_the_day_from_which_sales_are_looked_at_again(self, acme):
        self.change(acme, changes={"region": "South"}, standing_from=MARCH_15)
        event = Event.objects.get(name="partner.standing_changed")
        assert event.payload == {"partner_id": str(acme.northwind.id), "starts_on": "2026-03-15"}


class TestUpsert:
    def upsert(self, cast, actor=None, **facts: Any):
        told: Any = facts
        return actions.upsert_partner(actor=actor or cast.vera.actor, facts=told, at=NOW)

    def test_creates_then_updates_then_leaves_alone(self, acme):
        partner, effect = self.upsert(acme, code="E1", name="Erp One", joined_on=TODAY)
        assert effect == "created"
        assert self.upsert(acme, code="E1", name="Erp Uno")[1] == "updated"
        again, effect = self.upsert(acme, code="E1", name="Erp Uno")
        assert (again.id, again.version, effect) == (partner.id, 2, "unchanged")

    def test_codes_are_exact(self, acme):
        assert self.upsert(acme, code="nw", name="Lower", joined_on=TODAY)[1] == "created"

    def test_partner_behind_the_portfolio_wall_is_not_changed(self, acme):
        with pytest.raises(actions.PartnerCodeTaken):
            self.upsert(acme, actor=acme.nina.actor, code="SW", name="Taken over")
        assert Partner.objects.get(code="SW").name == "Southwind"


class TestMove:
    def move(self, cast, partner, parent, day):
        return actions.move_partner(
            actor=cast.vera.actor, partner=partner, parent=parent, starts_on=day, at=NOW
        )

    def test_tree_is_what_it_was_on_each_of_two_dates(self, acme):
        d1, d2 = make(acme, "D1"), make(acme, "D2")
        self.move(acme, acme.northwind, d1, date(2026, 1, 1))
        self.move(acme, acme.northwind, d2, MARCH_15)
        assert parents(acme.northwind) == [("D1", date(2026, 1, 1), MARCH_15), ("D2", MARCH_15, None)]
        assert told(acme.northwind) == ["partner.moved", "partner.moved"]

    def test_late_news_holds_until_the_move_already_known(self, acme):
        d1, d2, d3 = make(acme, "D1"), make(acme, "D2"), make(acme, "D3")
        self.move(acme, acme.northwind, d1, date(2026, 1, 1))
        self.move(acme, acme.northwind, d3, date(2026, 5, 1))
        self.move(acme, acme.northwind, d2, MARCH_15)
        assert parents(acme.northwind) == [
            ("D1", date(2026, 1, 1), MARCH_15),
            ("D2", MARCH_15, date(2026, 5, 1)),
            ("D3", date(2026, 5, 1), None),
        ]

    def test_to_nobody_ends_the_link(self, acme):
        self.move(acme, acme.northwind, acme.southwind, date(2026, 1, 1))
        self.move(acme, acme.northwind, None, MARCH_15)
        assert parents(acme.northwind) == [("SW", date(2026, 1, 1), MARCH_15)]

    def test_same_place_again_writes_nothing(self, acme):
        self.move(acme, acme.northwind, acme.southwind, date(2026, 1, 1))
        self.move(acme, acme.northwind, acme.southwind, MARCH_15)
        assert parents(acme.northwind) == [("SW", date(2026, 1, 1), None)]
        assert told(acme.northwind) == ["partner.moved"]

    @pytest.mark.parametrize("depth", [1, 3])
    def test_circle_on_any_day_is_refused_with_the_field_named(self, acme, depth):
        chain = [acme.northwind, *(make(acme, f"C{n}") for n in range(depth))]
        for child, parent in itertools.pairwise(chain):
            self.move(acme, child, parent, date(2026, 6, 1))
        with pytest.raises(actions.PartnerTreeCycle) as circle:
            self.move(acme, chain[-1], acme.northwind, date(2026, 1, 1))
        assert (circle.value.field, circle.value.day) == ("parent_code", date(2026, 6, 1))
        assert parents(chain[-1]) == []
        assert told(chain[-1]) == ["partner.created"]

    def test_under_itself_is_a_circle(self, acme):
        with pytest.raises(actions.PartnerTreeCycle):
            self.move(acme, acme.northwind, acme.northwind, TODAY)

    def test_changing_places_on_one_day_is_no_circle(self, acme):
        self.move(acme, acme.northwind, acme.southwind, date(2026, 1, 1))
        self.move(acme, acme.northwind, None, MARCH_15)
        self.move(acme, acme.southwind, acme.northwind, MARCH_15)
        assert parents(acme.southwind) == [("NW", MARCH_15, None)]


class TestManager:
    def test_assignment_moves_the_partner_into_the_portfolio(self, acme):
        changed = actions.assign_manager(
            actor=acme.vera.actor, partner=acme.southwind, manager=acme.nina.membership, at=NOW
        )
        assert (changed.manager_id, changed.version) == (acme.nina.membership.id, 2)
        record = AuditRecord.objects.get(action="partner.assigned")
        assert (record.before, record.after) == ({"manager": ""}, {"manager": "Nina"})

    def test_same_manager_again_writes_nothing(self, acme):
        actions.assign_manager(
            actor=acme.vera.actor, partner=acme.northwind, manager=acme.nina.membership, at=NOW
        )
        assert told(acme.northwind) == []


class TestContacts:
    def test_each_change_is_told_in_the_partners_trail(self, acme):
        actor = acme.vera.actor
        contact = add_contact(
            actor=actor,
            partner=acme.northwind,
            facts={"name": "Ada", "email": "ada@northwind.example"},
            at=NOW,
        )
        change_contact(actor=actor, contact=contact, changes={"phone": "+7 495 000-00-00"}, at=NOW)
        change_contact(actor=actor, contact=contact, changes={"phone": "+7 495 000-00-00"}, at=NOW)
        remove_contact(actor=actor, contact=contact, at=NOW)
        assert not Contact.objects.exists()
        assert told(acme.northwind) == ["contact.added", "contact.changed", "contact.removed"]
