"""Jobs: long work as a row that people can watch.

Here:      Job (state, progress, counts, log, cancel), its page and its JSON, kinds of job.
Not here:  the work (each room's tasks).
Called by: imports, earnings, payouts, exports.
Promises:  progress is seen while the work's own transaction is still open; leaving the page stops nothing;
           a cancelled job says where it stopped.
"""
