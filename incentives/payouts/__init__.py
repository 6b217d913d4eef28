"""Payouts: turning balances into payments.

Here:      BankAccount, PayerAccount, PayoutRun with its states, items, allocations, approvals and files, Statement;
           payment files (files/) and bank statements (answers/).
Not here:  what was earned (incentives.earnings), balances (incentives.ledger).
Called by: payouts.{api,console,portal,tasks}.
Promises:  prepared by one person, approved by another; what is exported is what was approved; one payment per
           partner and currency in a run, whatever crashes; a statement regenerates byte for byte.
"""
