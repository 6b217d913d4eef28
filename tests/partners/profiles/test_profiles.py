"""Words, custom fields, papers and the public directory: who writes what, who reads what."""

from base64 import b64encode
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils.translation import override

from partners.directory.actions import PartnerChangedMeanwhile, change_partner
from partners.directory.merging import merge_partners
from partners.directory.presentation import history_of
from partners.profiles import actions, fields, terms
from partners.profiles.models import CustomField, FieldValue, Listing, PartnerDocument, PartnerTerm, Term
from partners.profiles.queries import LISTED_ON_A_PAGE, list_documents, public_directory
from prm.audit.models import AuditRecord
from prm.files.models import StoredFile
from prm.files.queries import may_open
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast, Person, make_partner
from tests.support.clients import client_of
from tests.support.rows import nothing_written_in

TODAY = NOW.date()


@pytest.fixture
def words(cast: Cast) -> dict[str, Term]:
    """Two industries, one of them out of use; one specialisation."""
    with tenant_context(cast.acme.id):
        made = {}
        for kind, code in (("industry", "food"), ("industry", "coal"), ("specialisation", "service")):
            facts: Any = {"kind": kind, "code": code, "label_en": code.title(), "label_ru": f"ру-{code}"}
            made[code] = terms.add_term(actor=cast.vera.actor, facts=facts, at=NOW)
        terms.turn_term(actor=cast.vera.actor, term=made["coal"], at=NOW)
    return made


def make_field(cast: Cast, code: str, kind: str = "number", **facts: Any) -> CustomField:
    told: Any = {"code": code, "label_en": code.title(), "kind": kind, **facts}
    with tenant_context(cast.acme.id):
        return fields.define_field(actor=cast.vera.actor, facts=told, at=NOW)


def write(cast: Cast, told: dict[str, Any], *, by: Person | None = None, **options: Any) -> None:
    person = by or cast.vera
    scope: Any = (
        {"scope": "partner", "partner_ids": [person.actor.partner_id]} if person.actor.is_partner else {}
    )
    with tenant_context(cast.acme.id, **scope):
        actions.write_profile(actor=person.actor, partner=cast.northwind, told=told, at=NOW, **options)


def codes(cast: Cast) -> list[str]:
    """The words that hold today."""
    with tenant_context(cast.acme.id):
        held = PartnerTerm.objects.filter(ends_on__isnull=True)
        return list(held.order_by("term__code").values_list("term__code", flat=True))


def values(cast: Cast) -> dict[str, str]:
    with tenant_context(cast.acme.id):
        return fields.values_of(cast.northwind.id)


class TestWords:
    def test_told_lists_are_replaced_and_others_stay(self, cast: Cast, words: Any) -> None:
        write(cast, {"industries": ["food"], "specialisations": ["service"]})
        write(cast, {"industries": []})
        assert codes(cast) == ["service"]
        with tenant_context(cast.acme.id):
            last = AuditRecord.objects.filter(action="profile.changed").order_by("-id").first()
        assert last is not None
        assert (last.before, last.after) == ({"industries": "food"}, {"industries": ""})

    @pytest.mark.parametrize("code", ["nowhere", "coal", "service"])
    def test_an_unknown_or_retired_word_is_refused_by_list(self, cast: Cast, words: Any, code: str) -> None:
        with nothing_written_in(cast.acme), pytest.raises(terms.TermUnknown) as refusal:
            write(cast, {"industries": [code], "specialisations": ["service"]})
        assert (refusal.value.field, refusal.value.term) == ("industries", code)

    def test_a_word_that_went_out_of_use_stays_where_it_is(self, cast: Cast, words: Any) -> None:
        write(cast, {"industries": ["food"]})
        with tenant_context(cast.acme.id):
            terms.turn_term(actor=cast.vera.actor, term=words["food"], at=NOW)
        write(cast, {"industries": ["food"], "specialisations": ["service"]})
        assert codes(cast) == ["food", "service"]

    def test_one_code_once_in_a_list(self, cast: Cast, words: Any) -> None:
        facts: Any = {"kind": "industry", "code": "food", "label_en": "Other"}
        with (
            nothing_written_in(cast.acme),
            tenant_context(cast.acme.id),
            pytest.raises(terms.TermCodeTaken),
        ):
            terms.add_term(actor=cast.vera.actor, facts=facts, at=NOW)

    def test_what_a_partner_is_good_at_the_vendor_says(self, cast: Cast, words: Any) -> None:
        write(cast, {"industries": ["food"]}, by=cast.paul)
        with nothing_written_in(cast.acme), pytest.raises(actions.TermNotYours):
            write(cast, {"specialisations": ["service"]}, by=cast.paul)
        assert codes(cast) == ["food"]


