"""Currencies: dated exchange rates of a tenant.

Here:      ExchangeRate, publishing, finding the rate of a day.
Not here:  exponents and rounding (prm.kit.money).
Called by: incentives.plans (conversion), imports, the rates page and API.
Promises:  a published rate is never changed in place; the rate of a day is the last one at most 7 days old.
"""
