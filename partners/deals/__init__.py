"""Deals: the sales a partner asks us to protect.

Here:      registering, conflict check, the queue of claims on one customer, approval, protection by date, expiry.
Not here:  closed sales (partners.sales), commission (incentives.earnings).
Called by: partners.deals.{api,console,portal,tasks}; money reads the protections.
Promises:  at most one live protection per customer and product line; claims are served in order of submission; a
           partner is told a word and a place, never who the other one is; every change leaves an AuditRecord.
"""
