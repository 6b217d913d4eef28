"""Onboarding: how a company becomes a working partner.

Here:      the public programme page, the waiting list while it is closed, applications and their decisions, agreements
           and who accepted which version, the first steps of a new partner, the funnel from application to first sale.
Not here:  partners themselves (directory), logins (prm.accounts), courses, deals and sales (they register steps here).
Called by: onboarding.{public,console,portal,api,tasks}; rooms above, through `kinds` and `milestones`.
Promises:  an applicant's request sees one application and nothing else of the vendor; a duplicate learns no name;
           one application is decided once; a text that was accepted is known by its hash for ever.
"""
