"""Statements to take away: JSON, a table, a workbook that can be calculated again, and the document to sign."""

import csv
import io
import json
import re
import zipfile
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from incentives.ledger.actions import close_period
from incentives.payouts.closing_documents import rows_of
from incentives.payouts.document_pdf import draw_document
from incentives.payouts.models import Statement
from incentives.payouts.rules import document_kind, document_language
from incentives.payouts.statement_files import as_csv, as_json, as_workbook, lines_of
from incentives.payouts.statements import (
    NAMED,
    canonical_text,
    find_changed_statement,
    parties_of,
    regenerate,
    statement_content,
    write_statements,
)
from incentives.payouts.tax_models import ClosingDocument, TaxStanding
from incentives.payouts.taxes import StandingUnknown, set_standing
from partners.directory.models import Partner
from prm.currencies.models import ExchangeRate
from prm.files.queries import read_file
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.incentives.earnings.test_formulas import computed
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of, fresh_client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.payouts import close_month, tick
from tests.support.rows import nothing_written_in

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)
LADDER = [{"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.1"}]
TIERS = [{"id": "base", "type": "tiers", "mode": "marginal", "tiers": LADDER}]


@pytest.fixture
def sold(cast: Cast) -> Cast:
    """Two sales of Northwind in January, one with a name like a formula, and one return."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, TIERS, payout_currency="GBP", refund_policy="original_rate")
        assign(plan)
        ExchangeRate.objects.create(
            base="EUR", quote="GBP", published_on=JANUARY, rate="0.79121234", recorded_at=NOW
        )
        product = make_product()
        sold = sell(cast.northwind, product, "=cmd|' /C calc'!A1", date(2026, 1, 3), 180_001)
        sell(cast.northwind, product, "L2", date(2026, 1, 5), 50_000)
        sell(cast.northwind, product, "R1", date(2026, 1, 6), 60_000, refunds=sold)
        Partner.objects.filter(id=cast.northwind.id).update(country="RU", legal_name="ООО «Норд»")
    return cast


@pytest.fixture
def closed(sold: Cast) -> Cast:
    close_month(sold, JANUARY)
    return sold


def the_statement(cast: Cast) -> Statement:
    return Statement.objects.get(partner_id=cast.northwind.id, period_on=JANUARY)


def test_the_json_is_what_the_hash_is_of_and_each_file_is_the_same_for_ever(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        statement = the_statement(closed)
        assert sha256(as_json(statement)).hexdigest() == statement.sha256
        first = [write(statement) for write in (as_json, as_csv, as_workbook)]
    with tenant_context(closed.acme.id):
        sell(closed.northwind, make_product("P2"), "L9", date(2026, 1, 28), 90_000, at=tick())
    close_month(closed, date(2026, 2, 1))
    with tenant_context(closed.acme.id):
        statement = the_statement(closed)
        assert [write(statement) for write in (as_json, as_csv, as_workbook)] == first


def test_every_line_is_recomputed_from_its_formula_alone(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        content = json.loads(the_statement(closed).content)
        lines = list(lines_of(content))
        table = list(csv.DictReader(io.StringIO(as_csv(the_statement(closed)).decode("utf-8-sig"))))
    assert len(lines) == len(table) > 1
    for line, row in zip(lines, table, strict=True):
        assert computed(row["formula"]) * 100 == line.told["amount_minor"]
        assert (row["currency"], row["plan_currency"], row["payout_rate"]) == ("GBP", "EUR", "0.79121234")
    assert table[0]["rates"].startswith("1000*0.05+")
    assert sum(computed(row["formula"]) for row in table) * 100 == content["earned_minor"]


def test_every_line_of_the_json_is_recomputed_from_it_alone(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        content = json.loads(as_json(the_statement(closed)))
    for line in content["lines"]:
        assert computed(line["formula"]) * 100 == line["amount_minor"]
    first = content["lines"][0]
    names = ("base", "base_currency", "share", "rates", "earned", "plan_currency", "payout_rate", "payout_on")
    assert [first[name] for name in names] == [
        "1800.01", "EUR", "1", "1000*0.05+200.01*0.1", "70.00", "EUR", "0.79121234", "2026-01-01",
    ]  # fmt: skip
    assert first["formula"] == "ROUND((ROUND(1000*0.05+200.01*0.1,2))*0.79121234,2)"
    assert sum(computed(line["formula"]) for line in content["lines"]) * 100 == content["earned_minor"]


FORMULA = r"[-+*/().,0-9A-Z]+"


def formulas_of(text: str) -> list[tuple[str, str]]:
    """What a printed statement says: each formula, which may go on over lines, with its amount."""
    found, begun = [], ""
    for row in text.replace("\u200b", "").splitlines():
        if ended := re.fullmatch(rf"({FORMULA})? ?= (-?[0-9.]+)", row.strip()):
            found.append((begun + (ended[1] or ""), ended[2]))
        begun = begun + row.strip() if re.fullmatch(FORMULA, row.strip()) else ""
    return found


def printed(statement: Statement) -> str:
    assert statement.file is not None
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(read_file(statement.file))).pages)


@pytest.mark.parametrize(
    ("language", "exchange", "amount"),
    [
        ("en", "1 EUR = 0.79121234 GBP of 1 Jan 2026", "55.38"),
        ("ru", "1 EUR = 0,79121234 GBP на 01.01.2026", "55,38"),
    ],
)
def test_every_line_of_the_pdf_is_recomputed_from_its_text_alone(
    sold: Cast, language: str, exchange: str, amount: str
) -> None:
    with tenant_context(sold.acme.id):
        Tenant.objects.filter(id=sold.acme.id).update(language=language)
    close_month(sold, JANUARY)
    with tenant_context(sold.acme.id):
        statement = the_statement(sold)
        text, content = printed(statement), json.loads(statement.content)
    told = formulas_of(text)
    assert [formula for formula, _amount in told] == [line["formula"] for line in content["lines"]]
    assert [computed(formula) for formula, _amount in told] == [Fraction(amount) for _formula, amount in told]
    assert sum(computed(formula) for formula, _amount in told) * 100 == statement.earned_minor
    assert told[0][1] == "55.38"
    assert (exchange in text.replace("\xa0", " "), amount in text) == (True, True)


def test_a_statement_of_before_there_were_formulas_keeps_its_bytes(closed: Cast) -> None:
    february = date(2026, 2, 1)
    with tenant_context(closed.acme.id):
        ExchangeRate.objects.create(
            base="EUR", quote="GBP", published_on=february, rate="0.8", recorded_at=NOW
        )
        sell(closed.northwind, make_product("P2"), "L9", date(2026, 2, 3), 90_000, at=tick())
    calculate(closed.acme, february, at=tick())
    with tenant_context(closed.acme.id):
        at = tick()
        close_period(actor=closed.felix.actor, period_on=february, at=at)
        parties = parties_of(closed.acme, closed.northwind.id)
        content = statement_content(parties, closed.northwind.id, "GBP", february, at, form=NAMED)
        text = canonical_text(content)
        sums = {name: value for name, value in content.items() if name.endswith("_minor")}
        del sums["withheld_minor"]
        kept = Statement.objects.create(
            partner_id=closed.northwind.id, period_on=february, currency="GBP", content=text, closed_at=at,
            sha256=sha256(text.encode()).hexdigest(), **sums,
        )  # fmt: skip
        write_statements(period_on=february)
        assert find_changed_statement() is None
        assert regenerate(kept) == text
        assert json.loads(the_statement(closed).content)["format"] == 2
    assert sorted(content["lines"][0]) == [
        "amount_minor", "belongs_to", "cause", "component", "entry", "occurred_on", "plan", "sale", "source",
    ]  # fmt: skip
    assert "format" not in content


def test_no_text_of_the_table_or_the_workbook_is_a_formula(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        statement = the_statement(closed)
        table, book = as_csv(statement).decode("utf-8-sig"), as_workbook(statement)
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [cell for cell in cells if re.match(r"[=+@\t\r-](?!\d)", cell)]
    assert "'=cmd|' /C calc'!A1" in cells
    sheets = zipfile.ZipFile(io.BytesIO(book))
    formulas = re.findall(
        r"<f>(.*?)</f>", "".join(sheets.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
    )
    assert formulas
    assert not [formula for formula in formulas if "cmd" in formula]


def test_the_workbook_has_typed_cells_and_totals_that_agree(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        statement = the_statement(closed)
        book = CalamineWorkbook.from_filelike(io.BytesIO(as_workbook(statement)))
    table: list[list[Any]] = book.get_sheet_by_name("Lines").to_python()
    head, *rows, total = table
    amount, formula = head.index("Amount"), head.index("Formula")
    assert isinstance(rows[0][head.index("Date")], date)
    assert rows[0][head.index("Base")] == 1800.01
    assert round(total[amount] * 100) == round(total[formula] * 100) == statement.earned_minor
    sums: dict[Any, Any] = {
        row[0]: row[1] for row in book.get_sheet_by_name("Statement").to_python() if row[0]
    }
    assert round(sums["Closing balance"] * 100) == statement.closing_minor


@pytest.mark.parametrize(
    ("country", "status", "kind"),
    [
        ("RU", "company", "agent_report"),
        ("RU", "sole_trader", "agent_report"),
        ("RU", "self_employed", "act"),
        ("RU", "individual", "act"),
        ("RU", "foreign", "self_bill"),
        ("DE", "company", "self_bill"),
        ("", "individual", "self_bill"),
    ],
)
def test_country_and_tax_status_choose_the_document(country: str, status: str, kind: str) -> None:
    assert document_kind(country, status) == kind


def test_the_language_of_documents_is_chosen_or_that_of_the_country() -> None:
    assert [
        document_language(*told) for told in (("RU", "", "en"), ("DE", "", "en"), ("RU", "en", "ru"))
    ] == [
        "ru",
        "en",
        "en",
    ]


def test_the_words_of_a_document_are_of_its_language_and_kind(
    closed: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, Any]] = []

    def compiled(_template: bytes, **options: Any) -> bytes:
        given.append(json.loads(options["sys_inputs"]["content"]))
        return b"%PDF-1.7"

    monkeypatch.setattr("prm.web.pdf.typst.compile", compiled)
    with tenant_context(closed.acme.id):
        content = json.loads(the_statement(closed).content)
        for kind, language in (("agent_report", "ru"), ("act", "ru"), ("self_bill", "en")):
            with translation.override(language):
                rows = rows_of(content["lines"])
                draw_document(content, rows, kind=kind, number=7, status="company", language=language)
    assert [page["title"] for page in given] == [
        "Отчёт агента № 7",
        "Акт оказанных услуг № 7",
        "Self-billing document No. 7",
    ]
    for page in given:
        assert (content["document"] in page["footer"], page["rows"][0][2]) == (True, "2")
        assert date(*page["made"]).isoformat() == content["closed_at"][:10]


def test_a_document_is_made_with_the_statement_and_kept_with_its_hash(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        document = ClosingDocument.objects.select_related("file").get()
        statement = the_statement(closed)
        kept = read_file(document.file)
    assert (document.number, document.kind, document.language) == (1, "agent_report", "ru")
    assert (document.amount_minor, document.currency) == (statement.earned_minor, "GBP")
    assert sha256(kept).hexdigest() == document.sha256
    assert kept.startswith(b"%PDF-")


def test_numbers_have_no_gaps_and_a_month_without_earnings_takes_none(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        ExchangeRate.objects.create(base="EUR", quote="GBP", published_on=MARCH, rate="0.8", recorded_at=NOW)
        sell(closed.southwind, make_product("P3"), "S1", date(2026, 3, 4), 10_000, at=tick())
        sell(closed.northwind, make_product("P4"), "N3", date(2026, 3, 5), 10_000, at=tick())
        set_standing(
            actor=closed.felix.actor,
            partner=closed.northwind,
            status="self_employed",
            language="en",
            at=tick(),
        )
    close_month(closed, date(2026, 2, 1))
    close_month(closed, MARCH)
    with tenant_context(closed.acme.id):
        write_statements(period_on=MARCH)  # again: nothing
        documents = list(ClosingDocument.objects.order_by("number"))
        assert [document.number for document in documents] == [1, 2, 3]
        assert {document.statement.period_on for document in documents} == {JANUARY, MARCH}
        mine = next(row for row in documents[1:] if row.partner_id == closed.northwind.id)
        assert (mine.kind, mine.language) == ("act", "en")


def test_both_sides_take_the_files_and_others_find_nothing(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        statement = the_statement(closed)
        document = statement.closing_document
    for person, face in ((closed.vera, "m"), (closed.paul, "p")):
        client = client_of(person)
        page = client.get(f"/acme/{face}/statements/{statement.id}/").content.decode()
        assert document.sha256 in page
        assert "Agent&#x27;s report No. 1" in page
        for kind in ("xlsx", "csv", "json"):
            path = f"/acme/{face}/statements/{statement.id}/{kind}/"
            assert path in page
            answer = client.get(path)
            assert answer.status_code == 200
            assert f'.{kind}"' in answer["Content-Disposition"]
        assert client.get(f"/acme/{face}/statements/{statement.id}/exe/").status_code == 404
        assert client.get(f"/acme/{face}/files/{document.file_id}/").status_code == 200
    stranger = client_of(closed.sven)
    assert stranger.get(f"/acme/p/statements/{statement.id}/csv/").status_code == 404
    assert stranger.get(f"/acme/p/files/{document.file_id}/").status_code == 404


def test_the_api_names_the_document_and_hands_out_all_files(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        statement = the_statement(closed)
        document = statement.closing_document
    machine = Machine(make_key(closed.acme, "statements:read", "files:read"))
    (row,) = [row for row in machine.get("statements").json()["data"] if row["id"] == str(statement.id)]
    told: dict[str, Any] = row["document"]
    assert (told["number"], told["kind"], told["sha256"]) == (1, "agent_report", document.sha256)
    taken: Any = machine.client.get(told["url"], headers=machine.headers)
    assert sha256(b"".join(taken.streaming_content)).hexdigest() == document.sha256
    assert machine.get(f"statements/{statement.id}/json").content == as_json(statement)
    assert machine.get(f"statements/{statement.id}/exe").status_code == 404


def test_only_finance_says_how_a_partner_is_taxed(closed: Cast) -> None:
    path = f"/acme/m/partners/{closed.northwind.id}/tax/"
    told = {"status": "self_employed", "language": "en"}
    for person, status in ((closed.vera, 403), (closed.nina, 403)):
        with nothing_written_in(closed.acme):
            assert client_of(person).post(path, told).status_code == status
    with nothing_written_in(closed.acme):
        assert fresh_client_of(closed.felix).post(path, {**told, "status": "church"}).status_code == 422
    with tenant_context(closed.acme.id):
        with pytest.raises(PermissionDenied):
            set_standing(actor=closed.vera.actor, partner=closed.northwind, status="company", at=NOW)
        with pytest.raises(StandingUnknown):
            set_standing(actor=closed.felix.actor, partner=closed.northwind, status="church", at=NOW)
    assert fresh_client_of(closed.felix).post(path, told).status_code == 302
    with tenant_context(closed.acme.id):
        standing = TaxStanding.objects.get()
        assert (standing.status, standing.language) == ("self_employed", "en")
        assert standing.set_by_user_id == closed.felix.user.id
    page = client_of(closed.vera).get(f"/acme/m/partners/{closed.northwind.id}/").content.decode()
    assert "Self-employed" in page
