"""Who may do what with money, word for word: to widen a right or to add one changes this table."""

from prm.accounts.permissions import PARTNER_ROLES, STAFF_ROLES, permissions_of

ADMIN, MANAGER, FINANCE, AUDITOR = "programme_admin", "channel_manager", "finance", "auditor"
PARTNER_ADMIN, PARTNER_USER = "partner_admin", "partner_user"
VENDOR = {ADMIN, MANAGER, FINANCE, AUDITOR}
PARTNER = {PARTNER_ADMIN, PARTNER_USER}

HOLDERS: dict[str, set[str]] = {
    "adjustments.approve": {ADMIN, FINANCE},
    "adjustments.propose": {ADMIN, FINANCE},
    "adjustments.terms": {ADMIN},
    "adjustments.view": VENDOR,
    "backtests.start": {ADMIN, FINANCE},
    "backtests.view": {ADMIN, FINANCE, AUDITOR},
    "bank.confirm": {FINANCE},
    "bank.view": {ADMIN, FINANCE, AUDITOR},
    "calculations.start": {ADMIN, FINANCE},
    "calculations.view": {ADMIN, FINANCE, AUDITOR},
    "disputes.answer": {ADMIN, MANAGER, FINANCE},
    "disputes.decide": {ADMIN, FINANCE},
    "disputes.terms": {ADMIN},
    "disputes.view": VENDOR,
    "earnings.view": VENDOR,
    "funds.decide": {ADMIN, MANAGER},
    "funds.manage": {ADMIN},
    "funds.second": {FINANCE},
    "funds.view": VENDOR,
    "funds_proof.open": VENDOR | PARTNER,
    "holds.place": {ADMIN, FINANCE},
    "holds.view": VENDOR,
    "ledger.view": {ADMIN, FINANCE, AUDITOR},
    "ledger_accounts.change": {ADMIN, FINANCE},
    "own_bank.propose": {PARTNER_ADMIN},
    "own_bank.view": {PARTNER_ADMIN},
    "own_earnings.dispute": PARTNER,
    "own_earnings.view": PARTNER,
    "own_funds.request": PARTNER,
    "own_funds.view": PARTNER,
    "own_statements.view": PARTNER,
    "payable.view": VENDOR,
    "payers.change": {FINANCE},
    "payers.view": {ADMIN, FINANCE, AUDITOR},
    "payouts.approve": {FINANCE},
    "payouts.export": {FINANCE},
    "payouts.prepare": {ADMIN, FINANCE},
    "payouts.view": {ADMIN, FINANCE, AUDITOR},
    "periods.close": {ADMIN, FINANCE},
    "plans.change": {ADMIN},
    "plans.publish": {ADMIN, FINANCE},
    "plans.view": VENDOR,
    "rates.change": {ADMIN, FINANCE},
    "rates.view": VENDOR,
    "statement_files.open": {ADMIN, FINANCE, AUDITOR, *PARTNER},
    "statements.view": {ADMIN, FINANCE, AUDITOR},
    "tax.change": {FINANCE},
    "tax.view": {ADMIN, FINANCE, AUDITOR},
    "terms.accept": {PARTNER_ADMIN},
    "terms.remind": {ADMIN, MANAGER},
}
# These are held by nobody who is not to see money.
NEED_THE_SIGHT_OF_MONEY = {
    "adjustments.view", "backtests.start", "backtests.view", "disputes.answer", "disputes.view", "earnings.view",
    "funds_proof.open", "holds.view", "own_bank.propose", "own_bank.view", "own_earnings.dispute", "own_earnings.view",
    "own_funds.request", "own_funds.view", "own_statements.view", "payable.view", "statement_files.open",
    "terms.accept",
}  # fmt: skip
ROOMS = {code.partition(".")[0] for code in HOLDERS}


def holders(*, sees_money: bool) -> dict[str, set[str]]:
    """By permission of money, the roles that hold it."""
    held: dict[str, set[str]] = {}
    for role in STAFF_ROLES | PARTNER_ROLES:
        for code in permissions_of(role, sees_money=sees_money):
            if code.partition(".")[0] in ROOMS:
                held.setdefault(code, set()).add(role)
    return held


def test_each_right_about_money_is_held_by_these_roles_alone() -> None:
    assert holders(sees_money=True) == HOLDERS


def test_who_sees_no_money_holds_only_the_rights_that_show_none() -> None:
    assert holders(sees_money=False) == {
        code: roles for code, roles in HOLDERS.items() if code not in NEED_THE_SIGHT_OF_MONEY
    }
