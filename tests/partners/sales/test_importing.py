"""Files of sales: the same lines as through the batch door, and the way back."""

from datetime import timedelta
from typing import Any

import pytest

from partners.sales import guards
from partners.sales.guards import UndoForbidden, register_undo_guard
from partners.sales.importing import SALES, split_cell
from partners.sales.models import SaleLine, SaleLineRevision, SaleSplit
from partners.sales.rules import Share
from prm.imports import actions
from prm.imports.cells import CellInvalid
from prm.imports.kinds import Reading, import_kinds
from prm.imports.models import Import, ImportState
from prm.imports.presentation import failed_rows_file, failure_of, refused_row
from prm.imports.queries import access_import, rows_in_error
from prm.imports.work import work_on_applying, work_on_check, work_on_undoing
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.sales import effects, line, record, sold, stock

RUSSIAN = (
    "Номер заказа;Дата;Код партнера;Артикул;Количество;Сумма без НДС;Валюта;Себестоимость;Вид\r\n"
    "SO-1;31.03.2026;NW;BIKE;2;1 234,50;EUR;900;продажа\r\n"
    "SO-2;01.04.2026;;HELMET;1;10,00;EUR;;\r\n"
    "SO-3;01.04.2026;NW;HELMET;1;2,50;EUR;;возврат\r\n"
    "SO-4;01.04.2026;NONE;HELMET;1;2,50;EUR;;\r\n"
    "SO-5;41.04.2026;NW;BIKE;1;1,005;EUR;;подарок\r\n"
)


