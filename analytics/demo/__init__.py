"""Demo: two fictional vendors with living data, made through the product's own actions.

Here:      names, products, partners, sales, plans, closed months and payouts of the demo tenants.
Not here:  anything a real installation needs; tests have a cast of their own.
Called by: the commands load_demo and demo_logins.
Promises:  the same seed makes the same data, dated back from today; nothing is loaded twice.
"""
