"""Statements of three kinds say the same of a payment; what is no statement is refused by name."""

from datetime import date

import pytest

from incentives.payouts.answer_wording import UNREADABLE
from incentives.payouts.answers.lines import AnswerLine, StatementUnreadable
from incentives.payouts.answers.reading import read_statement
from tests.incentives.payouts.answers.statements import (
    Booking,
    Order,
    camt053,
    client_bank,
    document,
    whole_file,
)

ID = "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"
ACCOUNT = "40702810900000000001"


def told(line: AnswerLine) -> tuple[str, int, str, str]:
    return line.outcome, line.amount_minor, line.currency, line.payment_id


@pytest.mark.parametrize("version", ["02", "08", "13"])
@pytest.mark.parametrize(
    ("booking", "outcome"),
    [
        (Booking(ID, 10_050), "paid"),
        (Booking(ID, 10_050, "CRDT", reason="AC04"), "returned"),
        (Booking(ID, 10_050, "CRDT", reversal=True), "returned"),
        (Booking(ID, 10_050, state="PDNG"), ""),
        (Booking(ID, 10_050, reversal=True), ""),
    ],
)
def test_camt053(booking: Booking, outcome: str, version: str) -> None:
    (line,) = read_statement(camt053([booking], version=version))
    assert told(line) == (outcome, 10_050, "EUR", ID)
    assert line.note == booking.reason


def test_one_booking_is_one_event_in_whatever_statement_it_is_told() -> None:
    paid = Booking(ID, 100, reference="B-7")
    first, second = (read_statement(camt053([paid], statement=name))[0] for name in ("S-1", "S-2"))
    assert first.event_ref == second.event_ref
    (unnamed,) = read_statement(camt053([Booking(ID, 100)]))
    (later,) = read_statement(camt053([Booking(ID, 100)], day="2026-12-07"))
    (back,) = read_statement(camt053([Booking(ID, 100, "CRDT")]))
    assert len({first.event_ref, unnamed.event_ref, later.event_ref, back.event_ref}) == 4


def test_several_transactions_of_one_entry_are_read_each_with_its_amount() -> None:
    inner = "".join(
        f"<TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs><Amt Ccy='EUR'>{amount}</Amt></TxDtls>"
        for name, amount in (("A", "1.50"), ("B", "2.5000"))
    )
    content = document(
        "<Stmt><Ntry><Amt Ccy='EUR'>4</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><DtTm>2026-12-06T10:00:00</DtTm></BookgDt><NtryDtls>{inner}</NtryDtls></Ntry></Stmt>"
    )
    assert [told(line) for line in read_statement(content)] == [
        ("paid", 150, "EUR", "A"),
        ("paid", 250, "EUR", "B"),
    ]


def test_a_whole_file_is_told_by_its_message_id() -> None:
    (line,) = read_statement(whole_file("PR-1-20261205-ABCDEF012345", 15_000, 2))
    assert (line.message_id, line.count, line.amount_minor) == ("PR-1-20261205-ABCDEF012345", 2, 15_000)


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "cp866"])
def test_orders_of_1c(encoding: str) -> None:
    back = "Возврат по п/п № 17 от 05.12.2026, счёт закрыт"
    lines = read_statement(
        client_bank(
            [
                Order(17, 10_050, ACCOUNT),
                Order(900, 10_050, "x", day=date(2026, 12, 8), came=True, purpose=back),
                Order(901, 70, "x", came=True, purpose="Оплата по счёту № 17 от 05.12.2026"),
            ],
            encoding=encoding,
        )
    )
    assert [(line.outcome, line.order_number, line.order_day, line.account) for line in lines] == [
        ("paid", 17, date(2026, 12, 5), ACCOUNT),
        ("returned", 17, date(2026, 12, 5), ""),
    ]
    assert {line.amount_minor for line in lines} == {10_050}
    assert lines[0].event_ref != lines[1].event_ref


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table(delimiter: str) -> None:
    rows = [
        ("Payment_id", "outcome", "amount", "currency", "bank_reference", "note"),
        (ID, "PAID", '"1 234,50"', "eur", "B-1", ""),
        (ID, "unknown", "7.00", "EUR", "B-2", "asked"),
    ]
    lines = read_statement("\n".join(delimiter.join(row) for row in rows).encode())
    assert [told(line) for line in lines] == [("paid", 123_450, "EUR", ID), ("unknown", 700, "EUR", ID)]
    assert [line.note for line in lines] == ["", "asked"]


BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document>&b;</Document>'
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>'
)
HEAD = b"payment_id,outcome,amount,currency,bank_reference\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB, "not_xml"),
        (OUTSIDE, "not_xml"),
        (b"<Document", "not_xml"),
        (b"<Document/>", "not_camt053"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>', "not_camt053"),
        (document("<Stmt/>"), "no_lines"),
        (
            document(
                "<Stmt><Ntry><Amt Ccy='EUR'>x</Amt><BookgDt><Dt>2026-12-06</Dt></BookgDt></Ntry></Stmt>"
            ),
            "amount",
        ),
        (
            document(
                "<Stmt><Ntry><Amt Ccy='EUR'>1.005</Amt><BookgDt><Dt>2026-12-06</Dt></BookgDt></Ntry></Stmt>"
            ),
            "amount",
        ),
        (
            document(
                "<Stmt><Ntry><Amt Ccy='QQQ'>1</Amt><BookgDt><Dt>2026-12-06</Dt></BookgDt></Ntry></Stmt>"
            ),
            "amount",
        ),
        (
            document(
                "<Stmt><Ntry><Amt Ccy='EUR'>1</Amt><BookgDt><Dt>2026-13-06</Dt></BookgDt></Ntry></Stmt>"
            ),
            "day",
        ),
        (document("<Stmt><Ntry><CdtDbtInd>DBIT</CdtDbtInd></Ntry></Stmt>"), "amount"),
        (client_bank([]), "no_lines"),
        (client_bank([Order(1, 100, ACCOUNT)]).partition("КонецДокумента".encode("cp1251"))[0], "cut_off"),
        (client_bank([Order(1, 100, ACCOUNT)]).replace(b"05.12.2026", b"05.13.2026"), "day"),
        (b"", "columns"),
        (b"payment_id,amount\nx,1", "columns"),
        (HEAD, "no_lines"),
        (HEAD + b"x,settled,1.00,EUR,B-1", "outcome"),
        (HEAD + b"x,paid,1.00,EUR,", "bank_reference"),
        (HEAD + b"x,paid,one,EUR,B-1", "amount"),
        (HEAD + b"x,paid,1.00,QQQ,B-1", "amount"),
        (b"%PDF-1.7 \x00\x01", "columns"),
    ],
)
def test_what_is_no_statement_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(StatementUnreadable) as refusal:
        read_statement(content)
    assert refusal.value.code == code
    assert "%(" not in str(UNREADABLE[code]) % refusal.value.params
