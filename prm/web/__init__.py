"""Web: what every page stands on.

Here:      page decorators, the menu and home-tile registries, formats, PDFs, request ids, logs, health, error pages.
Not here:  any page of a business room.
Called by: every console.py and portal.py.
Promises:  a page without a declared permission does not exist; its declaration is what the access matrix reads.
"""
