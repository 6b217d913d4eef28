"""What is wrong with the account and the bank code that a partner told, by field.

Pure; called by payouts.bank_accounts and forms."""

from dataclasses import dataclass

from prm.kit.requisites import (
    ACCOUNT_DIGITS,
    compact,
    fault_in_account,
    fault_in_bic,
    fault_in_bik,
    fault_in_iban,
)

SHORTEST_ACCOUNT, LONGEST_ACCOUNT = 5, 34
ROUBLE = "RUB"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the holder of an account is at home, as far as banks ask."""

    city: str = ""
    country: str = ""


NOWHERE = Address()


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where money goes: an IBAN with or without a BIC, a Russian account with its БИК, or another plain number."""

    account: str
    bank_code: str
    currency: str

    @property
    def has_iban(self) -> bool:
        return self.account[:2].isalpha()

    @property
    def is_russian(self) -> bool:
        """A plain number of twenty digits, or any plain number in roubles."""
        return not self.has_iban and (self.currency == ROUBLE or len(self.account) == ACCOUNT_DIGITS)


def bank_details(*, account: str, bank_code: str, currency: str) -> BankDetails:
    """As they are kept: the number without blanks and signs between, the codes of banks too."""
    number = compact(account)
    told = BankDetails(number, bank_code.strip(), currency.upper())
    if told.has_iban or told.is_russian:
        return BankDetails(number, compact(bank_code), told.currency)
    return told


def faults_in(details: BankDetails) -> dict[str, str]:
    """Codes of faults by "account" and "bank_code"; none where both can be."""
    if details.has_iban:
        found = {
            "account": fault_in_iban(details.account),
            "bank_code": fault_in_bic(details.bank_code),
        }
    elif details.is_russian:
        found = _faults_in_russian(details)
    else:
        found = {"account": _fault_in_plain(details.account)}
    return {field: fault for field, fault in found.items() if fault}


def _faults_in_russian(details: BankDetails) -> dict[str, str | None]:
    """The key of an account can be looked at once the bank is known; its length at once."""
    bank = fault_in_bik(details.bank_code) if details.bank_code else "bik_missing"
    account = fault_in_account(details.account, details.bank_code)
    return {"account": None if bank and account == "bik" else account, "bank_code": bank}


def _fault_in_plain(number: str) -> str | None:
    is_number = number.isascii() and number.isdigit()
    return None if is_number and SHORTEST_ACCOUNT <= len(number) <= LONGEST_ACCOUNT else "account_number"
