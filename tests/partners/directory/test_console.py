"""Directory pages of the staff: who opens them, what they list, what a refused change leaves alone."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.directory.actions import PartnerFacts, create_partner, move_partner
from partners.directory.models import Contact, Partner, PartnerParent, PartnerStanding
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of


@pytest.fixture
def inside(cast: Cast):
    """Look into Acme's rows between requests."""

    def look(read):
        with tenant_context(cast.acme.id):
            return read()

    return look


def page(person: Person, path: str = "", **query):
    return client_of(person).get(f"/acme/m/partners/{path}", query)


def send(person: Person, path: str, **body):
    return client_of(person).post(f"/acme/m/partners/{path}", body)


FACTS = {
    "code": "P9", "name": "Ninth", "legal_name": "", "tax_id": "", "partner_type": "reseller", "country": "DE",
    "region": "West", "tier": "gold", "status": "active", "joined_on": "2026-02-01", "website": "ninth.example",
}  # fmt: skip


def edited(cast: Cast, **changes):
    """The edit form of Northwind as it was opened, with changes."""
    facts = {**FACTS, "code": "NW", "name": "Northwind", "region": "North", "tier": "", "country": ""}
    return {**facts, "joined_on": "2026-01-01", "website": "", "version": "1", "standing_from": "", **changes}


class TestList:
    def test_shows_the_partners_of_the_tenant(self, cast):
        text = page(cast.otto).content.decode()
        assert "Northwind" in text
        assert "Southwind" in text
        assert "Zephyr" not in text
        assert "partner-create" not in text
        assert "/acme/m/partners/new/" not in text

    def test_portfolio_is_a_wall(self, cast):
        text = page(cast.nina).content.decode()
        assert "Northwind" in text
        assert "Southwind" not in text

    def test_filters_show_as_chips_that_can_be_taken_off(self, cast):
        text = page(cast.vera, q="north", region="North").content.decode()
        assert "Northwind" in text
        assert "Southwind" not in text
        assert 'href="?region=North"' in text
        assert 'href="?q=north"' in text

    def test_nothing_found_differs_from_nothing_there(self, cast, inside):
        assert "No partner fits these filters" in page(cast.vera, q="zzz").content.decode()
        inside(lambda: Partner.objects.update(manager=None))
        assert "No partners yet" in page(cast.nina).content.decode()

    def test_a_value_that_is_no_filter_filters_nothing(self, cast):
        assert "Southwind" in page(cast.vera, manager="not-an-id", region="Nowhere").content.decode()

    def test_queries_do_not_grow_with_the_rows(self, cast):
        def count():
            with CaptureQueriesContext(connection) as asked:
                assert browser.get("/acme/m/partners/").status_code == 200
            return len(asked)

        browser = client_of(cast.vera)
        browser.get("/acme/m/partners/")
        few = count()
        with tenant_context(cast.acme.id):
            for n in range(30):
                facts: PartnerFacts = {"code": f"X{n}", "name": f"X{n}", "joined_on": date(2026, 1, 1)}
                create_partner(actor=cast.nina.actor, facts=facts, at=NOW)
        assert count() == few

    def test_pages_follow_each_other_without_a_gap(self, cast):
        with tenant_context(cast.acme.id):
            for n in range(60):
                facts: PartnerFacts = {
                    "code": f"X{n:02}",
                    "name": f"Extra {n:02}",
                    "joined_on": date(2026, 1, 1),
                }
                create_partner(actor=cast.vera.actor, facts=facts, at=NOW)
        browser = client_of(cast.vera)
        first = browser.get("/acme/m/partners/").context["page"]
        second = browser.get("/acme/m/partners/", {"cursor": first.next_cursor}).context["page"]
        names = [row.name for row in [*first.rows, *second.rows]]
        assert (len(first.rows), names) == (
            50,
            [*(f"Extra {n:02}" for n in range(60)), "Northwind", "Southwind"],
        )

    def test_export_holds_exactly_what_is_filtered(self, cast):
        answer = page(cast.vera, "export.csv", q="north")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert [(row["Code"], row["Name"], row["Channel manager's e-mail"]) for row in rows] == [
            ("NW", "Northwind", "nina@acme.example")
        ]
        assert "attachment" in answer["Content-Disposition"]

    def test_strangers_and_partners_are_kept_out(self, cast):
        assert client_of(cast.paul).get("/acme/m/partners/").status_code == 404
        assert client_of(cast.zed).get("/acme/m/partners/").status_code == 404