class TestFields:
    def test_values_are_kept_and_emptied(self, cast: Cast) -> None:
        make_field(cast, "engineers")
        make_field(cast, "risk", "choice", options=[{"code": "low", "en": "Low", "ru": ""}])
        write(cast, {"custom_fields": {"engineers": "4", "risk": "low"}})
        assert values(cast) == {"engineers": "4", "risk": "low"}
        write(cast, {"custom_fields": {"risk": ""}})
        assert values(cast) == {"engineers": "4"}

    @pytest.mark.parametrize(
        ("told", "code"),
        [
            ({"engineers": "many"}, "number_format"),
            ({"engineers": ""}, "required"),
            ({"no": "1"}, "field_unknown"),
        ],
    )
    def test_a_fault_names_its_field_and_nothing_is_written(
        self, cast: Cast, words: Any, told: dict[str, str], code: str
    ) -> None:
        make_field(cast, "engineers", is_required=True)
        with nothing_written_in(cast.acme), pytest.raises(fields.FieldValueInvalid) as refusal:
            write(cast, {"industries": ["food"], "custom_fields": told})
        assert (refusal.value.code, [refusal.value.field]) == (code, list(told))

    def test_who_may_see_a_field_holds_for_its_values_at_once(self, cast: Cast) -> None:
        field = make_field(cast, "risk", "text")
        write(cast, {"custom_fields": {"risk": "high"}})
        own = {"scope": "partner", "partner_ids": [cast.northwind.id]}
        with tenant_context(cast.acme.id, **own):  # type: ignore[arg-type]
            assert not FieldValue.objects.exists()
            assert fields.fields_for(cast.paul.actor) == []
        with tenant_context(cast.acme.id):
            changes: Any = {"partner_access": "sees"}
            fields.change_field(actor=cast.vera.actor, field=field, changes=changes, at=NOW)
        with tenant_context(cast.acme.id, **own):  # type: ignore[arg-type]
            assert [value.value for value in FieldValue.objects.all()] == ["high"]

    def test_a_partner_fills_in_what_it_may(self, cast: Cast) -> None:
        make_field(cast, "engineers", partner_access="fills")
        make_field(cast, "showroom", "yes_no", partner_access="sees")
        write(cast, {"custom_fields": {"engineers": "7"}}, by=cast.paul)
        with nothing_written_in(cast.acme), pytest.raises(fields.FieldValueInvalid):
            write(cast, {"custom_fields": {"showroom": "yes"}}, by=cast.paul)
        assert values(cast) == {"engineers": "7"}

    def test_a_stale_version_writes_nothing(self, cast: Cast, words: Any) -> None:
        version = cast.northwind.version
        with tenant_context(cast.acme.id):
            changes: Any = {"website": "https://north.example"}
            change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=changes, at=NOW)
        with nothing_written_in(cast.acme), pytest.raises(PartnerChangedMeanwhile):
            write(cast, {"industries": ["food"]}, version=version)


