"""Workspace: the pages and API of the low rooms.

Here:      members, invitations, tokens, tenant settings and brand, audit log, team of a partner.
Not here:  business pages.
Called by: the menu.
Promises:  shows and changes only through the rooms' own actions and queries.
"""
