"""Audit: who did what, when, and what was before.

Here:      AuditRecord (append-only), `record`, the catalogue of actions, the sealed hash chain.
Not here:  the page that shows it (prm.workspace).
Called by: every actions.py.
Promises:  a change and its record commit together; no record is ever altered; each sealed record
           carries the hash of all before it in its tenant.
"""
