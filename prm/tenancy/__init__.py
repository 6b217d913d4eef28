"""Tenancy: which vendor's rows a piece of work may see.

Here:      Tenant, the context that names tenant and partner scope to Postgres, the model base,
           the migration operation that writes keys, foreign keys and row policies, the roles.
Not here:  who a person is and what they may do (prm.accounts).
Called by: everything that touches the database.
Promises:  without a context the database shows no row of any tenant table; one context never
           turns into another; a query outside a context raises instead of returning nothing.
"""
