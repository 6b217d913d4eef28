"""Acceptance: the numbers that must come out, through the public door.

`make acceptance` (or `python -m prm.local exec -- python -m tests.acceptance`) prints one line per number.
"""
