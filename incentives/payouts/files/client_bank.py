"""Payment orders for 1C and the client banks that read its files: 1CClientBankExchange, version 1.03.

A line is a key, "=" and a value, so a value that could begin another line is refused, and so is a sign that
Windows-1251 has no place for. Roubles alone.
Promise: pure; called by payouts.files.formats.
"""

from incentives.payouts.files.payments import (
    Batch,
    Payer,
    Payment,
    PaymentRefused,
    payer_of,
    refuse_fault,
    require_once,
    require_sums,
    written,
)
from incentives.payouts.files.signs import WINDOWS, windows_text
from prm.kit.money import format_plain
from prm.kit.requisites import compact, fault_in_account, fault_in_bik, fault_in_tax_id

ROUBLE, RUSSIA = "RUB", "RU"
LONGEST_NAME, LONGEST_PURPOSE, LONGEST_BANK = 160, 210, 80
DAY, TIME = "%d.%m.%Y", "%H:%M:%S"
LARGEST_NUMBER = 999_999
THOUSAND = 1000
SENDER = "PRM"
Line = tuple[str, str]


def write_client_bank(batch: Batch) -> bytes:
    """Raises `PaymentRefused`."""
    require_sums(batch)
    payer = payer_of(batch)
    if payer.currency != ROUBLE:
        raise PaymentRefused("roubles_alone", "payer_currency")
    require_once("number", batch.payments, lambda payment: payment.number)
    from_payer = _payer_lines(payer)
    lines = ["1CClientBankExchange", *_head(batch, payer)]
    for payment in batch.ordered:
        lines += ["СекцияДокумент=Платежное поручение"]
        lines += [f"{key}={text}" for key, text in _document(batch, payment, from_payer)]
        lines += ["КонецДокумента"]
    lines += ["КонецФайла", ""]
    return "\r\n".join(lines).encode(WINDOWS)


def is_order_number(number: int) -> bool:
    """A payment order has up to six digits, and banks tell orders apart by the last three, which are not 000."""
    return 0 < number <= LARGEST_NUMBER and number % THOUSAND != 0


def _head(batch: Batch, payer: Payer) -> list[str]:
    day = batch.pays_on.strftime(DAY)
    told = {
        "ВерсияФормата": "1.03",
        "Кодировка": "Windows",
        "Отправитель": SENDER,
        "Получатель": "",
        "ДатаСоздания": batch.created_at.strftime(DAY),
        "ВремяСоздания": batch.created_at.strftime(TIME),
        "ДатаНачала": day,
        "ДатаКонца": day,
        "РасчСчет": compact(payer.account),
        "Документ": "Платежное поручение",
    }
    return [f"{key}={text}" for key, text in told.items()]


def _document(batch: Batch, payment: Payment, from_payer: list[Line]) -> list[Line]:
    if not is_order_number(payment.number):
        raise PaymentRefused("order_number", "number", payment)
    purpose = written(payment.reference, windows_text, LONGEST_PURPOSE, "reference", payment)
    return [
        ("Номер", str(payment.number)),
        ("Дата", batch.pays_on.strftime(DAY)),
        ("Сумма", format_plain(payment.amount_minor, payment.currency)),
        *from_payer,
        *_payee_lines(payment),
        ("ВидОплаты", "01"),
        ("Очередность", "5"),
        ("НазначениеПлатежа", purpose),
    ]


def _payer_lines(payer: Payer) -> list[Line]:
    name = written(payer.name, windows_text, LONGEST_NAME, "payer_name")
    bank = written(payer.bank_name, windows_text, LONGEST_BANK, "payer_bank_name")
    _require_requisites(payer.account, payer.bank_code, payer.tax_id, "payer_")
    refuse_fault(fault_in_correspondent(payer.correspondent, payer.bank_code), "payer_correspondent")
    return [
        *_party("Плательщик", name, payer.account, payer.bank_code, payer.tax_id),
        ("ПлательщикБанк1", bank),
        ("ПлательщикКорсчет", compact(payer.correspondent)),
    ]


def _payee_lines(payment: Payment) -> list[Line]:
    name = written(payment.holder, windows_text, LONGEST_NAME, "holder", payment)
    _require_requisites(payment.account, payment.bank_code, payment.tax_id, "", payment)
    return _party("Получатель", name, payment.account, payment.bank_code, payment.tax_id)


def _party(role: str, name: str, account: str, bank_code: str, tax_id: str) -> list[Line]:
    """Twice, as the standard has it: for programs that read one text, and for those that read its parts."""
    number, inn = compact(account), compact(tax_id)
    return [
        (f"{role}Счет", number),
        (role, f"ИНН {inn} {name}"),
        (f"{role}ИНН", inn),
        (f"{role}1", name),
        (f"{role}РасчСчет", number),
        (f"{role}БИК", compact(bank_code)),
    ]


def _require_requisites(
    account: str, bank_code: str, tax_id: str, before: str, payment: Payment | None = None
) -> None:
    for field, text in (("account", account), ("bank_code", bank_code), ("tax_id", tax_id)):
        if not text:
            raise PaymentRefused("missing", f"{before}{field}", payment)
    refuse_fault(fault_in_bik(bank_code), f"{before}bank_code", payment)
    refuse_fault(fault_in_account(account, bank_code), f"{before}account", payment)
    refuse_fault(fault_in_tax_id(tax_id, RUSSIA), f"{before}tax_id", payment)


def fault_in_correspondent(number: str, bik: str) -> str | None:
    """A bank has it at the central bank, so its key is reckoned there; it ends as the БИК does."""
    digits, bank = compact(number), compact(bik)
    if not digits.startswith("301") or digits[-3:] != bank[-3:]:
        return "correspondent"
    return "correspondent" if fault_in_account(digits, f"{bank[:6]}000") else None
