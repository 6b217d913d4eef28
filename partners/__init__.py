"""Partners: who sells with us, what, to whom, and what they sold.

Here:      directory, products, customers, sales.
Not here:  money that follows from sales (incentives).
Promises:  imports nothing above itself.
"""
