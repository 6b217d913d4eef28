"""Terms: what partners accept with a version of a plan, and the money that waits until they have.

Here:      who is asked for which version's text, acceptances, reminders, what changes for a partner.
Not here:  the text itself (incentives.plans), keeping money out of a run (incentives.payouts, through `UNACCEPTED`).
Called by: terms.{api,console,portal,tasks}, panels on pages of versions, earnings and the portal's home, payouts.
Promises:  an acceptance keeps the hash of the text that was read and never changes; nobody's money waits for a text
           that it cannot accept.
"""