class TestRecord:
    def test_shows_facts_contacts_tree_and_history(self, cast):
        with tenant_context(cast.acme.id):
            Contact.objects.create(partner=cast.northwind, name="Ada Byron", email="ada@northwind.example")
            move_partner(
                actor=cast.vera.actor,
                partner=cast.northwind,
                parent=cast.southwind,
                starts_on=date(2026, 2, 1),
                at=NOW,
            )
        text = page(cast.vera, f"{cast.northwind.id}/").content.decode()
        for part in ("P-1", "Ada Byron", "Southwind", "Moved in the tree", "nina@acme.example", "always"):
            assert part in text

    def test_name_of_a_parent_behind_the_wall_is_not_told(self, cast):
        with tenant_context(cast.acme.id):
            move_partner(
                actor=cast.vera.actor,
                partner=cast.northwind,
                parent=cast.southwind,
                starts_on=date(2026, 2, 1),
                at=NOW,
            )
        text = page(cast.nina, f"{cast.northwind.id}/").content.decode()
        assert "a partner outside your portfolio" in text
        assert "Southwind" not in text

    @pytest.mark.parametrize("who", ["nina", "zed", "paul"])
    def test_walled_foreign_and_partner_get_one_answer(self, cast, who):
        person = getattr(cast, who)
        assert page(person, f"{cast.southwind.id}/").status_code == 404
        assert page(person, f"{cast.zephyr.id}/").status_code == 404


class TestCreate:
    def test_adds_the_partner_and_opens_it(self, cast, inside):
        answer = send(cast.vera, "new/", **FACTS)
        partner = inside(lambda: Partner.objects.get(code="P9"))
        assert answer["Location"] == f"/acme/m/partners/{partner.id}/"
        assert (partner.region, partner.website, partner.joined_on) == (
            "West",
            "https://ninth.example",
            date(2026, 2, 1),
        )

    def test_code_in_use_is_said_at_the_field_and_nothing_is_lost(self, cast, inside):
        answer = send(cast.vera, "new/", **{**FACTS, "code": "NW"})
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"code": ["Another partner has this code."]}
        assert 'value="Ninth"' in answer.content.decode()
        assert inside(Partner.objects.count) == 2

    @pytest.mark.parametrize("who", ["otto", "felix"])
    def test_who_may_only_look_changes_nothing(self, cast, inside, who):
        assert page(getattr(cast, who), "new/").status_code == 403
        assert send(getattr(cast, who), "new/", **FACTS).status_code == 403
        assert inside(Partner.objects.count) == 2

    def test_script_address_is_no_website(self, cast, inside):
        answer = send(cast.vera, "new/", **{**FACTS, "website": "javascript:alert(1)"})
        assert list(answer.context["form"].errors) == ["website"]
        assert inside(Partner.objects.count) == 2


class TestEdit:
    def test_saves_and_dates_the_standing(self, cast, inside):
        path = f"{cast.northwind.id}/edit/"
        answer = send(cast.vera, path, **edited(cast, region="South", standing_from="2026-03-15"))
        assert answer.status_code == 302
        rows = inside(
            lambda: list(PartnerStanding.objects.filter(partner=cast.northwind).order_by("starts_on"))
        )
        assert [(row.region, row.ends_on) for row in rows] == [("North", date(2026, 3, 15)), ("South", None)]

    def test_stale_version_shows_both_and_loses_nothing(self, cast, inside):
        path = f"{cast.northwind.id}/edit/"
        assert send(cast.vasily, path, **edited(cast, name="Northwind of Vasily")).status_code == 302
        answer = send(cast.vera, path, **edited(cast, name="Northwind of Vera"))
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Northwind of Vasily" in text
        assert 'value="Northwind of Vera"' in text
        assert inside(lambda: Partner.objects.get(id=cast.northwind.id).name) == "Northwind of Vasily"
        again = edited(cast, name="Northwind of Vera", version=answer.context["form"]["version"].value())
        assert send(cast.vera, path, **again).status_code == 302
        assert inside(lambda: Partner.objects.get(id=cast.northwind.id).name) == "Northwind of Vera"

    @pytest.mark.parametrize(("who", "status"), [("nina", 404), ("otto", 403), ("zed", 404)])
    def test_who_may_not_changes_nothing(self, cast, inside, who, status):
        answer = send(
            getattr(cast, who), f"{cast.southwind.id}/edit/", **edited(cast, name="Mine", code="SW")
        )
        assert answer.status_code == status
        assert inside(lambda: Partner.objects.get(id=cast.southwind.id).name) == "Southwind"
        assert inside(AuditRecord.objects.count) == 0


