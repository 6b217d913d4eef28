"""Files as ERPs send them, and exports a spreadsheet will not run."""

import pytest

from prm.kit.csv import (
    EncodingUnknown,
    detect_delimiter,
    detect_encoding,
    neutralise_formula,
    read_rows,
    write_rows,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_reads_what_is_sent(encoding: str, delimiter: str) -> None:
    text = (
        delimiter.join(["Партнёр", "Сумма"])
        + "\r\n"
        + delimiter.join(["ООО «Ромашка»", '"1 234.50"'])
        + "\r\n\r\n"
    )
    assert read_rows(text.encode(encoding)) == [["Партнёр", "Сумма"], ["ООО «Ромашка»", "1 234.50"]]


def test_encoding() -> None:
    assert detect_encoding("имя".encode("cp1251")) == "cp1251"
    assert detect_encoding("имя".encode()) == "utf-8-sig"
    with pytest.raises(EncodingUnknown):
        detect_encoding(b"\x98\xff")


def test_decimal_commas_do_not_win_over_semicolons() -> None:
    assert detect_delimiter("a;b;c\n1,5;2,5;3,5\n1;2;3,5\n") == ";"


def test_quoted_delimiters_and_line_breaks() -> None:
    assert read_rows(b'a,b\n"x;y;z","two\nlines"\n') == [["a", "b"], ["x;y;z", "two\nlines"]]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        ("-2+3", "'-2+3"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("-12.50", "-12.50"),
        ("+7", "+7"),
        ("name", "name"),
        ("", ""),
    ],
)
def test_formulas_are_neutralised(value: str, written: str) -> None:
    assert neutralise_formula(value) == written


def test_writes_rfc_4180() -> None:
    text = write_rows([["a", None, '=x"'], [1, "b,c", "-1.5"]], with_mark=True)
    assert text == '\ufeffa,,"\'=x"""\r\n1,"b,c",-1.5\r\n'
