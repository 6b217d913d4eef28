"""Earnings: what each sale earned, and why.

Here:      CalculationRun and its shards, Entry (the subledger), LineOutcome (why not), the explanation.
Not here:  the rules (incentives.plans), balances (incentives.ledger), paying (incentives.payouts).
Called by: earnings.{api,console,portal,tasks}, payouts.
Promises:  an entry is target minus posted; a second calculation posts nothing; a crash posts nothing twice;
           the result hash does not depend on workers or shards.
"""
