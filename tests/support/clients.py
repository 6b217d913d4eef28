"""Browsers of the cast: a Django test client that is logged in as a person.

Called by: page tests.
"""

import re

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client

from prm.tenancy.context import identity_context
from tests.support.cast import Person


def client_of(person: Person) -> Client:
    """A new client with the person's session; logging in is identity work, so it happens in that scope."""
    client = Client()
    with identity_context():
        client.force_login(person.user)
    return client


def fresh_client_of(person: Person) -> Client:
    """The same, having proved just now who they are: pages of money and roles ask for it."""
    client = client_of(person)
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, person.user, method="password")
    request.session.save()
    return client


def arrived(client: Client, person: Person) -> Client:
    """The browser after its first page: a partner's visit is noted once a day, and the next pages write nothing."""
    if person.actor.partner_id:
        client.get(f"/{person.tenant.slug}/p/")
    return client


def without_varying(body: bytes) -> bytes:
    """The page without what differs in every answer: ids in its own address and the forms' tokens."""
    body = re.sub(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", b"ID", body)
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"TOKEN", body)