class TestMove:
    def test_places_under_a_parent_from_a_day(self, cast, inside):
        answer = send(cast.vera, f"{cast.northwind.id}/place/", parent_code="SW", starts_on="2026-03-15")
        assert answer.status_code == 302
        link = inside(PartnerParent.objects.get)
        assert (link.partner_id, link.parent_id, link.starts_on) == (
            cast.northwind.id, cast.southwind.id, date(2026, 3, 15),
        )  # fmt: skip

    def test_circle_is_refused_at_the_field(self, cast, inside):
        send(cast.vera, f"{cast.northwind.id}/place/", parent_code="SW", starts_on="2026-03-15")
        answer = send(cast.vera, f"{cast.southwind.id}/place/", parent_code="NW", starts_on="2026-01-01")
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["parent_code"])
        assert inside(PartnerParent.objects.count) == 1

    def test_parent_behind_the_wall_is_unknown(self, cast, inside):
        answer = send(cast.nina, f"{cast.northwind.id}/place/", parent_code="SW", starts_on="2026-03-15")
        assert answer.context["form"].errors == {"parent_code": ["There is no partner with this code."]}
        assert inside(PartnerParent.objects.count) == 0


class TestManager:
    def test_admin_assigns_and_the_wall_moves(self, cast):
        path = f"{cast.southwind.id}/manager/"
        assert send(cast.vera, path, manager=str(cast.nina.membership.id)).status_code == 302
        assert page(cast.nina, f"{cast.southwind.id}/").status_code == 200

    def test_channel_manager_may_not(self, cast, inside):
        assert send(cast.nina, f"{cast.northwind.id}/manager/", manager="").status_code == 403
        assert inside(lambda: Partner.objects.get(id=cast.northwind.id).manager_id) == cast.nina.membership.id

    def test_only_people_who_manage_can_be_chosen(self, cast, inside):
        answer = send(cast.vera, f"{cast.southwind.id}/manager/", manager=str(cast.otto.membership.id))
        assert answer.status_code == 422
        assert inside(lambda: Partner.objects.get(id=cast.southwind.id).manager_id) is None


class TestContacts:
    def test_add_change_remove(self, cast, inside):
        base = f"{cast.northwind.id}/contacts/"
        send(cast.nina, f"{base}new/", name="Ada", position="", email="ada@northwind.example", phone="")
        contact = inside(Contact.objects.get)
        send(cast.nina, f"{base}{contact.id}/", name="Ada B.", position="CTO", email="", phone="")
        changed = inside(Contact.objects.get)
        assert (changed.name, changed.position, changed.email) == ("Ada B.", "CTO", "")
        assert page(cast.nina, f"{base}{contact.id}/remove/").status_code == 200
        assert inside(Contact.objects.count) == 1
        assert send(cast.nina, f"{base}{contact.id}/remove/").status_code == 302
        assert inside(Contact.objects.count) == 0

    def test_contact_of_another_partner_is_missing(self, cast, inside):
        contact = inside(lambda: Contact.objects.create(partner=cast.southwind, name="Sven"))
        path = f"{cast.northwind.id}/contacts/{contact.id}/"
        assert send(cast.vera, path, name="Taken", position="", email="", phone="").status_code == 404
        assert inside(lambda: Contact.objects.get().name) == "Sven"
