"""Products: what is sold.

Here:      ProductCategory, Product.
Not here:  what a product earns (incentives.plans).
Called by: products.{api,console}, sales, incentives.
Promises:  a product's code is unique in a tenant, by exact bytes.
"""
