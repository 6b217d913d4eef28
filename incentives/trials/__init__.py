"""Trials: what a version of a plan would have paid, before it is published.

Here:      Backtest and its amounts, the calculation that is rolled back, the chances that lie at a bound.
Not here:  the rules (incentives.plans), posting (incentives.earnings).
Called by: trials.{api,console,tasks}, the page of a version.
Promises:  a trial runs the calculation's own statements and leaves nothing but its result;
           what it says is what publishing would post, while no fact changes.
"""
