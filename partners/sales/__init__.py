"""Sales: lines of orders as the ERP knows them.

Here:      SaleLine with its revisions, splits and payments, the batch doors, the import kinds, sales pages.
Not here:  what a line earns (incentives.earnings), sums (analytics.facts).
Called by: sales.{api,console,portal,tasks}, incentives.
Promises:  a line is one (source, external_id); an amended line keeps what it was; nothing is deleted;
           the same batch twice changes nothing; every change emits `sales.recorded`, of payments `payments.recorded`.
"""
