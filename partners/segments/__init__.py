"""Segments: named groups of partners, by a rule over facts or as a fixed list.

Here:      the registry of facts, rules, members by date with why, recalculation, engagement and potential.
Not here:  tiers (partners.tiers), the facts of other rooms (they register theirs), plans for segments (incentives).
Called by: partners.segments.{api,console,tasks}, tiers and incentives (members as of a day).
Promises:  a recalculation is one statement per segment that writes joins and leaves alone; repeated it writes
           nothing, two at once leave one history; each membership says which facts decided.
"""
