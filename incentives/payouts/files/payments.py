"""What every payment file is written from, and what every one of them refuses.

Promise: pure; a refusal names the payee and the field; called by the writers of payouts.files and by those who call
them.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from incentives.payouts.files.signs import Unwritable, composed, name_of

LONGEST_REFERENCE = 35
NO_ONE = ""


class PaymentRefused(ValueError):
    """A payment, or what all of them have in common, does not go into a file of this kind.

    `field` is a field of Payment, or of Payer with "payer_" before it, or of Batch; `payee` is who would have been
    paid, empty where it is not about one; `params` fill the message (payouts.wording.refusal_text).
    """

    def __init__(self, code: str, field: str, payment: "Payment | None" = None, **params: str) -> None:
        self.code = code
        self.field = field
        self.payee = payment.holder if payment else NO_ONE
        self.partner_code = payment.partner_code if payment else NO_ONE
        self.params = params
        super().__init__(f"{code}: {field} of {self.partner_code or 'the file'}")


@dataclass(frozen=True)
class Payer:
    """The account that money leaves, and whose it is. `correspondent` is the корсчёт of its bank; `purpose` begins the
    reference of each payment."""

    name: str
    account: str
    bank_code: str
    currency: str
    city: str = ""
    country: str = ""
    tax_id: str = ""
    bank_name: str = ""
    correspondent: str = ""
    purpose: str = ""

    def reference(self, told: str) -> str:
        return f"{self.purpose} {told}" if self.purpose else told


@dataclass(frozen=True)
class Payment:
    """One payment: who, where to, how much in minor units, and the words for its receiver.

    `payment_id` comes back with the bank's answer; `number` is that of a payment order, for formats that have one.
    """

    payment_id: str
    partner_code: str
    holder: str
    account: str
    bank_code: str
    amount_minor: int
    currency: str
    reference: str
    city: str = ""
    country: str = ""
    tax_id: str = ""
    number: int = 0


@dataclass(frozen=True)
class Batch:
    """All payments of one file, in one currency, from one account (none is needed for a table alone)."""

    message_id: str
    created_at: datetime
    pays_on: date
    payments: tuple[Payment, ...]
    payer: Payer | None = None

    @property
    def currency(self) -> str:
        return self.payments[0].currency

    @property
    def total_minor(self) -> int:
        return sum(payment.amount_minor for payment in self.payments)

    @property
    def ordered(self) -> list[Payment]:
        """By partner code, then by id: the same batch is the same bytes."""
        return sorted(self.payments, key=lambda payment: (payment.partner_code.encode(), payment.payment_id))


def require_sums(batch: Batch) -> None:
    """What no file may be without: payments, each once, each above nothing, all in the currency of the account."""
    if not batch.payments:
        raise PaymentRefused("no_payments", "payments")
    currency = batch.payer.currency if batch.payer else batch.currency
    for payment in batch.payments:
        if payment.amount_minor <= 0:
            raise PaymentRefused("amount_not_positive", "amount", payment)
        if payment.currency != currency:
            raise PaymentRefused("another_currency", "currency", payment, currency=currency)
    require_once("payment_id", batch.payments, lambda payment: payment.payment_id)


def require_once(field: str, payments: Iterable[Payment], value_of: Callable[[Payment], object]) -> None:
    """No two payments share this value."""
    uses = Counter(value_of(payment) for payment in payments)
    for payment in payments:
        if uses[value_of(payment)] > 1:
            raise PaymentRefused("used_twice", field, payment)


def payer_of(batch: Batch) -> Payer:
    if batch.payer is None:
        raise PaymentRefused("payer_missing", "payer_account")
    return batch.payer


def written(
    text: str, write: Callable[[str], str], limit: int, field: str, payment: Payment | None = None
) -> str:
    """The text as the file takes it, whole: neither empty, nor with blanks around, nor too long."""
    if not text.strip():
        raise PaymentRefused("missing", field, payment)
    if text != text.strip():
        raise PaymentRefused("blanks_around", field, payment)
    try:
        result = write(composed(text))
    except Unwritable as fault:
        raise PaymentRefused("sign", field, payment, sign=name_of(fault.sign)) from fault
    if len(result) > limit:
        raise PaymentRefused("too_long", field, payment, limit=str(limit))
    return result


def refuse_fault(code: str | None, field: str, payment: Payment | None = None) -> None:
    """Raise when a check of prm.kit.requisites found something."""
    if code is not None:
        raise PaymentRefused(code, field, payment)
