"""Generated payment batches whose numbers have right check digits; called by tests of payment files."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from incentives.payouts.files.formats import CLIENT_BANK, CSV, PAIN001
from incentives.payouts.files.payments import Batch, Payer, Payment
from prm.kit.requisites import fault_in_account, fault_in_tax_id

NAMES = (
    "Northwind GmbH",
    "Müller & Söhne KG",
    "Société Générale d'Études",
    "Łódź Systemy Sp. z o.o.",
    "Ærø Data ApS",
    "O'Brien (Dublin) Ltd.",
)
RUSSIAN_NAMES = (
    'ООО "Ромашка"',
    "ИП Щёкина А. Ю.",
    "АО «Север-Юг»",
    "ПАО № 1; филиал=главный",
    "ООО <Вектор> & партнёры",
)
TOWNS = ("Köln", "Paris", "Kraków", "Tallinn")
BIC, BIK = "COBADEFFXXX", "044525225"
DAY = date(2026, 12, 5)


def iban(random: Random) -> str:
    bank_and_account = "".join(random.choices("0123456789", k=18))
    check = 98 - int(f"{bank_and_account}131400") % 97
    return f"DE{check:02d}{bank_and_account}"


def russian_account(random: Random, bik: str = BIK) -> str:
    tail = "".join(random.choices("0123456789", k=11))
    found = (f"40702810{key}{tail}" for key in range(10))
    return next(number for number in found if fault_in_account(number, bik) is None)


def inn(random: Random) -> str:
    body = "77" + "".join(random.choices("0123456789", k=7))
    return next(f"{body}{key}" for key in range(10) if fault_in_tax_id(f"{body}{key}", "RU") is None)


def payer(random: Random, kind: str, currency: str = "EUR") -> Payer:
    if kind == CLIENT_BANK:
        return Payer(
            name='ООО "Вендор"', account=russian_account(random), bank_code=BIK, currency="RUB",
            tax_id=inn(random), bank_name="ПАО СБЕРБАНК", correspondent="30101810400000000225",
        )  # fmt: skip
    return Payer(
        name="Acme Europe",
        account=iban(random),
        bank_code=BIC,
        currency=currency,
        city="Berlin",
        country="DE",
    )


def payment(random: Random, kind: str, number: int, currency: str = "EUR") -> Payment:
    code = f"P-{number:04d}"
    told = Payment(
        payment_id=UUID(int=random.getrandbits(128)).hex,
        partner_code=code,
        holder=random.choice(NAMES),
        account=iban(random),
        bank_code=BIC,
        amount_minor=random.randint(1, 10 ** random.randint(1, 10)),
        currency=currency,
        reference=f"PR-7 {code}",
        city=random.choice(TOWNS),
        country=random.choice(("DE", "FR", "PL", "EE")),
    )
    if kind != CLIENT_BANK:
        return told
    return replace(
        told, holder=random.choice(RUSSIAN_NAMES), account=russian_account(random), bank_code=BIK, currency="RUB",
        tax_id=inn(random), reference=f"Вознаграждение PR-7 {code}", number=number,
    )  # fmt: skip


def batch(random: Random, kind: str) -> Batch:
    """One to thirty payments; a table has an account above it or not."""
    currency = "RUB" if kind == CLIENT_BANK else random.choice(("EUR", "EUR", "USD", "JPY", "KWD"))
    payments = [payment(random, kind, number, currency) for number in range(1, random.randint(1, 30) + 1)]
    random.shuffle(payments)
    return Batch(
        message_id=f"PR-{random.randint(1, 99999)}-20261205-{random.getrandbits(48):012X}",
        created_at=datetime(2026, 12, 1, tzinfo=UTC) + timedelta(seconds=random.randint(0, 86_399)),
        pays_on=DAY,
        payments=tuple(payments),
        payer=None if kind == CSV and random.random() < 0.5 else payer(random, kind, currency),
    )


KINDS = (PAIN001, CLIENT_BANK, CSV)