class Desk:
    """Vera sends files of sales in; the work is called as the task calls it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.at = NOW

    def take(self, text: str, encoding: str = "utf-8", source: str = "file") -> Import:
        self.at += timedelta(minutes=1)
        with tenant_context(self.cast.acme.id):
            batch = actions.take_file(
                actor=self.cast.vera.actor,
                kind=SALES,
                source=source,
                name="sales.csv",
                content=text.encode(encoding),
                at=self.at,
            )
            actions.start_check(
                actor=self.cast.vera.actor, batch=batch, mapping=batch.mapping, decimal="auto", at=self.at
            )
        work_on_check(tenant_id=self.cast.acme.id, import_id=batch.id, now=lambda: self.at)
        return self.again(batch)

    def apply(self, batch: Import) -> Import:
        with tenant_context(self.cast.acme.id):
            actions.start_applying(actor=self.cast.vera.actor, batch=batch, whole=False, at=self.at)
        work_on_applying(tenant_id=self.cast.acme.id, import_id=batch.id, now=lambda: self.at)
        return self.again(batch)

    def undo(self, batch: Import) -> Import:
        self.at += timedelta(minutes=1)
        with tenant_context(self.cast.acme.id):
            actions.start_undo(actor=self.cast.vera.actor, batch=batch, at=self.at)
        work_on_undoing(tenant_id=self.cast.acme.id, import_id=batch.id, now=lambda: self.at)
        return self.again(batch)

    def again(self, batch: Import) -> Import:
        with tenant_context(self.cast.acme.id):
            return access_import(self.cast.vera.actor, batch.id)

    def lines(self) -> dict[str, tuple[int, bool, int]]:
        with tenant_context(self.cast.acme.id):
            rows = SaleLine.objects.values_list("external_id", "amount_minor", "voided", "revision")
            return {name: tuple(rest) for name, *rest in rows}  # type: ignore[misc]


@pytest.fixture
def desk(cast: Cast) -> Desk:
    stock(cast)
    return Desk(cast)


def test_the_kind_is_offered() -> None:
    assert SALES in import_kinds()


def test_a_russian_file_is_understood(desk: Desk) -> None:
    batch = desk.take(RUSSIAN, "cp1251")
    assert set(batch.mapping) == {
        "order_number",
        "occurred_on",
        "partner",
        "product",
        "quantity",
        "amount",
        "currency",
        "cost",
        "kind",
    }
    assert (batch.counts["created"], batch.counts["error"]) == (3, 2)
    with tenant_context(desk.cast.acme.id):
        found = {
            row.number: {(error["column"], error["code"]) for error in row.errors}
            for row in rows_in_error(batch)
        }
        assert SaleLine.objects.count() == 0
    assert found == {
        5: {("partner", "unknown_partner")},
        6: {("occurred_on", "day_format"), ("amount", "amount_ambiguous"), ("kind", "choice_unknown")},
    }
    desk.apply(batch)
    with tenant_context(desk.cast.acme.id):
        bike = sold("SO-1-BIKE")
        assert (bike.source, bike.amount_minor, bike.cost_minor, bike.order_number) == (
            "file",
            123450,
            90000,
            "SO-1",
        )
        assert bike.import_batch_id == batch.id
        assert (sold("SO-2-HELMET").partner_id, sold("SO-3-HELMET").kind) == (None, "refund")


def test_mistakes_are_worded_and_downloadable(desk: Desk) -> None:
    batch = desk.take(RUSSIAN)
    with tenant_context(desk.cast.acme.id):
        row = refused_row(SALES, batch, rows_in_error(batch).get(number=5))
        assert row.cells[0].faults == ["There is no partner with the code NONE."]
        assert "SO-4" in row.context
        file = failed_rows_file(SALES, batch, delimiter=";")
    head, first, second = file.removeprefix("\ufeff").splitlines()
    assert head.endswith(";Error")
    assert (
        first
        == "SO-4;01.04.2026;NONE;HELMET;1;2,50;EUR;;;Partner code: There is no partner with the code NONE."
    )
    assert second.startswith("SO-5;41.04.2026;NW;BIKE;1;1,005;EUR;;подарок;")


def test_a_line_that_stands_twice_shows_what_names_it_and_the_rest_to_correct(desk: Desk) -> None:
    head, first, *_rest = RUSSIAN.splitlines()
    batch = desk.take("\r\n".join([head, first, first]))
    with tenant_context(desk.cast.acme.id):
        row = refused_row(SALES, batch, rows_in_error(batch).get(number=3))
    assert [(cell.key, bool(cell.faults)) for cell in row.cells] == [
        ("order_number", True),
        ("product", False),
    ]
    assert {cell.key for cell in row.others} == set(batch.mapping) - {"order_number", "product"}


def test_the_same_file_twice_doubles_nothing(desk: Desk) -> None:
    desk.apply(desk.take(RUSSIAN))
    before = desk.lines()
    again = desk.take(RUSSIAN)
    assert (again.counts["unchanged"], again.counts["created"], again.counts["updated"]) == (3, 0, 0)
    assert desk.lines() == before


def test_undo_voids_what_was_new_and_puts_back_what_was_amended(desk: Desk) -> None:
    split = [{"partner": "NW", "percent": "50"}, {"partner": "SW", "percent": "50"}]
    with tenant_context(desk.cast.acme.id):
        record(desk.cast.system, [line("SO-1-BIKE", "7.00", source="file", splits=split)])
    batch = desk.apply(desk.take(RUSSIAN))
    assert desk.lines()["SO-1-BIKE"] == (123450, False, 2)
    assert desk.undo(batch).state == ImportState.UNDONE
    assert desk.lines() == {
        "SO-1-BIKE": (700, False, 3),
        "SO-2-HELMET": (1000, True, 2),
        "SO-3-HELMET": (250, True, 2),
    }
    with tenant_context(desk.cast.acme.id):
        assert sorted(SaleSplit.objects.values_list("amount_minor", flat=True)) == [350, 350]
        assert SaleLineRevision.objects.count() == 4


def test_a_line_that_was_amended_since_stays_as_it_is(desk: Desk) -> None:
    batch = desk.apply(desk.take(RUSSIAN))
    with tenant_context(desk.cast.acme.id):
        later = desk.at + timedelta(seconds=5)
        record(desk.cast.system, [line("SO-2-HELMET", "11.00", source="file")], at=later)
    desk.undo(batch)
    assert desk.lines()["SO-2-HELMET"] == (1100, False, 2)
    assert desk.lines()["SO-1-BIKE"] == (123450, True, 2)


def test_undoing_the_later_of_two_imports_first(desk: Desk) -> None:
    first = desk.apply(desk.take(RUSSIAN))
    second = desk.apply(desk.take(RUSSIAN.replace("1 234,50", "99,00")))
    desk.undo(second)
    assert desk.lines()["SO-1-BIKE"] == (123450, False, 3)
    desk.undo(first)
    assert desk.lines()["SO-1-BIKE"] == (123450, True, 4)
    third = desk.apply(desk.take(RUSSIAN))
    assert desk.lines()["SO-1-BIKE"] == (123450, False, 5)
    desk.undo(third)
    assert desk.lines()["SO-1-BIKE"] == (123450, True, 6)


def test_a_guard_keeps_what_something_depends_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def guard(line_ids: Any) -> UndoForbidden | None:
        asked.extend(line_ids)
        return UndoForbidden("line_paid", "One of its lines is in an exported payout.")

    monkeypatch.setattr(guards, "_guards", [])
    register_undo_guard(guard)
    batch = desk.apply(desk.take(RUSSIAN))
    before = desk.lines()
    kept = desk.undo(batch)
    assert (len(asked), desk.lines(), kept.state) == (3, before, ImportState.APPLIED)
    assert failure_of(kept).endswith("nothing was taken back. One of its lines is in an exported payout.")


def test_the_door_and_the_file_meet_in_one_line(desk: Desk) -> None:
    desk.apply(desk.take(RUSSIAN, source="erp"))
    with tenant_context(desk.cast.acme.id):
        told = line(
            "SO-1-BIKE",
            "1234.50",
            occurred_on="2026-03-31",
            quantity="2",
            cost="900.00",
            order_number="SO-1",
        )
        assert effects(record(desk.cast.system, [told])) == ["unchanged"]


@pytest.mark.parametrize(
    ("cell", "shares"),
    [
        ("NW 60%; SW 40%", [("NW", "60", None), ("SW", "40", None)]),
        ("NW: 62,5 %;SW: 37,5 %", [("NW", "62.5", None), ("SW", "37.5", None)]),
        ("NW 1; SW 2", [("NW", None, 1), ("SW", None, 2)]),
    ],
)
def test_splits_in_a_cell(cell: str, shares: list[tuple[str, Any, Any]]) -> None:
    found = split_cell(cell, Reading({}))
    assert [(s.partner, s.percent and str(s.percent), s.parts) for s in found] == shares


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("NW", "split_format"),
        ("NW 60%; SW 30%", "split_percent_total"),
        ("NW 60%; SW 1", "split_mixed"),
        ("NW 1; NW 1", "split_partner_twice"),
        ("NW 1,5; SW 2", "split_parts_format"),
    ],
)
def test_splits_that_are_none(cell: str, code: str) -> None:
    with pytest.raises(CellInvalid) as refused:
        split_cell(cell, Reading({}))
    assert refused.value.code == code


def test_shares_keep_their_partners() -> None:
    assert split_cell("Big Co 1; SW 1", Reading({}))[0] == Share("Big Co", parts=1)
