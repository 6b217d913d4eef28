"""The partner's own company page."""

import pytest

from partners.directory.models import Contact, Partner
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of


def page(person: Person, path: str = ""):
    return client_of(person).get(f"/acme/p/company/{path}")


def send(person: Person, path: str, **body):
    return client_of(person).post(f"/acme/p/company/{path}", body)


@pytest.fixture
def contacts(cast: Cast):
    with tenant_context(cast.acme.id):
        own = Contact.objects.create(partner=cast.northwind, name="Own Contact")
        other = Contact.objects.create(partner=cast.southwind, name="Other Contact")
    return own, other


def contact_names(cast: Cast) -> set[str]:
    with tenant_context(cast.acme.id):
        return set(Contact.objects.values_list("name", flat=True))


def test_shows_the_own_company_and_nothing_of_another(cast, contacts):
    text = page(cast.mia).content.decode()
    assert "Northwind" in text
    assert "Own Contact" in text
    assert "Southwind" not in text
    assert "Other Contact" not in text


def test_user_reads_and_is_told_who_changes(cast, contacts):
    assert "changed by your company" in page(cast.mia).content.decode()
    own, _other = contacts
    assert page(cast.mia, "website/").status_code == 403
    assert (
        send(cast.mia, f"contacts/{own.id}/", name="Mine", position="", email="", phone="").status_code == 403
    )
    assert send(cast.mia, f"contacts/{own.id}/remove/").status_code == 403
    assert contact_names(cast) == {"Own Contact", "Other Contact"}


def test_admin_changes_the_website_and_nothing_else(cast):
    answer = send(
        cast.paul, "website/", website="northwind.example", version="1", name="Renamed", tier="gold"
    )
    assert answer.status_code == 302
    with tenant_context(cast.acme.id):
        partner = Partner.objects.get(id=cast.northwind.id)
    assert (partner.website, partner.name, partner.tier) == ("https://northwind.example", "Northwind", "")


def test_stale_website_form_shows_both(cast):
    send(cast.paul, "website/", website="https://one.example", version="1")
    answer = send(cast.paul, "website/", website="https://two.example", version="1")
    assert answer.status_code == 409
    assert "https://one.example" in answer.content.decode()
    assert "https://two.example" in answer.content.decode()


def test_admin_keeps_the_contacts(cast, contacts):
    own, _other = contacts
    assert send(cast.paul, "contacts/new/", name="New", position="", email="", phone="").status_code == 302
    assert (
        send(
            cast.paul, f"contacts/{own.id}/", name="Own Renamed", position="", email="", phone=""
        ).status_code
        == 302
    )
    assert contact_names(cast) == {"New", "Own Renamed", "Other Contact"}
    assert send(cast.paul, f"contacts/{own.id}/remove/").status_code == 302
    assert contact_names(cast) == {"New", "Other Contact"}


def test_contact_of_another_partner_is_missing(cast, contacts):
    _own, other = contacts
    assert page(cast.paul, f"contacts/{other.id}/").status_code == 404
    assert send(cast.paul, f"contacts/{other.id}/remove/").status_code == 404
    assert contact_names(cast) == {"Own Contact", "Other Contact"}


def test_staff_have_no_company(cast):
    assert page(cast.vera).status_code == 404
