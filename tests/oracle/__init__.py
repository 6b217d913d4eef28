"""The amounts calculated once more, by people who had read the design and not the product.

Here: a slow evaluator of the whole plan language over plain data, its acceptance numbers, its planted errors.
Not here: anything of the product; what turns the product's facts into plain data is tests/support/oracle_facts.py.
Called by: tests/incentives/plans/test_oracle.py, `python -m tests.oracle`.
Promises: standard library alone (a contract says so); each amount is computed from scratch; a rule that a person
could get wrong has a named function of its own, so that a test can get it wrong on purpose (planted.py).
"""
