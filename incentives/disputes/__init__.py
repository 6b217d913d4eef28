"""Disputes: what a partner questions of its money, talked over and ruled on.

Here:      Dispute, DisputeTerms; opening, messages both ways, the ruling with the adjustment that follows from it.
Not here:  the adjustment itself (incentives.adjustments), keeping money out (incentives.holds).
Called by: disputes.{api,console,portal}.
Promises:  what is disputed waits until the ruling; one live dispute per amount; who decides sees what the balance
           becomes; an accepted one stands when its adjustment is posted, by two people where the limit says so.
"""
