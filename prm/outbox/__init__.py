"""Outbox: what must happen after a commit, written before it.

Here:      Event rows in the caller's transaction, `emit`, `enqueue`, `subscribe`, the relay.
Not here:  the work itself (each room's tasks).
Called by: actions (emit, enqueue), catalogues (subscribe), beat (sweep).
Promises:  an event exists exactly if its change was committed, and reaches every subscriber at least once.
"""
