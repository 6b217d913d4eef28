"""Files of partners: rows in any order become a tree; what was imported can be taken back whole."""

from datetime import date
from typing import Any

import pytest

from partners.directory.importing import PARTNERS
from partners.directory.models import Partner, PartnerParent, PartnerStanding
from partners.profiles import fields, terms
from partners.profiles.models import Term
from partners.sales.models import SaleLine
from prm.imports import actions as imports
from prm.imports.cells import CellInvalid
from prm.imports.kinds import AppliedRow, ImportScope, ParsedRow, Reading, UndoRefused, import_kind
from prm.imports.models import Import
from prm.imports.work import work_on_applying, work_on_check, work_on_undoing
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast


@pytest.fixture
def acme(cast: Cast):
    with tenant_context(cast.acme.id):
        yield cast


def scope(cast: Cast) -> ImportScope:
    return ImportScope(cast.vera.actor, NOW, uuid7(), "file")


def take(cast: Cast, *rows: dict, who: str = "vera") -> list:
    parsed = [
        ParsedRow(number, {"name": f"Partner {row['code']}", **row}) for number, row in enumerate(rows, 2)
    ]
    told = ImportScope(getattr(cast, who).actor, NOW, uuid7(), "file")
    return list(PARTNERS.apply(told, parsed))


def undo(cast: Cast, results) -> None:
    applied = [
        AppliedRow(number, result.effect, result.record_id, result.undo)
        for number, result in enumerate(results, 2)
        if result.effect in ("created", "updated")
    ]
    assert PARTNERS.undo is not None
    PARTNERS.undo(scope(cast), applied)


def everything() -> dict:
    return {
        "partners": list(Partner.objects.order_by("id").values_list("code", "name", "region", "tier")),
        "standings": list(
            PartnerStanding.objects.order_by("partner_id", "starts_on").values_list(
                "partner_id", "starts_on", "region", "tier"
            )
        ),
        "parents": list(
            PartnerParent.objects.order_by("partner_id").values_list("partner_id", "parent_id", "starts_on")
        ),
    }


def test_kind_is_on_offer(acme):
    assert import_kind("partners").key == PARTNERS.key


def test_children_may_come_before_their_parents(acme):
    results = take(acme, {"code": "R", "parent_code": "D"}, {"code": "D", "parent_code": "M"}, {"code": "M"})
    assert [result.effect for result in results] == ["created"] * 3
    links = PartnerParent.objects.order_by("partner__code").values_list(
        "partner__code", "parent__code", "starts_on"
    )
    assert list(links) == [("D", "M", date(2000, 1, 1)), ("R", "D", date(2000, 1, 1))]


def test_empty_cell_leaves_what_is_there(acme):
    results = take(
        acme, {"code": "NW", "name": "Northwind", "region": None, "tier": "gold", "parent_code": None}
    )
    assert [result.effect for result in results] == ["updated"]
    northwind = Partner.objects.get(code="NW")
    assert (northwind.region, northwind.tier) == ("North", "gold")
    assert take(acme, {"code": "NW", "name": "Northwind"})[0].effect == "unchanged"


def test_bad_row_names_its_column_and_the_others_are_taken(acme):
    results = take(acme, {"code": "A", "parent_code": "NONE"}, {"code": "B"}, {"code": "NW", "parent_code": "SW"},
                   {"code": "SW", "parent_code": "NW"})  # fmt: skip
    faults = [[(error.column, error.code) for error in result.errors] for result in results]
    assert faults.count([("parent_code", "parent_unknown")]) == 1
    assert faults.count([("parent_code", "partner_tree_cycle")]) == 1
    assert sorted(Partner.objects.values_list("code", flat=True)) == ["B", "NW", "SW"]


def test_taken_back_whole(acme):
    before = everything()
    results = take(acme, {"code": "NW", "region": "South", "tier": "gold", "parent_code": "D"}, {"code": "D"},
                   {"code": "E", "parent_code": "D"})  # fmt: skip
    undo(acme, results)
    assert everything() == before


def test_partner_changed_since_is_not_taken_back(acme):
    results = take(acme, {"code": "NW", "region": "South"}, {"code": "D"})
    take(acme, {"code": "NW", "region": "West"})
    before = everything()
    with pytest.raises(UndoRefused) as refused:
        undo(acme, results)
    assert refused.value.code == "version_conflict"
    assert everything() == before


