"""Customers: the companies that partners sell to.

Here:      Customer.
Not here:  who may sell to them (deals).
Called by: customers.{api,console}, sales, incentives.
Promises:  a customer's code is unique in a tenant; two spellings of one company share a key; only staff read
           them, partners are told of their own by coverage.
"""
