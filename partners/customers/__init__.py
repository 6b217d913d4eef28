"""Customers: the companies that partners sell to.

Here:      Customer.
Not here:  who may sell to them (deals).
Called by: customers.{api,console}, sales, incentives.
Promises:  a customer's code is unique in a tenant; partners see only customers of their own sales.
"""
