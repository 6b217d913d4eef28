"""Browsers of the cast: a Django test client that is logged in as a person.

Called by: page tests.
"""

from django.test import Client

from prm.tenancy.context import identity_context
from tests.support.cast import Person


def client_of(person: Person) -> Client:
    """A new client with the person's session; logging in is identity work, so it happens in that scope."""
    client = Client()
    with identity_context():
        client.force_login(person.user)
    return client
