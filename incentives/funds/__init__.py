"""Funds: marketing money of the vendor that partners ask for, spend and claim.

Here:      FundsBudget, FundsAllocation, FundsRequest, FundsClaim with its costs; decisions, settlement, expiry.
Not here:  the ledger's purses (incentives.ledger), paying what is owed (incentives.payouts).
Called by: funds.{api,console,portal,tasks}.
Promises:  what is promised never exceeds an allocation, nor allocations their budget, in parallel neither; nobody
           decides about an own request; a claim is paid once, its share computed line by line.
"""
