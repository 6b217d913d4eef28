"""Comments: what people say about a record, and the one timeline of its page.

Here:      comments on any record, internal or shared with a partner, with files; the timeline that merges them.
Not here:  messages and threads of people (campaigns), notices (prm.notifications), the audit trail (prm.audit).
Called by: record pages of every room; rooms declare their records as subjects and add sources to a timeline.
Promises:  an internal comment is unreadable for a partner, by raw SQL too; nobody comments on what they cannot see.
"""
