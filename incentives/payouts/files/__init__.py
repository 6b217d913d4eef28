"""Payment files: what a bank, an accounting program or a spreadsheet reads, from one typed input.

Here:      Batch with its Payer and Payments; pain.001.001.09, 1CClientBankExchange 1.03, CSV.
Not here:  which payments, from which account, and the row that keeps the bytes (payouts.exporting).
Promises:  pure; the same batch is the same bytes; what a reader could take for something else is refused with the payee
           and the field named, and nothing is written.
"""
