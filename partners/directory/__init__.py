"""Directory: the record of each partner.

Here:      Partner, its dated standing (type, region, tier), its dated place in the tree, contacts, managers.
Not here:  people's logins (prm.accounts), applications, tiers' rules.
Called by: directory.{api,console,portal}, sales, incentives.
Promises:  at most one parent and one standing on any day; a manager sees the own portfolio only;
           every change leaves an AuditRecord.
"""
