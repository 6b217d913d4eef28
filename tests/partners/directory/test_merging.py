"""Merging a duplicate: what follows the survivor, what stays, what forbids it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from partners.conflicts.actions import open_conflict
from partners.conflicts.models import ConflictSide
from partners.deals.actions import approve_deal, register_deal
from partners.deals.models import Deal, DealState, Protection
from partners.directory.actions import (
    PartnerMerged,
    PartnerTreeCycle,
    assign_manager,
    change_partner,
    move_partner,
    upsert_partner,
)
from partners.directory.contacts import add_contact
from partners.directory.duplicates import list_duplicates, mark_distinct
from partners.directory.merging import (
    FieldNotChoosable,
    MergeForbidden,
    SamePartner,
    merge_partners,
    plan_merge,
)
from partners.directory.models import Contact, DistinctPartners, Partner
from partners.directory.queries import PartnerFilter, access_partner_by_code, list_partners, partners_by_code
from partners.directory.tree import partner_parents, subtree_ids
from partners.products.models import ProductCategory
from partners.sales.actions import record_sales
from partners.sales.models import SaleLine
from partners.sales.queries import SaleFilter, list_sales
from partners.sales.rules import LineInput, Share
from partners.segments.actions import add_members, create_segment
from partners.segments.engagement import events_of, note_engagement
from partners.segments.models import SegmentMember
from partners.tiers.models import TierPin
from partners.training.actions import issue_certificate
from prm.accounts.actions import invite
from prm.accounts.models import Invitation, Membership
from prm.audit.models import AuditRecord
from prm.comments.actions import write_comment
from prm.comments.queries import list_comments
from prm.files.queries import may_open
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person, make_partner
from tests.support.commission import make_product, sell
from tests.support.rows import nothing_written_in
from tests.support.training import make_course

TODAY = NOW.date()
NEVER = date(2026, 1, 1)


def merge(cast: Cast, *, take: tuple[str, ...] = (), at: datetime = NOW, **which: Partner) -> Partner:
    """Southwind goes into Northwind, unless named otherwise."""
    survivor, merged = which.get("survivor", cast.northwind), which.get("merged", cast.southwind)
    with tenant_context(cast.acme.id):
        return merge_partners(actor=cast.vera.actor, survivor=survivor, merged=merged, take=take, at=at)


def place(cast: Cast, partner: Partner, parent: Partner | None, day: date = NEVER) -> None:
    with tenant_context(cast.acme.id):
        move_partner(actor=cast.vera.actor, partner=partner, parent=parent, starts_on=day, at=NOW)


def claim(cast: Cast, partner: Partner, customer: str = "Customer", *, join: bool = False) -> Deal:
    with tenant_context(cast.acme.id):
        line = ProductCategory.objects.get_or_create(code="software", defaults={"name": "Software"})[0]
        facts: Any = {
            "customer": customer, "line": line, "amount_minor": 100, "currency": "EUR", "closes_on": date(2026, 6, 1),
        }  # fmt: skip
        return register_deal(actor=cast.vera.actor, partner=partner, facts=facts, at=NOW, join_queue=join)


class TestTheTwo:
    def test_the_merged_one_names_its_survivor_for_good(self, cast: Cast) -> None:
        merge(cast)
        with tenant_context(cast.acme.id):
            gone = Partner.objects.get(id=cast.southwind.id)
        assert (gone.status, gone.merged_into_id, gone.merged_at) == ("merged", cast.northwind.id, NOW)
        assert gone.manager_id == cast.northwind.manager_id

    def test_chosen_fields_are_taken_over(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            change_partner(
                actor=cast.vera.actor,
                partner=cast.southwind,
                changes={"website": "https://south.example", "tier": "Gold"},
                at=NOW,
            )
            cast.southwind.refresh_from_db()
        survivor = merge(cast, take=("website", "tier", "manager"))
        assert (survivor.name, survivor.website, survivor.tier) == (
            "Northwind",
            "https://south.example",
            "Gold",
        )
        assert survivor.manager_id is None

    def test_both_trails_and_one_event_tell(self, cast: Cast) -> None:
        merge(cast, take=("tax_id",))
        with tenant_context(cast.acme.id):
            gone = AuditRecord.objects.get(action="partner.merged")
            stays = AuditRecord.objects.get(action="partner.took_over")
            [event] = Event.objects.filter(name="partner.merged")
        assert (gone.subject_id, gone.after) == (cast.southwind.id, {"survivor": "Northwind (NW)"})
        assert stays.subject_id == cast.northwind.id
        assert stays.after == {
            "merged": "Southwind (SW)",
            "taken_fields": ["tax_id"],
            "people": 1,
            "standings": 1,
        }
        assert event.payload == {"partner_id": str(cast.southwind.id), "survivor_id": str(cast.northwind.id)}

    def test_the_second_merge_leads_the_first_one_on(self, cast: Cast) -> None:
        third = make_partner(cast.acme, "TH", "Third")
        merge(cast)
        merge(cast, survivor=third, merged=cast.northwind)
        with tenant_context(cast.acme.id):
            heads = Partner.objects.filter(status="merged").values_list("merged_into_id", flat=True)
            assert set(heads) == {third.id}
            assert access_partner_by_code(cast.vera.actor, "SW").id == third.id

    def test_the_database_knows_no_merged_partner_without_a_survivor(self, cast: Cast) -> None:
        with (
            tenant_context(cast.acme.id),
            pytest.raises(IntegrityError, match="partner_merged_names_its_survivor"),
            transaction.atomic(),
        ):
            Partner.objects.filter(id=cast.southwind.id).update(status="merged")


class TestRefusals:
    def test_not_into_itself(self, cast: Cast) -> None:
        with nothing_written_in(cast.acme), pytest.raises(SamePartner):
            merge(cast, merged=cast.northwind)

    def test_only_fields_of_the_choice(self, cast: Cast) -> None:
        with nothing_written_in(cast.acme), pytest.raises(FieldNotChoosable):
            merge(cast, take=("code",))

    def test_a_merged_one_is_used_no_more(self, cast: Cast) -> None:
        merge(cast)
        with tenant_context(cast.acme.id):
            gone = Partner.objects.get(id=cast.southwind.id)
        other = make_partner(cast.acme, "OT", "Other")
        actor = cast.vera.actor
        tries: list[Any] = [
            lambda: change_partner(actor=actor, partner=gone, changes={"name": "New"}, at=NOW),
            lambda: upsert_partner(actor=actor, facts={"code": "SW", "name": "New"}, at=NOW),
            lambda: assign_manager(actor=actor, partner=gone, manager=cast.nina.membership, at=NOW),
            lambda: move_partner(actor=actor, partner=gone, parent=None, starts_on=TODAY, at=NOW),
            lambda: move_partner(actor=actor, partner=other, parent=gone, starts_on=TODAY, at=NOW),
            lambda: merge_partners(actor=actor, survivor=gone, merged=other, take=(), at=NOW),
            lambda: merge_partners(actor=actor, survivor=other, merged=gone, take=(), at=NOW),
        ]
        for attempt in tries:
            with (
                nothing_written_in(cast.acme),
                tenant_context(cast.acme.id),
                pytest.raises(PartnerMerged) as refusal,
            ):
                attempt()
            assert "Southwind was merged into Northwind (NW)" in str(refusal.value.message)

    def test_not_while_both_are_sides_of_one_conflict(self, cast: Cast) -> None:
        first = claim(cast, cast.northwind)
        claim(cast, cast.southwind, join=True)
        with tenant_context(cast.acme.id):
            open_conflict(actor=cast.vera.actor, deal=first, at=NOW)
            assert ConflictSide.objects.count() == 2
        with nothing_written_in(cast.acme), pytest.raises(MergeForbidden) as refusal:
            merge(cast)
        assert refusal.value.code == "conflict_between_them"

    def test_not_where_the_tree_would_close_a_circle(self, cast: Cast) -> None:
        middle = make_partner(cast.acme, "MI", "Middle")
        place(cast, middle, cast.southwind)
        place(cast, cast.northwind, middle)
        with nothing_written_in(cast.acme), pytest.raises(MergeForbidden) as refusal:
            merge(cast)
        assert refusal.value.code == PartnerTreeCycle.code


class TestCodes:
    def test_the_code_leads_to_the_survivor(self, cast: Cast) -> None:
        merge(cast)
        with tenant_context(cast.acme.id):
            assert access_partner_by_code(cast.vera.actor, "SW").id == cast.northwind.id
            assert partners_by_code(["SW", "NW"]) == {"SW": cast.northwind, "NW": cast.northwind}

    def test_lists_leave_it_out_and_find_the_survivor_by_its_names(self, cast: Cast) -> None:
        merge(cast)
        with tenant_context(cast.acme.id):

            def found(**wanted: Any) -> list[str]:
                rows = list_partners(cast.vera.actor, PartnerFilter(**wanted))
                return list(rows.order_by("name").values_list("name", flat=True))

            assert found() == ["Northwind"]
            assert found(q="SW") == ["Northwind"]
            assert found(q="southw") == ["Northwind"]
            assert found(status="merged") == ["Southwind"]


class TestPeople:
    def test_they_work_for_the_survivor(self, cast: Cast) -> None:
        merge(cast)
        with tenant_context(cast.acme.id):
            sven = Membership.objects.get(id=cast.sven.membership.id)
            [told] = AuditRecord.objects.filter(action="member.moved")
        assert (sven.partner_id, sven.ended_at) == (cast.northwind.id, None)
        assert told.subject_id == sven.id

    def test_who_has_a_place_at_both_keeps_that_at_the_survivor(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            second = Membership.objects.create(
                user=cast.paul.user, role="partner_user", partner_id=cast.southwind.id
            )
        merge(cast)
        with tenant_context(cast.acme.id):
            second.refresh_from_db()
            live = Membership.objects.filter(user=cast.paul.user, ended_at__isnull=True)
            assert [row.id for row in live] == [cast.paul.membership.id]
        assert second.ended_at == NOW

    def test_open_invitations_lead_to_the_survivor_once(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            for email, partner in (("a@x.example", cast.southwind), ("b@x.example", cast.southwind), ("b@x.example", cast.northwind)):  # fmt: skip # noqa: E501
                invite(
                    actor=cast.vera.actor, email=email, role="partner_user", partner_id=partner.id,
                    sees_money=False, at=NOW,
                )  # fmt: skip
        merge(cast)
        with tenant_context(cast.acme.id):
            waiting = Invitation.objects.filter(withdrawn_at__isnull=True).order_by("email")
            assert [(row.email, row.partner_id) for row in waiting] == [
                ("a@x.example", cast.northwind.id),
                ("b@x.example", cast.northwind.id),
            ]

    def test_contacts_move_and_those_of_both_stand_once(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            for partner in (cast.northwind, cast.southwind):
                add_contact(actor=cast.vera.actor, partner=partner, facts={"name": "Ann"}, at=NOW)
            add_contact(actor=cast.vera.actor, partner=cast.southwind, facts={"name": "Bob"}, at=NOW)
        merge(cast)
        with tenant_context(cast.acme.id):
            rows = Contact.objects.order_by("name").values_list("name", "partner_id")
            assert list(rows) == [("Ann", cast.northwind.id), ("Bob", cast.northwind.id)]

    def test_comments_on_it_are_read_on_the_survivor(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            for body, shared in (("internal", False), ("shared", True)):
                write_comment(
                    actor=cast.vera.actor, key="partner", subject_id=cast.southwind.id, body=body, shared=shared,
                    at=NOW, files=[("note.txt", b"text")],
                )  # fmt: skip
        merge(cast)
        with tenant_context(cast.acme.id):
            read = list_comments(cast.vera.actor, "partner", cast.northwind.id)
        assert {(row.body, row.partner_id) for row in read} == {
            ("internal", None),
            ("shared", cast.northwind.id),
        }
        own = [cast.northwind.id, cast.southwind.id]
        with tenant_context(cast.acme.id, scope="partner", partner_ids=own):
            [row] = list_comments(cast.paul.actor, "partner", cast.northwind.id)
            [sent] = row.files.all()
            assert may_open(cast.paul.actor, sent.file)

    def test_what_they_learned_is_the_survivors(self, cast: Cast) -> None:
        course = make_course(cast)
        with tenant_context(cast.acme.id):
            certificate = issue_certificate(
                actor=cast.vera.actor, partner=cast.southwind, course=course, person="Sven",
                member=cast.sven.membership, at=NOW,
            )  # fmt: skip
        merge(cast)
        with tenant_context(cast.acme.id):
            certificate.refresh_from_db()
        assert certificate.partner_id == cast.northwind.id


class TestTree:
    def test_who_stood_below_stands_below_the_survivor_from_the_day_on(self, cast: Cast) -> None:
        shop = make_partner(cast.acme, "SH", "Shop")
        later = make_partner(cast.acme, "LA", "Later")
        place(cast, shop, cast.southwind)
        place(cast, later, cast.southwind, TODAY + timedelta(days=30))
        merge(cast)
        with tenant_context(cast.acme.id):
            assert partner_parents(TODAY - timedelta(days=1)) == {shop.id: cast.southwind.id}
            assert partner_parents(TODAY) == {shop.id: cast.northwind.id}
            assert partner_parents(TODAY + timedelta(days=31)) == {
                shop.id: cast.northwind.id, later.id: cast.northwind.id,
            }  # fmt: skip

    def test_its_own_place_ends_and_the_survivor_keeps_its_own(self, cast: Cast) -> None:
        top = make_partner(cast.acme, "TO", "Top")
        place(cast, cast.southwind, top)
        merge(cast)
        with tenant_context(cast.acme.id):
            assert subtree_ids(top.id, TODAY - timedelta(days=1)) == {top.id, cast.southwind.id}
            assert subtree_ids(top.id, TODAY) == {top.id}

    def test_a_survivor_below_takes_the_place(self, cast: Cast) -> None:
        top = make_partner(cast.acme, "TO", "Top")
        place(cast, cast.southwind, top)
        place(cast, cast.northwind, cast.southwind)
        merge(cast)
        with tenant_context(cast.acme.id):
            assert partner_parents(TODAY) == {cast.northwind.id: top.id}


class TestDeals:
    def test_deals_and_protections_move(self, cast: Cast) -> None:
        deal = claim(cast, cast.southwind)
        with tenant_context(cast.acme.id):
            approve_deal(actor=cast.vera.actor, deal=deal, at=NOW)
        merge(cast)
        with tenant_context(cast.acme.id):
            assert Deal.objects.get().partner_id == cast.northwind.id
            assert Protection.objects.get().partner_id == cast.northwind.id

    def test_of_two_claims_on_one_customer_the_stronger_stays(self, cast: Cast) -> None:
        waiting = claim(cast, cast.northwind)
        with tenant_context(cast.acme.id):
            approve_deal(actor=cast.vera.actor, deal=waiting, at=NOW)
        behind = claim(cast, cast.southwind, join=True)
        merge(cast, survivor=cast.southwind, merged=cast.northwind)
        with tenant_context(cast.acme.id):
            states = dict(Deal.objects.values_list("id", "state"))
            assert set(Deal.objects.values_list("partner_id", flat=True)) == {cast.southwind.id}
        assert states == {waiting.id: DealState.PROTECTED, behind.id: DealState.WITHDRAWN}

    def test_what_queued_behind_an_undecided_claim_of_the_same_company_is_protected(self, cast: Cast) -> None:
        undecided = claim(cast, cast.southwind)
        behind = claim(cast, cast.northwind, join=True)
        with tenant_context(cast.acme.id):
            approve_deal(actor=cast.vera.actor, deal=behind, at=NOW)
            assert Deal.objects.get(id=behind.id).state == DealState.QUEUED
        merge(cast)
        with tenant_context(cast.acme.id):
            states = dict(Deal.objects.values_list("id", "state"))
        assert states == {undecided.id: DealState.WITHDRAWN, behind.id: DealState.PROTECTED}


class TestGroups:
    def test_segments_end_and_fixed_lists_take_the_survivor(self, cast: Cast) -> None:
        facts: Any = {"code": "vip", "name": "Vip", "kind": "list"}
        with tenant_context(cast.acme.id):
            segment = create_segment(actor=cast.vera.actor, facts=facts, at=NOW - timedelta(days=9))
            add_members(actor=cast.vera.actor, segment=segment, codes=["SW"], at=NOW - timedelta(days=9))
        merge(cast)
        with tenant_context(cast.acme.id):
            rows = SegmentMember.objects.order_by("starts_on").values_list("partner_id", "ends_on")
            assert list(rows) == [(cast.southwind.id, TODAY), (cast.northwind.id, None)]
            segment.refresh_from_db()
        assert segment.member_count == 1

    def test_engagement_counts_once(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            for partner, reference in ((cast.northwind, "a"), (cast.southwind, "a"), (cast.southwind, "b")):
                note_engagement(kind="sign_in", partner_id=partner.id, happened_on=TODAY, reference=reference)
        merge(cast)
        with tenant_context(cast.acme.id):
            assert len(events_of(cast.northwind.id, TODAY)) == 2
            assert events_of(cast.southwind.id, TODAY) == []

    @pytest.mark.parametrize(("own", "left"), [(False, "theirs"), (True, "own")])
    def test_a_pin_moves_where_there_is_none(self, cast: Cast, own: bool, left: str) -> None:
        with tenant_context(cast.acme.id):
            for partner, reason in ((cast.southwind, "theirs"), *([(cast.northwind, "own")] if own else [])):
                TierPin.objects.create(
                    partner=partner,
                    ends_on=date(2030, 1, 1),
                    reason=reason,
                    author_label="Vera",
                    pinned_at=NOW,
                )
        merge(cast)
        with tenant_context(cast.acme.id):
            assert list(TierPin.objects.values_list("partner_id", "reason")) == [(cast.northwind.id, left)]


def line_input(external_id: str, partner: str, **facts: Any) -> LineInput:
    return LineInput(
        source="erp",
        external_id=external_id,
        kind="sale",
        occurred_on=facts.get("occurred_on", date(2026, 3, 1)),
        product="P1",
        quantity=Decimal(1),
        amount_minor=facts.get("amount_minor", 100),
        currency="EUR",
        order_number="",
        partner=partner,
        customer=None,
        cost_minor=None,
        splits=facts.get("splits", ()),
        refunds="",
    )


class TestSales:
    @pytest.fixture
    def sent(self, cast: Cast) -> Any:
        """What sends lines as the ERP does; OLD and SPLIT were sold by Southwind before the merge."""

        def send(*rows: LineInput) -> list[str]:
            with tenant_context(cast.acme.id):
                result = record_sales(actor=cast.vera.actor, rows=rows, mode="atomic", at=NOW)
            assert result.failed == 0, result.outcomes
            return [outcome.effect for outcome in result.outcomes]

        with tenant_context(cast.acme.id):
            make_product()
        self.split = (Share("NW", percent=Decimal(60)), Share("SW", percent=Decimal(40)))
        send(line_input("OLD", "SW"), line_input("SPLIT", "SW", splits=self.split))
        merge(cast)
        return send

    def partner_of(self, cast: Cast, external_id: str) -> str:
        with tenant_context(cast.acme.id):
            return str(SaleLine.objects.select_related("partner").get(external_id=external_id).partner)

    def test_new_lines_with_its_code_are_the_survivors(self, cast: Cast, sent: Any) -> None:
        assert sent(line_input("NEW", "SW")) == ["created"]
        assert self.partner_of(cast, "NEW") == "Northwind"

    def test_the_past_sent_again_is_not_booked_anew(self, cast: Cast, sent: Any) -> None:
        again = [line_input("OLD", "SW"), line_input("SPLIT", "SW", splits=self.split)]
        assert sent(*again) == ["unchanged", "unchanged"]
        assert sent(line_input("OLD", "NW")) == ["unchanged"]

    def test_an_amended_line_keeps_its_partner_and_its_shares(self, cast: Cast, sent: Any) -> None:
        amended = line_input("SPLIT", "SW", splits=self.split, amount_minor=900)
        assert sent(line_input("OLD", "SW", amount_minor=900), amended) == ["updated", "updated"]
        assert self.partner_of(cast, "OLD") == "Southwind"
        with tenant_context(cast.acme.id):
            line = SaleLine.objects.get(external_id="SPLIT")
            shares = dict(line.splits.values_list("partner_id", "amount_minor"))
        assert shares == {cast.northwind.id: 540, cast.southwind.id: 360}

    def test_shares_of_both_codes_in_a_new_line_are_one(self, cast: Cast, sent: Any) -> None:
        assert sent(line_input("NEW", "NW", splits=self.split)) == ["created"]
        with tenant_context(cast.acme.id):
            line = SaleLine.objects.get(external_id="NEW")
            assert list(line.splits.values_list("partner_id", "percent")) == [
                (cast.northwind.id, Decimal(100))
            ]

    def test_the_list_of_the_survivor_holds_the_past(self, cast: Cast, sent: Any) -> None:
        with tenant_context(cast.acme.id):
            rows = list_sales(cast.vera.actor, SaleFilter(partner_id=cast.northwind.id))
            assert {row.external_id for row in rows} == {"OLD", "SPLIT"}
        with tenant_context(
            cast.acme.id, scope="partner", partner_ids=[cast.northwind.id, cast.southwind.id]
        ):
            assert list_sales(cast.paul.actor, SaleFilter()).count() == 2


class TestPlan:
    def test_it_counts_by_room_and_writes_nothing(self, cast: Cast) -> None:
        claim(cast, cast.southwind)
        with tenant_context(cast.acme.id):
            sell(cast.southwind, make_product(), "S1", date(2026, 3, 1), 100)
        with nothing_written_in(cast.acme), tenant_context(cast.acme.id):
            plan = plan_merge(actor=cast.vera.actor, survivor=cast.northwind, merged=cast.southwind, at=NOW)
        counted = {one.follower.name: one.count for one in plan.followings if one.count}
        assert counted == {"people": 1, "standings": 1, "deals": 1, "sales": 1}
        assert plan.objections == []


class TestDuplicates:
    @pytest.fixture
    def twin(self, cast: Cast) -> Partner:
        return make_partner(cast.acme, "NW2", "Northwind GmbH")

    def names(self, cast: Cast, person: Person) -> list[tuple[str, str]]:
        with tenant_context(cast.acme.id):
            return [(pair.first.name, pair.second.name) for pair in list_duplicates(person.actor)]

    def test_they_are_found_until_they_are_merged(self, cast: Cast, twin: Partner) -> None:
        assert self.names(cast, cast.vera) == [("Northwind", "Northwind GmbH")]
        merge(cast, merged=twin)
        assert self.names(cast, cast.vera) == []

    def test_those_found_to_be_different_are_not_shown_again(self, cast: Cast, twin: Partner) -> None:
        with tenant_context(cast.acme.id):
            for one, other in ((twin, cast.northwind), (cast.northwind, twin)):
                mark_distinct(actor=cast.vera.actor, one=one, other=other, at=NOW)
            assert DistinctPartners.objects.count() == 1
            assert AuditRecord.objects.filter(action="partner.found_distinct").count() == 1
        assert self.names(cast, cast.vera) == []


def test_nobody_of_another_partner_is_let_in_by_the_family(cast: Cast) -> None:
    """The guard answers for a tenant and a survivor; it names the merged, and nobody else."""
    merge(cast)
    with connection.cursor() as cursor:
        for tenant, survivor, wanted in (
            (cast.acme, cast.northwind, [cast.southwind.id]),
            (cast.acme, cast.southwind, []),
            (cast.zenith, cast.northwind, []),
        ):
            cursor.execute("SELECT id FROM guard.merged_partners(%s, %s)", [tenant.id, survivor.id])
            assert [row[0] for row in cursor.fetchall()] == wanted
