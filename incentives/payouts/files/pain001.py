"""A credit transfer order in ISO 20022, pain.001.001.09: one instruction from one account, on one day.

Letters are written as banks agreed (payouts.files.signs); a name in another script, or with a sign that has no agreed
spelling, is refused: banks compare names, and a mutilated one does not arrive. Addresses have their town and country
apart, for unstructured ones are refused since November 2026.
Promise: pure; valid against the published schema; called by payouts.files.formats.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from incentives.payouts.files.payments import (
    LONGEST_REFERENCE,
    Batch,
    Payer,
    Payment,
    PaymentRefused,
    payer_of,
    refuse_fault,
    require_sums,
    written,
)
from incentives.payouts.files.signs import is_sepa_identifier, sepa_text
from prm.kit.countries import is_country
from prm.kit.money import format_plain
from prm.kit.requisites import compact, fault_in_bic, fault_in_iban

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
SEPA_CURRENCY = "EUR"
LONGEST_NAME, LONGEST_TOWN, LONGEST_PURPOSE = 70, 35, 140
# The rulebook of SEPA for one payment, and what the schema has digits for in a sum.
LARGEST_SEPA_MINOR = 999_999_999_99
LONGEST_SUM = 18


def write_pain001(batch: Batch) -> bytes:
    """Raises `PaymentRefused`."""
    require_sums(batch)
    payer = payer_of(batch)
    message_id = _identifier(batch.message_id, "message_id")
    document = Element("Document", {"xmlns": NAMESPACE})
    order = SubElement(document, "CstmrCdtTrfInitn")
    header = SubElement(order, "GrpHdr")
    _text(header, "MsgId", message_id)
    _text(header, "CreDtTm", batch.created_at.isoformat(timespec="seconds"))
    _count_and_sum(header, batch)
    _text(SubElement(header, "InitgPty"), "Nm", written(payer.name, sepa_text, LONGEST_NAME, "payer_name"))
    instruction = SubElement(order, "PmtInf")
    _instruct(instruction, batch, payer, message_id)
    for payment in batch.ordered:
        _transfer(SubElement(instruction, "CdtTrfTxInf"), payment)
    content: bytes = tostring(document, encoding="UTF-8", xml_declaration=True)
    return content


def _instruct(into: Element, batch: Batch, payer: Payer, message_id: str) -> None:
    _text(into, "PmtInfId", message_id)
    _text(into, "PmtMtd", "TRF")
    _count_and_sum(into, batch)
    if batch.currency == SEPA_CURRENCY:
        _text(_path(into, "PmtTpInf", "SvcLvl"), "Cd", "SEPA")
    _text(SubElement(into, "ReqdExctnDt"), "Dt", batch.pays_on.isoformat())
    _party(into, "Dbtr", payer.name, payer.city, payer.country)
    account = _iban(payer.account, "payer_account")
    holder = SubElement(into, "DbtrAcct")
    _text(SubElement(holder, "Id"), "IBAN", account)
    _text(holder, "Ccy", batch.currency)
    if not payer.bank_code:
        raise PaymentRefused("missing", "payer_bank_code")
    _bank(into, "DbtrAgt", payer.bank_code)
    _text(into, "ChrgBr", "SLEV" if batch.currency == SEPA_CURRENCY else "SHAR")


def _transfer(into: Element, payment: Payment) -> None:
    _text(SubElement(into, "PmtId"), "EndToEndId", _identifier(payment.payment_id, "payment_id", payment))
    if payment.currency == SEPA_CURRENCY and payment.amount_minor > LARGEST_SEPA_MINOR:
        raise PaymentRefused("amount_too_large", "amount", payment)
    amount = SubElement(SubElement(into, "Amt"), "InstdAmt", {"Ccy": payment.currency})
    amount.text = format_plain(payment.amount_minor, payment.currency)
    if payment.bank_code:
        _bank(into, "CdtrAgt", payment.bank_code, payment)
    elif payment.currency != SEPA_CURRENCY:
        raise PaymentRefused("missing", "bank_code", payment)
    _party(into, "Cdtr", payment.holder, payment.city, payment.country, payment)
    _text(_path(into, "CdtrAcct", "Id"), "IBAN", _iban(payment.account, "account", payment))
    purpose = written(payment.reference, sepa_text, LONGEST_PURPOSE, "reference", payment)
    _text(SubElement(into, "RmtInf"), "Ustrd", purpose)


def _count_and_sum(into: Element, batch: Batch) -> None:
    total = format_plain(batch.total_minor, batch.currency)
    if len(total.replace(".", "")) > LONGEST_SUM:
        raise PaymentRefused("amount_too_large", "payments")
    _text(into, "NbOfTxs", str(len(batch.payments)))
    _text(into, "CtrlSum", total)


def _party(
    into: Element, tag: str, name: str, city: str, country: str, payment: Payment | None = None
) -> None:
    before = "" if payment else "payer_"
    name_field = "holder" if payment else "payer_name"
    party = SubElement(into, tag)
    _text(party, "Nm", written(name, sepa_text, LONGEST_NAME, name_field, payment))
    address = SubElement(party, "PstlAdr")
    _text(address, "TwnNm", written(city, sepa_text, LONGEST_TOWN, f"{before}city", payment))
    if not country:
        raise PaymentRefused("missing", f"{before}country", payment)
    if not is_country(country):
        raise PaymentRefused("country", f"{before}country", payment)
    _text(address, "Ctry", country)


def _bank(into: Element, tag: str, code: str, payment: Payment | None = None) -> None:
    refuse_fault(fault_in_bic(code), "bank_code" if payment else "payer_bank_code", payment)
    _text(_path(into, tag, "FinInstnId"), "BICFI", compact(code))


def _iban(number: str, field: str, payment: Payment | None = None) -> str:
    if not number:
        raise PaymentRefused("missing", field, payment)
    refuse_fault(fault_in_iban(number), field, payment)
    return compact(number)


def _identifier(text: str, field: str, payment: Payment | None = None) -> str:
    if not text or len(text) > LONGEST_REFERENCE or not is_sepa_identifier(text):
        raise PaymentRefused("identifier", field, payment)
    return text


def _path(into: Element, *tags: str) -> Element:
    for tag in tags:
        into = SubElement(into, tag)
    return into


def _text(into: Element, tag: str, text: str) -> None:
    SubElement(into, tag).text = text
