"""API: the plumbing of /api/v1/. README.md beside this file shows a whole resource.

Here:      token authentication, scopes, problems, idempotency, cursors, ETags, throttles, batches, the schema.
Not here:  any resource of a business room (their api.py).
Called by: every api.py.
Promises:  each refusal is a problem document with a code and a pointer and has written nothing; a retried
           request returns the first answer.
"""
