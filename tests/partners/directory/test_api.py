"""Partners for machines: upsert by code, versions, the tree, batches, and what is refused."""

from contextlib import contextmanager
from datetime import date

import pytest

from partners.directory.models import Contact, Partner, PartnerParent, PartnerStanding
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast


@pytest.fixture
def erp(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "partners:read", "partners:write"))


def rows(cast: Cast, model, *fields: str, **where):
    with tenant_context(cast.acme.id):
        return list(model.objects.filter(**where).order_by("id").values_list(*fields, flat=len(fields) == 1))


def test_list_shows_the_tenants_partners_page_by_page(cast, erp):
    first = erp.get("partners", limit=1).json()
    assert [row["code"] for row in first["data"]] == ["NW"]
    second = erp.get("partners", limit=1, cursor=first["next_cursor"]).json()
    assert ([row["code"] for row in second["data"]], second["has_more"]) == (["SW"], False)
    assert [row["code"] for row in erp.get("partners", q="north").json()["data"]] == ["NW"]
    assert problem_of(erp.get("partners", colour="red"))["code"] == "unknown_parameter"


def test_create_answers_the_record_with_its_version(cast, erp):
    answer = erp.post("partners", {"code": "E1", "name": "Erp One", "country": "DE", "region": "West"})
    body = answer.json()
    assert (answer.status_code, answer["ETag"], answer["Location"]) == (
        201,
        '"1"',
        f"/api/v1/partners/{body['id']}",
    )
    assert (body["number"], body["country"], body["parent_code"], body["manager_email"]) == (
        "P-3",
        "DE",
        None,
        None,
    )
    assert erp.get(f"partners/{body['id']}").json() == body


def test_create_again_under_one_key_is_one_partner(cast, erp):
    body = {"code": "E1", "name": "Erp One"}
    first, second = erp.post("partners", body, key="k1"), erp.post("partners", body, key="k1")
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert rows(cast, Partner, "code") == ["NW", "SW", "E1"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"code": ""}, "/code", "blank"),
        ({"name": 5}, "/name", "text_type"),
        ({"country": "XX"}, "/country", "country_unknown"),
        ({"partner_type": "friend"}, "/partner_type", "choice_unknown"),
        ({"joined_on": "01.02.2026"}, "/joined_on", "day_format"),
        ({"website": "javascript:alert(1)"}, "/website", "invalid"),
        ({"tenant_id": "x"}, "/tenant_id", "unknown_field"),
        ({"version": 9}, "/version", "unknown_field"),
    ],
)
def test_fault_points_at_its_field_and_nothing_is_written(cast, erp, change, pointer, code):
    problem = problem_of(erp.post("partners", {"code": "E1", "name": "Erp One", **change}))
    assert problem["status"] == 422
    assert {"pointer": pointer, "code": code}.items() <= problem["errors"][0].items()
    assert rows(cast, Partner, "code") == ["NW", "SW"]


FITTING = {"country": "DE", "tax_id": "DE136695976"}
WRONG_TAX_IDS = [
    ({"country": "RU", "tax_id": "770708389"}, "inn_length"),
    ({"country": "RU", "tax_id": "7707083890"}, "inn_digits"),
    ({"country": "DE", "tax_id": "DE136695977"}, "vat"),
    ({"country": "US", "tax_id": "1"}, "tax_id"),
]


