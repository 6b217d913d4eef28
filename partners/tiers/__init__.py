"""Tiers: what a partner has reached, what it gets for it, and the review that moves it.

Here:      conditions and benefits of tiers, the review with its preview, warnings with what is missing, pins, progress.
Not here:  the dated tier itself (partners.directory, PartnerStanding), facts of rules (partners.segments).
Called by: partners.tiers.{console,portal,tasks}.
Promises:  nobody falls without a warning that said what was missing; a downgrade happens at a review alone, after the
           grace period, by the night itself: a person leaves somebody out with a reason, or pins, before its day; a pin
           has a reason, an author and an end; what a preview shows is what applying does.
"""
