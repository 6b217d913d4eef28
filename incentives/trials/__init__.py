"""Trials: what a version of a plan would have paid, what a deal would earn, how far partners are in their windows.

Here:      the calculation that is rolled back; Backtest with amounts and chances, DealEstimate, Standing.
Not here:  the rules (incentives.plans), posting (incentives.earnings).
Called by: trials.{api,console,portal,tasks}, panels on the pages of versions, deals and partners.
Promises:  a trial runs the calculation's own statements and leaves nothing but its result;
           what it says is what publishing would post, while no fact changes.
"""
