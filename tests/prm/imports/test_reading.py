"""Files as tables, whatever the encoding, the delimiter and the program that wrote them."""

import io
from datetime import UTC, date, datetime

import pytest
import xlsxwriter

from prm.imports.reading import FileUnreadable, read_table
from prm.imports.rules import suggest_mapping, unmapped_headers


def workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["Код", "Сумма", "Дата", "Есть", "Доля"])
    sheet.write_string(1, 0, "00012")
    sheet.write_number(1, 1, 1234.5)
    sheet.write_datetime(1, 2, datetime(2026, 3, 31, tzinfo=UTC).replace(tzinfo=None), day)
    sheet.write_boolean(1, 3, True)
    sheet.write_number(1, 4, 0.1 + 0.2)
    sheet.write_row(3, 0, ["X", 45000])
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "headers", "first"),
    [
        (b"a,b\n1,2\n", ["a", "b"], ["1", "2"]),
        (
            "\ufeffДата;Сумма\r\n31.03.2026;1 234,50\r\n".encode(),
            ["Дата", "Сумма"],
            ["31.03.2026", "1 234,50"],
        ),
        ("Дата;Сумма\n31.03.2026;5\n".encode("cp1251"), ["Дата", "Сумма"], ["31.03.2026", "5"]),
        (b"a\tb\n\n1\t\n", ["a", "b"], ["1", ""]),
        (b'a;a;\n"x;y";2;3\n', ["a", "a (2)", "#3"], ["x;y", "2", "3"]),
        (b"a,b\n1,2,3\n", ["a", "b", "#3"], ["1", "2", "3"]),
    ],
)
def test_a_csv_is_a_table(content: bytes, headers: list[str], first: list[str]) -> None:
    table = read_table("sales.csv", content)
    assert (table.headers, table.rows[0]) == (headers, first)


def test_a_workbook_gives_the_text_people_see() -> None:
    table = read_table("sales.xlsx", workbook())
    assert table.headers == ["Код", "Сумма", "Дата", "Есть", "Доля"]
    assert table.rows == [
        ["00012", "1234.5", date(2026, 3, 31).isoformat(), "yes", "0.3"],
        ["X", "45000", "", "", ""],
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "file_without_rows"),
        ("a.csv", b"only,a,header\n", "file_without_rows"),
        ("a.csv", b"\x81\x98\n\x98\x81", "encoding_unknown"),
        ("a.xlsx", b"PK\x03\x04 but nothing else", "file_damaged"),
        ("a.csv", b",".join([b"x"] * 201) + b"\n1\n", "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        read_table(name, content)
    assert refused.value.code == code


NAMES = {"code": ["code", "Code", "id"], "name": ["name", "наименование"], "note": ["note"]}


def test_columns_are_known_by_their_names_in_any_spelling() -> None:
    headers = ["Наименование", "ID", "Прочее"]
    mapping = suggest_mapping(headers, NAMES, {})
    assert mapping == {"code": "ID", "name": "Наименование"}
    assert unmapped_headers(headers, mapping) == ["Прочее"]


def test_the_last_choice_wins_where_its_headers_are_here_again() -> None:
    remembered = {"code": "Artikel", "name": "gone", "other": "name"}
    assert suggest_mapping(["Artikel", "Code", "Name"], NAMES, remembered) == {
        "code": "Artikel",
        "name": "Name",
    }