class TestTaxIds:
    """Every way in asks the one rule of the country; the answer points at the field and nothing is written."""

    @contextmanager
    def unchanged(self, cast):
        """An API stores its own answers; partners, their history and the trail stay as they were."""
        tables = (Partner, PartnerStanding, AuditRecord)
        before = [
            rows(cast, table, *(one.attname for one in table._meta.concrete_fields)) for table in tables
        ]
        yield
        assert before == [
            rows(cast, table, *(one.attname for one in table._meta.concrete_fields)) for table in tables
        ]

    def refused(self, answer, code, pointer="/tax_id"):
        problem = problem_of(answer)
        assert (problem["status"], problem["code"]) == (422, code)
        assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]

    @pytest.mark.parametrize(("told", "code"), WRONG_TAX_IDS)
    def test_a_new_partner_is_checked(self, cast, erp, told, code):
        with self.unchanged(cast):
            self.refused(erp.post("partners", {"code": "E1", "name": "Erp One", **told}), code)
            self.refused(erp.send("PUT", "partners/by-code/E1", {"name": "Erp One", **told}), code)
        assert erp.post("partners", {"code": "E1", "name": "Erp One", **FITTING}).status_code == 201

    @pytest.mark.parametrize(("told", "code"), WRONG_TAX_IDS)
    def test_a_change_is_checked(self, cast, erp, told, code):
        path = f"partners/{cast.northwind.id}"
        with self.unchanged(cast):
            self.refused(erp.send("PATCH", path, told, if_match='"1"'), code)
            self.refused(erp.send("PUT", "partners/by-code/NW", {"name": "Northwind", **told}), code)
        assert erp.send("PATCH", path, FITTING, if_match='"1"').json()["tax_id"] == "DE136695976"

    def test_a_country_that_does_not_fit_the_number_is_refused_and_what_stands_may_stand(self, cast, erp):
        path = f"partners/{cast.northwind.id}"
        with tenant_context(cast.acme.id):
            Partner.objects.filter(id=cast.northwind.id).update(country="", tax_id="old 1")
        with self.unchanged(cast):
            self.refused(erp.send("PATCH", path, {"country": "RU"}, if_match='"1"'), "inn_length")
        assert (
            erp.send("PATCH", path, {"region": "East", "tax_id": "old 1"}, if_match='"1"').status_code == 200
        )

    def test_a_row_of_a_batch_is_refused_alone(self, cast, erp):
        rows_told = [
            {"code": "E1", "name": "One", **WRONG_TAX_IDS[1][0]},
            {"code": "E2", "name": "Two", **FITTING},
        ]
        answer = erp.post("partners:batch", {"mode": "partial", "partners": rows_told})
        assert answer.status_code == 207
        assert answer.json()["results"][0]["problem"]["errors"][0]["pointer"] == "/tax_id"
        assert rows(cast, Partner, "code") == ["NW", "SW", "E2"]


def test_code_in_use_is_a_conflict(cast, erp):
    assert problem_of(erp.post("partners", {"code": "NW", "name": "Twin"}))["code"] == "partner_code_taken"
    assert rows(cast, Partner, "name") == ["Northwind", "Southwind"]


class TestChange:
    def patch(self, cast, erp, body, **headers):
        return erp.send("PATCH", f"partners/{cast.northwind.id}", body, **headers)

    def test_needs_the_version_that_was_read(self, cast, erp):
        assert self.patch(cast, erp, {"name": "A"}).status_code == 428
        assert self.patch(cast, erp, {"name": "A"}, if_match='"7"').status_code == 412
        changed = self.patch(cast, erp, {"name": "A"}, if_match='"1"')
        assert (changed.status_code, changed["ETag"], changed.json()["name"]) == (200, '"2"', "A")
        assert self.patch(cast, erp, {"name": "B"}, if_match='"1"').status_code == 412
        assert rows(cast, Partner, "name", code="NW") == ["A"]

    def test_standing_counts_from_its_day(self, cast, erp):
        body = {"region": "South", "standing_from": "2026-03-15"}
        assert self.patch(cast, erp, body, if_match='"1"').json()["region"] == "South"
        assert rows(cast, PartnerStanding, "region", "ends_on", partner=cast.northwind) == [
            ("North", date(2026, 3, 15)),
            ("South", None),
        ]


class TestByCode:
    def test_put_creates_updates_and_repeats(self, cast, erp):
        path = "partners/by-code/ERP/7"
        assert erp.send("PUT", path, {"name": "Seven", "parent_code": "NW"}).status_code == 201
        again = erp.send("PUT", path, {"name": "Seven", "parent_code": "NW"})
        assert (again.status_code, again["ETag"], again.json()["parent_code"]) == (200, '"2"', "NW")
        assert erp.send("PUT", path, {"name": "Seven Up"})["ETag"] == '"3"'
        assert erp.get(path).json()["name"] == "Seven Up"
        assert rows(cast, PartnerParent, "starts_on", "ends_on") == [(date(2000, 1, 1), None)]

    def test_unknown_parent_writes_nothing(self, cast, erp):
        problem = problem_of(erp.send("PUT", "partners/by-code/E7", {"name": "Seven", "parent_code": "NONE"}))
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("parent_unknown", "/parent_code")
        assert rows(cast, Partner, "code") == ["NW", "SW"]


