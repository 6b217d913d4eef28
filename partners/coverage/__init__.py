"""Coverage: which partners work with which end customers, since when and how much.

Here:      who works with a customer and what happened there, a partner's own customers, their pages and API.
Not here:  customers themselves (customers), claims (deals), lines (sales), what a partner earned (incentives).
Called by: coverage.{api,console,portal}; other rooms add panels at "own_customer".
Promises:  a partner sees customers it sold to or whose claim the vendor accepted, with its own numbers and nobody
           else's; a channel manager sees the own portfolio alone; what belongs to merged partners is their survivor's.
"""
