"""Words, custom fields, papers and the public directory: who writes what, who reads what."""

from typing import Any

import pytest
from django.test import Client

from partners.directory.actions import PartnerChangedMeanwhile, change_partner
from partners.profiles import actions, fields, terms
from partners.profiles.models import CustomField, FieldValue, Listing, PartnerDocument, PartnerTerm, Term
from partners.profiles.queries import list_documents, public_directory
from prm.audit.models import AuditRecord
from prm.files.queries import may_open
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of
from tests.support.rows import nothing_written_in


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
    with tenant_context(cast.acme.id):
        return list(PartnerTerm.objects.order_by("term__code").values_list("term__code", flat=True))


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
            return [one.name for one in public_directory()]

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

    def test_staff_take_a_partner_out(self, cast: Cast) -> None:
        with tenant_context(cast.acme.id):
            actions.list_publicly(actor=cast.paul.actor, partner=cast.northwind, about="", at=NOW)
        client_of(cast.vera).post(f"/acme/m/partners/{cast.northwind.id}/unlist/")
        with tenant_context(cast.acme.id):
            assert not Listing.objects.exists()


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