def test_partner_that_has_sold_is_not_taken_back(acme):
    from partners.products.models import Product

    results = take(acme, {"code": "D"}, {"code": "E"})
    product = Product.objects.create(code="B", name="B", changed_at=NOW)
    SaleLine.objects.create(
        source="erp", external_id="1", occurred_on=NOW.date(), quantity=1, amount_minor=1, currency="EUR",
        partner_id=results[0].record_id, product=product, recorded_at=NOW, first_recorded_at=NOW,
    )  # fmt: skip
    with pytest.raises(UndoRefused) as refused:
        undo(acme, results)
    assert refused.value.code == "partner_in_use"
    assert Partner.objects.filter(code__in=["D", "E"]).count() == 2


def test_portfolio_wall_holds_for_files_too(acme):
    parsed = [
        ParsedRow(2, {"code": "SW", "name": "Taken"}),
        ParsedRow(3, {"code": "X", "name": "X", "parent_code": "SW"}),
    ]
    results = PARTNERS.apply(ImportScope(acme.nina.actor, NOW, uuid7(), "file"), parsed)
    assert [result.errors[0].code for result in results] == ["partner_code_taken", "parent_unknown"]
    assert sorted(Partner.objects.values_list("name", flat=True)) == ["Northwind", "Southwind"]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("partner_type", "Дистрибьютор", "distributor"),
        ("country", "de", "DE"),
        ("joined_on", "31.12.2025", date(2025, 12, 31)),
        ("website", "northwind.example", "https://northwind.example"),
    ],
)
def test_cells_are_read_as_people_write_them(column, cell, value):
    found = PARTNERS.column(column)
    assert found is not None
    assert found.parse(cell, Reading({})) == value


@pytest.mark.parametrize(
    ("column", "cell"), [("country", "XX"), ("website", "javascript:alert(1)"), ("partner_type", "friend")]
)
def test_cells_that_say_nothing_are_refused(column, cell):
    found = PARTNERS.column(column)
    assert found is not None
    with pytest.raises(CellInvalid):
        found.parse(cell, Reading({}))


def test_file_of_an_erp_goes_the_whole_way(cast):
    """CP1251, semicolons, Russian heads, the child above its parent; tried, applied, taken back."""
    text = (
        "Код;Наименование;Тип;Вышестоящий;Партнёр с\n"
        "R-1;ООО «Ромашка»;реселлер;D-1;31.12.2025\n"
        "D-1;Оптима;Дистрибьютор;;01.01.2025\n"
    )
    with tenant_context(cast.acme.id):
        before = everything()
        batch = imports.take_file(
            actor=cast.vera.actor,
            kind=PARTNERS,
            source="file",
            name="p.csv",
            content=text.encode("cp1251"),
            at=NOW,
        )
        imports.start_check(actor=cast.vera.actor, batch=batch, mapping=batch.mapping, decimal="auto", at=NOW)
    work_on_check(tenant_id=cast.acme.id, import_id=batch.id, now=lambda: NOW)
    with tenant_context(cast.acme.id):
        assert everything() == before
        imports.start_applying(
            actor=cast.vera.actor, batch=Import.objects.get(id=batch.id), whole=True, at=NOW
        )
    work_on_applying(tenant_id=cast.acme.id, import_id=batch.id, now=lambda: NOW)
    with tenant_context(cast.acme.id):
        romashka = Partner.objects.get(code="R-1")
        assert (romashka.name, romashka.joined_on) == ("ООО «Ромашка»", date(2025, 12, 31))
        assert PartnerParent.objects.get().parent.code == "D-1"
        imports.start_undo(actor=cast.vera.actor, batch=Import.objects.get(id=batch.id), at=NOW)
    work_on_undoing(tenant_id=cast.acme.id, import_id=batch.id, now=lambda: NOW)
    with tenant_context(cast.acme.id):
        assert everything() == before


def test_a_channel_manager_brings_in_partners_of_the_own_portfolio(acme):
    results = take(acme, {"code": "NEW"}, {"code": "NW", "region": "South"}, who="nina")
    assert [result.effect for result in results] == ["created", "updated"]
    assert Partner.objects.get(code="NEW").manager_id == acme.nina.membership.id