class TestMoves:
    def move(self, erp, partner, parent, day):
        return erp.post(f"partners/{partner.id}/moves", {"parent_code": parent, "starts_on": day})

    def test_place_by_date_can_be_read_back(self, cast, erp):
        assert self.move(erp, cast.northwind, "SW", "2026-01-01").json()["parent_code"] == "SW"
        assert self.move(erp, cast.northwind, "", "2026-03-15").json()["parent_code"] is None
        listed = erp.get(f"partners/{cast.northwind.id}/moves").json()["data"]
        assert [(row["parent_code"], row["starts_on"], row["ends_on"]) for row in listed] == [
            ("SW", "2026-01-01", "2026-03-15")
        ]

    def test_circle_is_refused_at_the_parent(self, cast, erp):
        self.move(erp, cast.northwind, "SW", "2026-03-15")
        problem = problem_of(self.move(erp, cast.southwind, "NW", "2026-01-01"))
        assert (problem["status"], problem["code"]) == (422, "partner_tree_cycle")
        assert problem["errors"][0]["pointer"] == "/parent_code"
        assert len(rows(cast, PartnerParent, "id")) == 1


class TestBatch:
    def test_each_row_has_its_answer(self, cast, erp):
        body = {
            "partners": [
                {"code": "E1", "name": "One"},
                {"code": "NW", "name": "Northwind"},
                {"code": "SW", "name": "South Wind", "parent_code": "E1"},
                {"code": "E2"},
                {"code": "E3", "name": "A"},
                {"code": "E3", "name": "B"},
            ]
        }
        answer = erp.post("partners:batch", body)
        assert answer.status_code == 207
        assert answer.json()["summary"] == {
            "received": 6,
            "created": 1,
            "updated": 1,
            "unchanged": 1,
            "failed": 3,
        }
        assert [row["status"] for row in answer.json()["results"]] == [201, 200, 200, 422, 422, 422]
        assert rows(cast, Partner, "code") == ["NW", "SW", "E1"]

    def test_atomic_writes_all_or_none(self, cast, erp):
        body = {"mode": "atomic", "partners": [{"code": "E1", "name": "One"}, {"code": "E2"}]}
        answer = erp.post("partners:batch", body)
        assert (answer.status_code, [row["status"] for row in answer.json()["results"]]) == (422, [424, 422])
        assert rows(cast, Partner, "code") == ["NW", "SW"]

    def test_child_and_parent_of_one_batch_that_would_circle(self, cast, erp):
        body = {"partners": [{"code": "NW", "name": "Northwind", "parent_code": "SW"},
                             {"code": "SW", "name": "Southwind", "parent_code": "NW"}]}  # fmt: skip
        answer = erp.post("partners:batch", body)
        assert [row["status"] for row in answer.json()["results"]] == [200, 422]
        assert rows(cast, PartnerParent, "partner_id") == [cast.northwind.id]


def test_contacts(cast, erp):
    path = f"partners/{cast.northwind.id}/contacts"
    contact = erp.post(path, {"name": "Ada", "email": "ada@northwind.example"}).json()
    assert erp.send("PATCH", f"{path}/{contact['id']}", {"phone": "1"}).json()["phone"] == "1"
    assert [row["name"] for row in erp.get(path).json()["data"]] == ["Ada"]
    other = f"partners/{cast.southwind.id}/contacts/{contact['id']}"
    assert erp.send("DELETE", other).status_code == 404
    assert rows(cast, Contact, "name") == ["Ada"]
    assert erp.send("DELETE", f"{path}/{contact['id']}").status_code == 204
    assert rows(cast, Contact, "name") == []


def test_another_tenants_partner_is_missing(cast, erp):
    for path in (f"partners/{cast.zephyr.id}", "partners/by-code/ZE", f"partners/{cast.zephyr.id}/moves"):
        assert problem_of(erp.get(path))["code"] == "missing"
    assert erp.send("PATCH", f"partners/{cast.zephyr.id}", {"name": "X"}, if_match='"1"').status_code == 404
    with tenant_context(cast.zenith.id):
        assert Partner.objects.get().name == "Zephyr"


def test_key_that_may_only_read_writes_nothing(cast):
    reader = Machine(make_key(cast.acme, "partners:read"))
    assert reader.get("partners").status_code == 200
    assert problem_of(reader.post("partners", {"code": "E1", "name": "One"}))["code"] == "scope_required"
    assert rows(cast, Partner, "code") == ["NW", "SW"]
