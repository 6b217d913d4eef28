"""Accounts: people, and what each may do in which tenant.

Here:      User (a global person), Membership, Invitation, ApiToken, roles, the permission catalogue, Actor,
           the middleware that finds the tenant and opens its context, operators and their admin.
Not here:  the pages for members and tokens (prm.workspace); passwords and second factors (django-allauth).
Called by: every interface.
Promises:  a person reaches a tenant only through a live membership; a token names its tenant and never a person;
           an unknown and a foreign tenant answer alike.
"""
