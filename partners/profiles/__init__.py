"""Profiles: what a vendor wants to know of a partner beyond name, place and tier.

Here:      lists of words (industries, specialisations, languages, regions served) and which hold for a partner; custom
           fields without code, and their values; documents; the public directory of partners that opted in.
Not here:  name, tax id, type, region, tier, the tree (directory); certificates (training).
Called by: pages and API of its own; segments read the words as facts.
Promises:  a code stays for good; a value is of its field's type and a fault names its field; what is for staff is
           unreadable for a partner in the database; nobody is in the public directory who did not say so.
"""
