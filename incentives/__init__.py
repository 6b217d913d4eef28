"""Incentives: the money that follows from sales.

Here:      ledger, plans, earnings, payouts.
Not here:  the sales themselves (partners.sales).
Promises:  what was posted never changes; each amount can be explained and recomputed.
"""