class TestHistory:
    """What was said in a custom field, and by whom, stays readable on the partner's page."""

    def trail(self, cast: Cast, partner: Any = None) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
        """Who and what, the newest first, with label, old and new of each change."""
        with tenant_context(cast.acme.id):
            steps = history_of(cast.vera.actor, partner or cast.northwind)
            return [
                (step.who, str(step.what), [(str(one.label), one.before, one.after) for one in step.changes])
                for step in steps
                if step.what == "Profile changed"
            ]

    def test_each_change_tells_who_what_it_was_and_is(self, cast: Cast) -> None:
        make_field(cast, "engineers", partner_access="fills")
        make_field(cast, "showroom", "yes_no")
        make_field(cast, "risk", "choice", options=[{"code": "low", "en": "Low risk", "ru": ""}])
        make_field(cast, "audited", "date")
        write(cast, {"custom_fields": {"engineers": 4, "risk": "low", "showroom": "yes"}})
        write(cast, {"custom_fields": {"engineers": 7}}, by=cast.paul)
        write(cast, {"custom_fields": {"risk": "", "audited": "2026-03-01"}})
        assert self.trail(cast) == [
            ("Vera", "Profile changed", [("Risk", "Low risk", ""), ("Audited", "", "1 Mar 2026")]),
            ("Paul", "Profile changed", [("Engineers", "4", "7")]),
            (
                "Vera",
                "Profile changed",
                [("Engineers", "", "4"), ("Showroom", "", "yes"), ("Risk", "", "Low risk")],
            ),
        ]

    def test_the_page_shows_it_and_a_field_out_of_use_keeps_its_words(self, cast: Cast) -> None:
        field = make_field(cast, "risk", "choice", options=[{"code": "low", "en": "Low risk", "ru": "Низкий риск"}],
                           label_ru="Оценка")  # fmt: skip
        write(cast, {"custom_fields": {"risk": "low"}})
        with tenant_context(cast.acme.id):
            fields.turn_field(actor=cast.vera.actor, field=field, at=NOW)
        for language, words in (("en", ("Risk", "Low risk")), ("ru", ("Оценка", "Низкий риск"))):
            with tenant_context(cast.acme.id), override(language):
                (step,) = [one for one in history_of(cast.vera.actor, cast.northwind) if one.changes][:1]
                assert [(one.label, one.after) for one in step.changes] == [words]
        page = client_of(cast.vera).get(f"/acme/m/partners/{cast.northwind.id}/").content.decode()
        assert "Low risk" in page

    def test_what_is_said_again_or_refused_leaves_no_entry(self, cast: Cast) -> None:
        make_field(cast, "engineers")
        write(cast, {"custom_fields": {"engineers": 4}})
        with nothing_written_in(cast.acme):
            write(cast, {"custom_fields": {"engineers": "4"}})
        with nothing_written_in(cast.acme), pytest.raises(fields.FieldValueInvalid):
            write(cast, {"custom_fields": {"engineers": "many"}})
        assert len(self.trail(cast)) == 1

    def test_a_merge_tells_what_the_survivor_took_and_what_is_gone(self, cast: Cast) -> None:
        make_field(cast, "engineers")
        make_field(cast, "risk", "text")
        write(cast, {"custom_fields": {"engineers": 4}})
        with tenant_context(cast.acme.id):
            told = {"custom_fields": {"engineers": 9, "risk": "high"}}
            actions.write_profile(actor=cast.vera.actor, partner=cast.southwind, told=told, at=NOW)
            merge_partners(
                actor=cast.vera.actor, survivor=cast.northwind, merged=cast.southwind, take=(), at=NOW
            )
        assert values(cast) == {"engineers": "4", "risk": "high"}
        assert self.trail(cast)[0][2] == [("Risk", "", "high")]
        assert self.trail(cast, cast.southwind)[0][2] == [("Engineers", "9", ""), ("Risk", "high", "")]


class TestDocuments:
    def add(self, cast: Cast, *, shared: bool) -> PartnerDocument:
        facts: Any = {"kind": "contract", "title": "Frame", "valid_until": None, "shared": shared}
        with tenant_context(cast.acme.id):
            return actions.add_document(
                actor=cast.vera.actor, company=cast.northwind, facts=facts, name="frame.pdf",
                content=b"%PDF-1.4 frame", at=NOW,
            )  # fmt: skip

    @pytest.mark.parametrize(("shared", "seen"), [(True, 1), (False, 0)])
    def test_a_partner_reads_what_is_shared(self, cast: Cast, shared: bool, seen: int) -> None:
        document = self.add(cast, shared=shared)
        for person, partner, count in ((cast.paul, cast.northwind, seen), (cast.sven, cast.southwind, 0)):
            with tenant_context(cast.acme.id, scope="partner", partner_ids=[partner.id]):
                assert len(list_documents(cast.northwind.id)) == count
                assert may_open(person.actor, document.file) == bool(count)

    def test_a_partner_takes_back_what_it_sent_and_nothing_else(self, cast: Cast) -> None:
        ours = self.add(cast, shared=True)
        facts: Any = {"kind": "other", "title": "Theirs", "valid_until": None, "shared": False}
        with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id]):
            theirs = actions.add_document(
                actor=cast.paul.actor, company=cast.northwind, facts=facts, name="a.txt", content=b"a", at=NOW
            )
            assert theirs.is_shared
            with pytest.raises(actions.DocumentNotYours):
                actions.remove_document(actor=cast.paul.actor, document=ours, at=NOW)
            actions.remove_document(actor=cast.paul.actor, document=theirs, at=NOW)
            assert [document.title for document in list_documents(cast.northwind.id)] == ["Frame"]


