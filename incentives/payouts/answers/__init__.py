"""What a bank says of payments: statements read into lines, lines held against the payments that were sent.

Here:      readers of camt.053, 1CClientBankExchange and CSV; the verdict on each line.
Not here:  recording an outcome (payouts.outcomes), rows and pages (payouts.reconciling, payouts.answer_pages).
Promises:  pure; a line is taken where the payment, the amount and the currency are the same, and nowhere else; what one
           statement says twice, or two statements say, is one event.
"""
