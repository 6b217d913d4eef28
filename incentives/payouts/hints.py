"""What bank details say about who decides: a partner is paid to the account of a company that the person declared.

Promise: the number never leaves; digests are compared. Called by payouts.catalogue (registered with deals)."""

from incentives.payouts.bank_accounts import unseal
from incentives.payouts.models import BankAccount
from partners.deals.stakes import SAME_ACCOUNT, Person, account_digest
from partners.directory.models import Partner


def same_account(partner: Partner, person: Person) -> str:
    """`SAME_ACCOUNT`, or "" where no declared company has an account of the partner's, present or past."""
    declared = person.account_digests
    if not declared:
        return ""
    accounts = BankAccount.objects.filter(partner_id=partner.id)
    return SAME_ACCOUNT if any(account_digest(unseal(one)) in declared for one in accounts) else ""
