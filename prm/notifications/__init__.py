"""Notifications: one notice to one person, in the portal and by mail.

Here:      kinds of notices and their words, delivery, a person's own list, letters to people without a login.
Not here:  broadcasts and threads (campaigns), the events of other rooms (they call `notify`).
Called by: actions of every room above, through the outbox.
Promises:  a notice is written once per person however often its ring arrives, read by nobody else, and said in the
           reader's language when it is read; a mail server that is away loses nothing.
"""
