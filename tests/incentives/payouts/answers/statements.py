"""Statements as banks send them, made for tests; called by tests of answers."""

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from prm.kit.money import format_plain


@dataclass(frozen=True)
class Booking:
    """One transaction that a bank booked."""

    payment_id: str
    amount_minor: int
    direction: str = "DBIT"
    reference: str = ""
    currency: str = "EUR"
    state: str = "BOOK"
    reversal: bool = False
    reason: str = ""


def camt053(
    bookings: list[Booking], *, statement: str = "S-1", version: str = "08", day: str = "2026-12-06"
) -> bytes:
    """One entry per booking. Version 02 writes the state as text."""
    entries = "".join(_entry(booking, version, day) for booking in bookings)
    return document(f"<Stmt><Id>{statement}</Id>{entries}</Stmt>", version)


def document(inner: str, version: str = "08") -> bytes:
    return (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>{inner}</BkToCstmrStmt></Document>"
    ).encode()


def _entry(booking: Booking, version: str, day: str) -> str:
    amount = f'<Amt Ccy="{booking.currency}">{format_plain(booking.amount_minor, booking.currency)}</Amt>'
    state = booking.state if version == "02" else f"<Cd>{booking.state}</Cd>"
    reference = f"<AcctSvcrRef>{booking.reference}</AcctSvcrRef>" if booking.reference else ""
    reason = f"<RtrInf><Rsn><Cd>{booking.reason}</Cd></Rsn></RtrInf>" if booking.reason else ""
    return (
        f"<Ntry>{amount}<CdtDbtInd>{booking.direction}</CdtDbtInd>"
        f"{'<RvslInd>true</RvslInd>' if booking.reversal else ''}<Sts>{state}</Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{reference}"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{escape(booking.payment_id)}</EndToEndId></Refs>{amount}"
        f"{reason}</TxDtls></NtryDtls></Ntry>"
    )


def whole_file(message_id: str, amount_minor: int, count: int, *, direction: str = "DBIT") -> bytes:
    """One entry for all payments of a file."""
    return document(
        f'<Stmt><Ntry><Amt Ccy="EUR">{format_plain(amount_minor, "EUR")}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-12-06</Dt></BookgDt><AcctSvcrRef>BATCH-1</AcctSvcrRef>"
        f"<NtryDtls><Btch><MsgId>{message_id}</MsgId><NbOfTxs>{count}</NbOfTxs></Btch></NtryDtls></Ntry></Stmt>"
    )


@dataclass(frozen=True)
class Order:
    """One payment order in a statement for 1C; `came` instead of `went` for money that came in."""

    number: int
    amount_minor: int
    account: str
    day: date = date(2026, 12, 5)
    came: bool = False
    purpose: str = "Вознаграждение"


def client_bank(orders: list[Order], *, encoding: str = "cp1251") -> bytes:
    name = {"cp1251": "Windows", "cp866": "DOS", "utf-8": "UTF-8"}[encoding]
    lines = [
        "1CClientBankExchange",
        "ВерсияФормата=1.03",
        f"Кодировка={name}",
        "РасчСчет=40702810400000000225",
    ]
    for order in orders:
        moved = "ДатаПоступило" if order.came else "ДатаСписано"
        lines += [
            "СекцияДокумент=Платежное поручение",
            f"Номер={order.number}",
            f"Дата={order.day:%d.%m.%Y}",
            f"Сумма={format_plain(order.amount_minor, 'RUB')}",
            f"{moved}={order.day:%d.%m.%Y}",
            f"ПолучательСчет={order.account}",
            f"НазначениеПлатежа={order.purpose}",
            "КонецДокумента",
        ]
    return "\r\n".join([*lines, "КонецФайла", ""]).encode(encoding)