class TestDirectory:
    def listed(self, cast: Cast) -> list[str]:
        with tenant_context(cast.acme.id):
            return [one.name for one in public_directory().listed]

    def test_who_opts_in_is_found_by_strangers(self, cast: Cast, words: Any) -> None:
        write(cast, {"specialisations": ["service"]})
        client_of(cast.paul).post("/acme/p/company/listing/", {"about": "We repair."})
        page = Client().get("/acme/find/").content.decode()
        assert "Northwind" in page
        assert "We repair." in page
        assert "Service" in page
        assert "Southwind" not in page
        assert "Northwind" not in Client().get("/acme/find/?q=south").content.decode()
        assert "Northwind" not in Client().get("/zenith/find/").content.decode()

    def test_who_leaves_the_programme_is_not_found(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            actions.list_publicly(actor=cast.paul.actor, partner=cast.northwind, about="", at=NOW)
        assert self.listed(cast) == ["Northwind"]
        with tenant_context(cast.acme.id):
            changes: Any = {"status": "paused"}
            change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=changes, at=NOW)
        assert self.listed(cast) == []

    def test_a_paused_partner_reads_that_nobody_finds_it(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            actions.list_publicly(actor=cast.paul.actor, partner=cast.northwind, about="", at=NOW)
            changes: Any = {"status": "paused"}
            change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=changes, at=NOW)
        own = client_of(cast.paul).get("/acme/p/company/profile/").content.decode()
        assert "customers do not find you" in own
        assert "Customers find you." not in own
        page = client_of(cast.vera).get(f"/acme/m/partners/{cast.northwind.id}/").content.decode()
        assert "customers do not find it" in page

    def test_it_is_read_page_by_page_and_by_region(self, cast: Cast) -> None:
        for number in range(LISTED_ON_A_PAGE):
            partner = make_partner(cast.acme, f"X{number}", f"Aalto {number:02}", region="East")
            with tenant_context(cast.acme.id):
                actions.list_publicly(actor=cast.paul.actor, partner=partner, about="", at=NOW)
        with tenant_context(cast.acme.id):
            actions.list_publicly(actor=cast.paul.actor, partner=cast.northwind, about="Ovens", at=NOW)
        stranger = Client()
        first = stranger.get("/acme/find/").content.decode()
        assert "Page 1 of 2" in first
        assert 'href="?page=2"' in first
        assert "Northwind" in stranger.get("/acme/find/?page=2").content.decode()
        assert "Page" not in stranger.get("/acme/find/?region=North").content.decode()
        assert "Northwind" in stranger.get("/acme/find/?q=ovens").content.decode()
        for page in ("0", "3", "x", "-1"):
            assert stranger.get(f"/acme/find/?page={page}").status_code == 404

    def test_the_programmes_page_leads_to_it_where_somebody_stands_there(self, cast: Cast) -> None:
        assert "/acme/find/" not in Client().get("/acme/join/").content.decode()
        with tenant_context(cast.acme.id):
            actions.list_publicly(actor=cast.paul.actor, partner=cast.northwind, about="", at=NOW)
        assert "/acme/find/" in Client().get("/acme/join/").content.decode()

    def test_staff_take_a_partner_out(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            actions.list_publicly(actor=cast.paul.actor, partner=cast.northwind, about="", at=NOW)
        client_of(cast.vera).post(f"/acme/m/partners/{cast.northwind.id}/unlist/")
        with tenant_context(cast.acme.id):
            assert not Listing.objects.exists()


class TestEnds:
    """Papers that end: told thirty days before, shown as what they are."""

    def paper(self, cast: Cast, valid_until: date, *, shared: bool = True) -> PartnerDocument:
        facts: Any = {"kind": "contract", "title": "Frame", "valid_until": valid_until, "shared": shared}
        with tenant_context(cast.acme.id):
            return actions.add_document(
                actor=cast.vera.actor, company=cast.northwind, facts=facts, name="frame.pdf",
                content=b"%PDF-1.4 frame", at=NOW,
            )  # fmt: skip

    @pytest.mark.parametrize(("days", "standing"), [(-1, "expired"), (0, "ending"), (30, "ending"), (31, "")])
    def test_a_day_says_what_its_end_means(self, cast: Cast, days: int, standing: str) -> None:
        assert self.paper(cast, TODAY + timedelta(days=days)).standing_on(TODAY) == standing

    @pytest.mark.parametrize(
        ("shared", "told"),
        [(True, ["document.ending", "document.ending_staff"]), (False, ["document.ending_staff"])],
    )
    def test_both_sides_are_reminded_once(self, cast: Cast, shared: bool, told: list[str]) -> None:
        self.paper(cast, TODAY + timedelta(days=30), shared=shared)
        with tenant_context(cast.acme.id):
            assert actions.remind_of_ends(today=TODAY - timedelta(days=1)) == 0
            assert actions.remind_of_ends(today=TODAY) == 1
            assert actions.remind_of_ends(today=TODAY + timedelta(days=1)) == 0
            rings = Event.objects.filter(name="prm.notifications.deliver")
            assert sorted(row.payload["kind"] for row in rings) == told

    def test_an_expired_paper_says_so_on_both_sides(self, cast: Cast) -> None:
        self.paper(cast, date(2026, 3, 1))
        assert (
            "Expired on 1 Mar 2026" in client_of(cast.paul).get("/acme/p/company/profile/").content.decode()
        )
        page = client_of(cast.vera).get(f"/acme/m/partners/{cast.northwind.id}/").content.decode()
        assert "Expired on 1 Mar 2026" in page

    def test_the_bytes_go_with_the_paper(self, cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
        document = self.paper(cast, date(2027, 1, 1))
        path = document.file.path
        assert default_storage.exists(path)
        with django_capture_on_commit_callbacks(execute=True), tenant_context(cast.acme.id):
            actions.remove_document(actor=cast.vera.actor, document=document, at=NOW)
        assert not default_storage.exists(path)
        with tenant_context(cast.acme.id):
            assert not StoredFile.objects.filter(path=path).exists()


class TestCompleteness:
    def test_what_is_asked_and_empty_is_named(self, cast: Cast, words: Any) -> None:
        make_field(cast, "engineers", partner_access="fills")
        make_field(cast, "risk", "text")
        page = client_of(cast.paul).get("/acme/p/company/profile/").content.decode()
        assert "0 / 2" in page
        assert "Industries, Engineers" in page

    @pytest.mark.parametrize(("person", "counted"), [("paul", 1), ("vera", 0)])
    def test_who_completes_it_of_the_partner_is_told_once(
        self, cast: Cast, words: Any, person: str, counted: int
    ) -> None:
        make_field(cast, "engineers", partner_access="fills")
        by = getattr(cast, person)
        write(cast, {"industries": ["food"]}, by=by)
        for engineers in ("4", "5"):
            write(cast, {"custom_fields": {"engineers": engineers}}, by=by)
        with tenant_context(cast.acme.id):
            assert Event.objects.filter(name="partner.profile_completed").count() == counted


class TestPages:
    def test_staff_write_a_profile(self, cast: Cast, words: Any) -> None:
        make_field(cast, "engineers")
        vera = client_of(cast.vera)
        told = {
            "version": cast.northwind.version, "industries": ["food"], "specialisations": ["service"],
            "custom_engineers": "4",
        }  # fmt: skip
        page = vera.post(f"/acme/m/partners/{cast.northwind.id}/profile/", told, follow=True).content.decode()
        assert "Food" in page
        assert "Engineers" in page
        assert (codes(cast), values(cast)) == (["food", "service"], {"engineers": "4"})

    def test_a_wrong_number_stands_at_its_field(self, cast: Cast, words: Any) -> None:
        make_field(cast, "engineers")
        told = {"version": cast.northwind.version, "industries": ["food"], "custom_engineers": "many"}
        with nothing_written_in(cast.acme):
            answer = client_of(cast.vera).post(f"/acme/m/partners/{cast.northwind.id}/profile/", told)
        assert answer.status_code == 422
        assert "Write a number such as 12.5." in answer.content.decode()

    def test_a_field_is_defined_with_its_choices(self, cast: Cast) -> None:
        told = {
            "code": "risk", "label_en": "Risk", "label_ru": "Риск", "kind": "choice", "partner_access": "none",
            "options_text": "low = Low = Низкий\nHigh one",
        }  # fmt: skip
        assert client_of(cast.vera).post("/acme/m/fields/new/", told).status_code == 302
        with tenant_context(cast.acme.id):
            field = CustomField.objects.get()
        assert field.options == [
            {"code": "low", "en": "Low", "ru": "Низкий"},
            {"code": "high_one", "en": "High one", "ru": ""},
        ]

    def save(self, cast: Cast, **typed: Any) -> None:
        with tenant_context(cast.acme.id):
            version = type(cast.northwind).objects.get(id=cast.northwind.id).version
        answer = client_of(cast.vera).post(
            f"/acme/m/partners/{cast.northwind.id}/profile/", {"version": version, **typed}
        )
        assert answer.status_code == 302

    def test_saving_keeps_a_word_that_went_out_of_use(self, cast: Cast, words: Any) -> None:
        write(cast, {"industries": ["food"]})
        with tenant_context(cast.acme.id):
            terms.turn_term(actor=cast.vera.actor, term=words["food"], at=NOW)
        page = client_of(cast.vera).get(f"/acme/m/partners/{cast.northwind.id}/profile/").content.decode()
        assert "Food (out of use)" in page
        assert "Coal" not in page
        self.save(cast, industries=["food"])
        assert codes(cast) == ["food"]

    def test_saving_keeps_a_choice_that_is_offered_no_longer(self, cast: Cast) -> None:
        options = [{"code": code, "en": code.title(), "ru": ""} for code in ("low", "high")]
        field = make_field(cast, "risk", "choice", options=options)
        write(cast, {"custom_fields": {"risk": "low"}})
        with tenant_context(cast.acme.id):
            changes: Any = {"options": options[1:]}
            fields.change_field(actor=cast.vera.actor, field=field, changes=changes, at=NOW)
        page = client_of(cast.vera).get(f"/acme/m/partners/{cast.northwind.id}/profile/").content.decode()
        assert "low (out of use)" in page
        self.save(cast, custom_risk="low")
        assert values(cast) == {"risk": "low"}
        self.save(cast, custom_risk="high")
        with nothing_written_in(cast.acme), pytest.raises(fields.FieldValueInvalid):
            write(cast, {"custom_fields": {"risk": "low"}})

    def test_fields_are_put_into_order(self, cast: Cast) -> None:
        made = [make_field(cast, code) for code in ("one", "two", "three")]
        client_of(cast.vera).post(f"/acme/m/fields/{made[2].id}/move/", {"place": "1"})
        client_of(cast.vera).post(f"/acme/m/fields/{made[0].id}/move/", {"place": "3"})
        with tenant_context(cast.acme.id):
            assert [field.code for field in fields.list_fields()] == ["three", "two", "one"]

    def test_the_partner_meets_no_list_of_the_vendors(self, cast: Cast, words: Any) -> None:
        content = client_of(cast.paul).get("/acme/p/company/profile/edit/").content.decode()
        assert 'name="industries"' in content
        assert 'name="specialisations"' not in content


class TestApi:
    @pytest.fixture
    def erp(self, cast: Cast) -> Machine:
        return Machine(make_key(cast.acme, "partners:read", "partners:write", "vocabulary:read"))

    def test_a_profile_is_read_and_patched(self, cast: Cast, words: Any, erp: Machine) -> None:
        make_field(cast, "engineers")
        address = f"partners/{cast.northwind.id}/profile"
        tag = erp.get(address)["ETag"]
        body = {"industries": ["food"], "custom_fields": {"engineers": 4}}
        answer = erp.send("PATCH", address, body, if_match=tag)
        assert answer.status_code == 200
        told = erp.get(address).json()
        assert (told["industries"], told["custom_fields"], told["is_listed"]) == (
            ["food"],
            {"engineers": "4"},
            False,
        )
        assert [term["code"] for term in erp.get("terms").json()["data"]] == ["food", "coal", "service"]
        assert [field["code"] for field in erp.get("fields").json()["data"]] == ["engineers"]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"industries": ["nowhere"]}, "/industries"),
            ({"industries": ["food"], "custom_fields": {"engineers": "many"}}, "/custom_fields/engineers"),
        ],
    )
    def test_a_refusal_points_at_the_field(
        self, cast: Cast, words: Any, erp: Machine, body: Any, pointer: str
    ) -> None:
        make_field(cast, "engineers")
        address = f"partners/{cast.northwind.id}/profile"
        answer = erp.send("PATCH", address, body, if_match=erp.get(address)["ETag"])
        assert answer.status_code == 422
        assert [error["pointer"] for error in problem_of(answer)["errors"]] == [pointer]
        assert (codes(cast), values(cast)) == ([], {})

    def test_fields_are_defined_and_changed(self, cast: Cast) -> None:
        erp = Machine(make_key(cast.acme, "vocabulary:read", "vocabulary:write"))
        option = {"code": "low", "en": "Low"}
        made = erp.post("fields", {"code": "risk", "label_en": "Risk", "kind": "choice", "options": [option]})
        assert made.status_code == 201
        erp.post("fields", {"code": "engineers", "label_en": "Engineers", "kind": "number"})
        address = f"fields/{made.json()['id']}"
        changed = erp.send("PATCH", address, {"label_ru": "Риск", "place": 2}).json()
        assert (changed["label_ru"], changed["place"]) == ("Риск", 2)
        assert erp.send("PATCH", address, {"is_retired": True}).json()["is_retired"] is True
        assert [field["code"] for field in erp.get("fields").json()["data"]] == ["engineers"]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"kind": "choice"}, "/options"),
            ({"kind": "number", "options": [{"code": "a", "en": "A"}]}, "/options"),
            ({"kind": "choice", "options": [{"code": "A b", "en": "A"}]}, "/options"),
            ({"kind": "number", "code": "Big"}, "/code"),
        ],
    )
    def test_what_cannot_be_a_field_is_refused_by_its_part(
        self, cast: Cast, body: dict[str, Any], pointer: str
    ) -> None:
        erp = Machine(make_key(cast.acme, "vocabulary:write"))
        answer = erp.post("fields", {"code": "risk", "label_en": "Risk", **body})
        assert [error["pointer"] for error in problem_of(answer)["errors"]] == [pointer]
        with tenant_context(cast.acme.id):
            assert not CustomField.objects.exists()

    def test_documents_are_stored_listed_read_and_removed(self, cast: Cast) -> None:
        erp = Machine(make_key(cast.acme, "documents:read", "documents:write", "files:read"))
        address, content = f"partners/{cast.northwind.id}/documents", b"%PDF-1.4 frame"
        body = {
            "kind": "contract", "title": "Frame", "valid_until": "2027-01-01", "shared": True,
            "file_name": "frame.pdf", "content_base64": b64encode(content).decode(),
        }  # fmt: skip
        made = erp.post(address, body)
        assert made.status_code == 201
        (listed,) = erp.get(address).json()["data"]
        assert (listed["title"], listed["shared"], listed["file_name"]) == ("Frame", True, "frame.pdf")
        assert b"".join(erp.get(f"files/{listed['file_id']}").streaming_content) == content
        assert erp.send("DELETE", f"documents/{listed['id']}").status_code == 204
        assert erp.get(address).json()["data"] == []

    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"content_base64": "%%"}, "base64_format"), ({"file_name": "frame.exe"}, "file_kind_refused")],
    )
    def test_a_file_that_is_not_taken_is_said_at_its_content(
        self, cast: Cast, changes: dict[str, str], code: str
    ) -> None:
        erp = Machine(make_key(cast.acme, "documents:write"))
        body = {"kind": "other", "title": "X", "file_name": "a.pdf", "content_base64": "JVBERi0xLjQ="}
        answer = erp.post(f"partners/{cast.northwind.id}/documents", {**body, **changes})
        assert [(e["pointer"], e["code"]) for e in problem_of(answer)["errors"]] == [
            ("/content_base64", code)
        ]
        with tenant_context(cast.acme.id):
            assert not PartnerDocument.objects.exists()
