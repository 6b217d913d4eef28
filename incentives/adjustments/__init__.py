"""Adjustments: what people correct of a partner's balance by hand, up or down.

Here:      Adjustment, AdjustmentTerms; proposing, a second person's decision, taking back, the balance afterwards.
Not here:  the ledger's purses (incentives.ledger), what sales earn (incentives.earnings), paying (incentives.payouts).
Called by: adjustments.{api,console,portal}, incentives.disputes.
Promises:  above the vendor's limit a second person agrees, and nobody to an own proposal; it is posted in an open
           month, once; it is taken back by its opposite alone, once; the partner reads why, and who did it.
"""