@pytest.mark.parametrize(
    ("row", "code"),
    [({"code": "SW"}, "partner_code_taken"), ({"code": "NW", "parent_code": "SW"}, "parent_unknown")],
)
def test_a_channel_manager_touches_no_partner_of_others(acme, row, code):
    before = everything()
    [result] = take(acme, row, who="nina")
    assert [error.code for error in result.errors] == [code]
    assert everything() == before
    [allowed] = take(acme, row)
    assert allowed.effect == "updated"


@pytest.fixture
def asked(acme):
    """Two industries, one of them out of use, and a choice of the vendor's own."""
    for code, label in (("food", "Food production"), ("coal", "Coal")):
        facts: Any = {"kind": "industry", "code": code, "label_en": label, "label_ru": ""}
        terms.add_term(actor=acme.vera.actor, facts=facts, at=NOW)
    terms.turn_term(actor=acme.vera.actor, term=Term.objects.get(code="coal"), at=NOW)
    options = [{"code": "low", "en": "Low", "ru": "Низкий"}]
    choice: Any = {"code": "risk", "label_en": "Risk", "kind": "choice", "options": options}
    fields.define_field(actor=acme.vera.actor, facts=choice, at=NOW)
    return acme


def read(key, cell):
    column = import_kind("partners").column(key)
    assert column is not None
    return column.parse(cell, Reading({}))


def faults_of(results):
    return [[(error.column, error.code) for error in result.errors] for result in results]


def test_files_carry_profiles(asked):
    assert read("industries", "Food production; food") == ["food", "food"]
    with pytest.raises(CellInvalid) as unknown:
        read("industries", "Space")
    assert unknown.value.code == "word_unknown"
    results = take(asked, {"code": "NW", "industries": ["food"], "field_risk": read("field_risk", "низкий")},
                   {"code": "NEW", "industries": None, "field_risk": None})  # fmt: skip
    assert [result.effect for result in results] == ["updated", "created"]
    assert terms.codes_of(asked.northwind.id)["industries"] == ["food"]
    assert fields.values_of(asked.northwind.id) == {"risk": "low"}
    undo(asked, results)
    assert terms.codes_of(asked.northwind.id)["industries"] == []
    assert fields.values_of(asked.northwind.id) == {}


def test_a_fault_of_the_profile_names_its_column(asked):
    results = take(asked, {"code": "A", "industries": ["coal"]}, {"code": "B", "field_risk": "high"})
    assert faults_of(results) == [[("industries", "term_unknown")], [("field_risk", "choice_unknown")]]
    assert not Partner.objects.filter(code__in=["A", "B"]).exists()


def test_the_manager_is_named_by_mail(acme):
    results = take(
        acme, {"code": "SW", "manager_email": "Nina@acme.example"}, {"code": "A", "manager_email": "x@y.z"}
    )
    assert faults_of(results) == [[], [("manager_email", "manager_unknown")]]
    assert Partner.objects.get(code="SW").manager_id == acme.nina.membership.id
    undo(acme, results)
    assert Partner.objects.get(code="SW").manager_id is None


def test_a_managers_file_moves_no_portfolio(acme):
    own = ImportScope(acme.nina.actor, NOW, uuid7(), "file")
    rows = [
        ParsedRow(2, {"code": "NW", "name": "Northwind", "manager_email": "nina@acme.example"}),
        ParsedRow(3, {"code": "NW2", "name": "New", "manager_email": "vera@acme.example"}),
    ]
    assert faults_of(PARTNERS.apply(own, rows)) == [[], [("manager_email", "manager_not_yours")]]


def test_a_tax_id_is_checked_where_the_country_is_known(acme):
    rows = [
        {"code": "A", "tax_id": "DE123", "country": "DE"},
        {"code": "B", "tax_id": "7707083890", "country": "RU"},
        {"code": "C", "tax_id": "7707083893", "country": "RU"},
        {"code": "D", "tax_id": "whatever!"},
    ]
    assert faults_of(take(acme, *rows)) == [[("tax_id", "vat")], [("tax_id", "inn_digits")], [], []]
    assert faults_of(take(acme, {"code": "D", "tax_id": "whatever!", "region": "East"})) == [[]]
    assert faults_of(take(acme, {"code": "D", "country": "DE"})) == [[("tax_id", "vat")]]
