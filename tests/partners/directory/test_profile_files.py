"""The list of partners with what profiles know: filters, and files that can be imported again."""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from partners.profiles import fields, terms
from partners.profiles.actions import write_profile
from prm.imports.kinds import import_kind
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of

LIST = "/acme/m/partners/"


@pytest.fixture
def acme(cast: Cast) -> Cast:
    """Northwind is in food with a low risk; nothing is known of Southwind."""
    with tenant_context(cast.acme.id):
        for kind, code in (("industry", "food"), ("industry", "coal"), ("specialisation", "service")):
            facts: Any = {"kind": kind, "code": code, "label_en": code.title()}
            terms.add_term(actor=cast.vera.actor, facts=facts, at=NOW)
        options = [{"code": "low", "en": "Low", "ru": ""}]
        asked: Any = {"code": "risk", "label_en": "Risk", "kind": "choice", "options": options}
        fields.define_field(actor=cast.vera.actor, facts=asked, at=NOW)
        told = {"industries": ["food", "coal"], "custom_fields": {"risk": "low"}}
        write_profile(actor=cast.vera.actor, partner=cast.northwind, told=told, at=NOW)
    return cast


@pytest.mark.parametrize(
    "asked",
    [
        {"industry": "food"},
        {"industry": "coal"},
        {"field_risk": "low"},
        {"industry": "food", "field_risk": "low"},
    ],
)
def test_the_list_is_filtered_by_profiles(acme: Cast, asked: dict[str, str]) -> None:
    page = client_of(acme.vera).get(LIST, asked).content.decode()
    assert "Northwind" in page
    assert "Southwind" not in page
    rows = client_of(acme.vera).get(f"{LIST}export.csv", asked).content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2


def test_who_has_not_the_word_is_not_listed(acme: Cast) -> None:
    page = client_of(acme.vera).get(LIST, {"specialisation": "service"}).content.decode()
    assert "No partner fits these filters" in page
    machine = Machine(make_key(acme.acme, "partners:read"))
    assert [row["code"] for row in machine.get("partners", industry="food").json()["data"]] == ["NW"]
    assert machine.get("partners", specialisation="service").json()["data"] == []


def test_an_export_is_read_by_the_import(acme: Cast) -> None:
    text = client_of(acme.vera).get(f"{LIST}export.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    with tenant_context(acme.acme.id):
        columns = {str(column.label): column for column in import_kind("partners").columns}
    assert {"Industries", "Risk"} <= columns.keys()
    assert [(row["Industries"], row["Risk"]) for row in rows] == [("coal, food", "low"), ("", "")]
    assert set(rows[0]) - columns.keys() == {"Number"}


def test_a_workbook_holds_the_same(acme: Cast) -> None:
    client = client_of(acme.vera)
    answer = client.get(f"{LIST}export.xlsx")
    assert answer["Content-Disposition"].endswith('"partners.xlsx"')
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    text = client.get(f"{LIST}export.csv").content.decode("utf-8-sig")
    assert sheet == list(csv.reader(io.StringIO(text)))


def test_a_cell_of_a_workbook_is_no_formula(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        type(acme.northwind).objects.filter(id=acme.northwind.id).update(legal_name="=1+1")
    content = client_of(acme.vera).get(f"{LIST}export.xlsx").content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[1][3] == "=1+1"
