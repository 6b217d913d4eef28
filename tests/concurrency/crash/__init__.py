"""Many crashes during large calculations, and every cent afterwards.

Here: servers of its own that may be stopped hard, a programme of many lines, faults at random, the comparison.
Not here: single deaths at chosen places (test_calculation_crash.py, test_payout_crash.py).
Called by: `make crash` (`python -m tests.concurrency.crash`), tests/concurrency/test_crashes.py in a small size.
Promises: the seed is printed; no server and no worker outlives the command; the time is bounded.
"""
