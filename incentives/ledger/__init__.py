"""Ledger: who owes whom, as transfers.

Here:      Period, LedgerAccount, Transfer, Reimbursement, LedgerSeal; posting, reversing, balances, sealing, proving.
Not here:  why an amount was earned (incentives.earnings), who is paid when (incentives.payouts).
Called by: earnings, funds, adjustments and payouts, through actions and queries only.
Promises:  one row is one debit, one credit and one positive amount, so nothing can be unbalanced; rows are never
           changed and are sealed each night; one source posts once; a closed period takes no posting.
"""
