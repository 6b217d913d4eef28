"""Plans: what is paid for which sale.

Here:      Plan, PlanVersion, PlanAssignment; the plan language, its reference evaluator, its SQL compiler.
Not here:  running a calculation (incentives.earnings).
Called by: plans.{api,console}, earnings.
Promises:  a published version never changes; reference and SQL agree to the cent.
"""
