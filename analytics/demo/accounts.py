"""Where partners are paid, from which accounts, and what a bank answered; called by analytics.demo.story."""

from decimal import Decimal

from django.utils import timezone

from analytics.demo.stage import Stage
from incentives.ledger.bookkeeping import EXAMPLES, number_accounts
from incentives.payouts.bank_accounts import confirm_account, propose_account
from incentives.payouts.bank_details import NOWHERE, Address
from incentives.payouts.files.formats import CLIENT_BANK, PAIN001
from incentives.payouts.files.payments import Payer
from incentives.payouts.models import PayoutItem, PayoutRun
from incentives.payouts.payers import confirm_payer, propose_payer
from incentives.payouts.reconciling import keep_statement
from incentives.payouts.taxes import set_standing
from incentives.payouts.withholding import confirm_rate, propose_rate
from prm.kit.money import format_plain
from prm.kit.requisites import fault_in_account

IBANS = (
    ("DE89370400440532013000", Address("Köln", "DE")),
    ("FR1420041010050500013M02606", Address("Rennes", "FR")),
    ("NL91ABNA0417164300", Address("Utrecht", "NL")),
    ("AT611904300234573201", Address("Innsbruck", "AT")),
)
BIK = "044500987"


def add_bank_details(stage: Stage) -> None:
    """Most partners have confirmed details, one waits for confirmation, some have none."""
    proposer, confirmer = stage.second("programme_admin"), stage.staff["finance"][2]
    for place, partner in enumerate(stage.partners):
        if place % 9 == 5:
            continue
        number, address = IBANS[place % len(IBANS)]
        bank_code = ""
        if stage.vendor.currency == "RUB":
            number, bank_code, address = _rouble_account(place + 1), BIK, NOWHERE
        proposed = propose_account(
            actor=proposer,
            partner_id=partner.id,
            currency=stage.vendor.currency,
            holder=partner.name,
            account=number,
            bank_code=bank_code,
            at=stage.moment(200),
            address=address,
        )
        if place % 9 != 7:
            confirm_account(actor=confirmer, account=proposed, at=stage.moment(190))


def add_taxes(stage: Stage) -> None:
    """Some partners are no companies; a rate counts for the self-employed, another waits for a second person."""
    finance, confirmer, at = stage.first("finance"), stage.staff["finance"][2], stage.moment(188)
    for place, partner in enumerate(stage.partners):
        if place % 4 == 1:
            status = ("self_employed", "sole_trader", "individual")[place // 4 % 3]
            set_standing(actor=finance, partner=partner, status=status, at=at)
    first_day = stage.moment(365).date().replace(month=1, day=1)
    counts = propose_rate(
        actor=finance, status="self_employed", percent=Decimal(6), starts_on=first_day, at=at
    )
    confirm_rate(actor=confirmer, rate=counts, at=stage.moment(187))
    propose_rate(
        actor=finance, status="individual", percent=Decimal(13), starts_on=stage.today, at=stage.moment(2)
    )


def add_account_numbers(stage: Stage) -> None:
    """The vendor's bookkeeping has numbered all accounts."""
    number_accounts(actor=stage.first("finance"), numbers=EXAMPLES, at=stage.moment(150))


def add_payer(stage: Stage) -> None:
    """The account of the vendor's own currency counts; one in dollars waits for a second person."""
    proposer, confirmer = stage.first("finance"), stage.staff["finance"][2]
    kind, own = _own_payer(stage)
    account = propose_payer(actor=proposer, payer=own, file_kind=kind, at=stage.moment(180))
    confirm_payer(actor=confirmer, account=account, at=stage.moment(179))
    dollars = Payer(
        name=stage.vendor.name,
        account="DE75512108001245126199",
        bank_code="SOGEDEFF",
        currency="USD",
        city="München",
        country="DE",
    )
    if stage.vendor.currency == "EUR":
        propose_payer(actor=proposer, payer=dollars, file_kind=PAIN001, at=stage.moment(2))


def add_statement(stage: Stage, run: PayoutRun) -> None:
    """A bank's answers about the run as a table: recorded by hand before, but for one of another amount."""
    rows = ["payment_id,outcome,amount,currency,bank_reference"]
    sent = PayoutItem.objects.filter(run_id=run.id).exclude(state="held").order_by("partner__code")
    for place, item in enumerate(sent):
        amount = format_plain(item.amount_minor - 100 * (place == 2), item.currency)
        rows.append(f"{item.id.hex},{item.state},{amount},{item.currency},B{place + 1}")
    rows.append(f"RENT-11,paid,2400.00,{run.currency},B900")
    keep_statement(
        actor=stage.second("finance"),
        name="statement.csv",
        content="\n".join(rows).encode(),
        at=timezone.now(),
    )


def _own_payer(stage: Stage) -> tuple[str, Payer]:
    name = stage.vendor.name
    if stage.vendor.currency == "RUB":
        return CLIENT_BANK, Payer(
            name=name,
            account=_rouble_account(900),
            bank_code=BIK,
            currency="RUB",
            tax_id="7707083893",
            bank_name="Банк «Пример», г. Москва",
            correspondent=_correspondent(),
            purpose="Агентское вознаграждение, без НДС.",
        )
    return PAIN001, Payer(
        name=name,
        account="DE02120300000000202051",
        bank_code="BYLADEM1001",
        currency="EUR",
        city="München",
        country="DE",
    )


def _rouble_account(number: int) -> str:
    """An invented account at an invented bank, its check digit fitting."""
    numbers = (f"40702810{key}{number:011}" for key in range(10))
    return next(text for text in numbers if fault_in_account(text, BIK) is None)


def _correspondent() -> str:
    numbers = (f"30101810{key}{0:08}{BIK[-3:]}" for key in range(10))
    return next(text for text in numbers if fault_in_account(text, f"{BIK[:6]}000") is None)
