"""Readers of the three kinds of payment file, written from their standards and not from our writers.

Called by: tests of payment files.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree

from incentives.payouts.files.formats import CLIENT_BANK, CSV, PAIN001
from prm.kit.money import parse_amount

PAIN = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@dataclass(frozen=True)
class Line:
    """What a reader finds of one payment; what the format has no place for is empty."""

    identity: str
    holder: str
    account: str
    bank_code: str
    amount_minor: int
    currency: str
    reference: str
    city: str = ""
    country: str = ""
    tax_id: str = ""


@dataclass(frozen=True)
class Read:
    """`count` and `total_minor` are what the file says of itself, as often as it says it."""

    lines: list[Line]
    message_id: str
    payer_account: str
    pays_on: date | None
    counts: list[int]
    totals_minor: list[int]


def read(kind: str, content: bytes) -> Read:
    return {PAIN001: read_pain001, CLIENT_BANK: read_client_bank, CSV: read_csv}[kind](content)


def read_pain001(content: bytes) -> Read:
    root = ElementTree.fromstring(content)

    def text(of: ElementTree.Element, path: str) -> str:
        found = of.find("/".join(f"p:{tag}" for tag in path.split("/")), PAIN)
        return "" if found is None else found.text or ""

    header, instruction = root.find("*/p:GrpHdr", PAIN), root.find("*/p:PmtInf", PAIN)
    assert header is not None
    assert instruction is not None
    currency = text(instruction, "DbtrAcct/Ccy")
    lines = []
    for row in instruction.findall("p:CdtTrfTxInf", PAIN):
        amount = row.find("p:Amt/p:InstdAmt", PAIN)
        assert amount is not None
        lines.append(
            Line(
                identity=text(row, "PmtId/EndToEndId"),
                holder=text(row, "Cdtr/Nm"),
                account=text(row, "CdtrAcct/Id/IBAN"),
                bank_code=text(row, "CdtrAgt/FinInstnId/BICFI"),
                amount_minor=parse_amount(amount.text or "", amount.attrib["Ccy"]),
                currency=amount.attrib["Ccy"],
                reference=text(row, "RmtInf/Ustrd"),
                city=text(row, "Cdtr/PstlAdr/TwnNm"),
                country=text(row, "Cdtr/PstlAdr/Ctry"),
            )
        )
    return Read(
        lines=lines,
        message_id=text(header, "MsgId"),
        payer_account=text(instruction, "DbtrAcct/Id/IBAN"),
        pays_on=date.fromisoformat(text(instruction, "ReqdExctnDt/Dt")),
        counts=[int(text(part, "NbOfTxs")) for part in (header, instruction)],
        totals_minor=[parse_amount(text(part, "CtrlSum"), currency) for part in (header, instruction)],
    )


def read_client_bank(content: bytes) -> Read:
    lines = content.decode("cp1251").split("\r\n")
    assert (lines[0], lines[-2:]) == ("1CClientBankExchange", ["КонецФайла", ""])
    head: dict[str, str] = {}
    documents: list[dict[str, str]] = []
    here = head
    for line in lines[1:-2]:
        if line == "КонецДокумента":
            here = head
            continue
        key, sign, value = line.partition("=")
        assert sign, line
        if key == "СекцияДокумент":
            here = {}
            documents.append(here)
        assert key not in here, f"{key} twice"
        here[key] = value
    assert (head["ВерсияФормата"], head["Кодировка"]) == ("1.03", "Windows")
    return Read(
        lines=[_order(document) for document in documents],
        message_id="",
        payer_account=head["РасчСчет"],
        pays_on=date.fromisoformat("-".join(head["ДатаНачала"].split(".")[::-1])),
        counts=[],
        totals_minor=[],
    )


def _order(document: dict[str, str]) -> Line:
    assert document["Получатель"] == f"ИНН {document['ПолучательИНН']} {document['Получатель1']}"
    assert document["ПолучательСчет"] == document["ПолучательРасчСчет"]
    return Line(
        identity=document["Номер"],
        holder=document["Получатель1"],
        account=document["ПолучательСчет"],
        bank_code=document["ПолучательБИК"],
        amount_minor=parse_amount(document["Сумма"], "RUB"),
        currency="RUB",
        reference=document["НазначениеПлатежа"],
        tax_id=document["ПолучательИНН"],
    )


def read_csv(content: bytes) -> Read:
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    head, *payments, control = rows
    found = [dict(zip(head, row, strict=True)) for row in payments]
    assert control[0] == "CONTROL"
    return Read(
        lines=[
            Line(
                identity=row["payment_id"],
                holder=row["holder"],
                account=row["account"],
                bank_code=row["bank_code"],
                amount_minor=parse_amount(row["amount"], row["currency"]),
                currency=row["currency"],
                reference=row["reference"],
            )
            for row in found
        ],
        message_id=control[1],
        payer_account=control[3],
        pays_on=None,
        counts=[int(control[2])],
        totals_minor=[parse_amount(control[5], control[6])],
    )
