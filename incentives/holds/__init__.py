"""Holds: money of a partner that waits until somebody, or a day, lets it go.

Here:      Hold of a partner, of a deal's sales, or of one questioned sale; placing, releasing, what waits behind it.
Not here:  what is owed (incentives.ledger), taking it into a run (incentives.payouts), disputes (incentives.disputes).
Called by: holds.{api,console}, payouts through `HELD_BY`, disputes.
Promises:  what is held is owed all the same; the partner reads that it waits and why; a run that has reserved money
           already pays it, and whoever places the hold is told which run that is.
"""
