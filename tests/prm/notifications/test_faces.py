"""The list of notices: unread first to be seen, opening reads, nobody else's."""

from http import HTTPStatus

import pytest

from prm.kit.ids import uuid7
from prm.notifications.models import Notice
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.notices import TOLD, TOLD_WITH


@pytest.fixture
def notice(cast: Cast) -> Notice:
    with tenant_context(cast.acme.id):
        return Notice.objects.create(
            ring=uuid7(),
            member_id=cast.paul.membership.id,
            partner_id=cast.northwind.id,
            kind=TOLD,
            params=TOLD_WITH,
            link_name="portal-company",
            created_at=NOW,
        )


def read(cast: Cast, notice: Notice) -> bool:
    with tenant_context(cast.acme.id):
        return Notice.objects.get(id=notice.id).read_at is not None


def test_the_menu_counts_what_is_unread_and_the_list_says_it(cast: Cast, notice: Notice) -> None:
    page = client_of(cast.paul).get("/acme/p/notices/").content.decode()
    assert '<b class="count">1</b>' in page
    assert "Deal D-7 is protected until 12 Apr 2026" in page


def test_opening_reads_it_and_goes_where_it_leads(cast: Cast, notice: Notice) -> None:
    answer = client_of(cast.paul).post(f"/acme/p/notices/{notice.id}/open/")
    assert (answer.status_code, answer.headers["Location"]) == (HTTPStatus.FOUND, "/acme/p/company/")
    assert read(cast, notice)


def test_a_colleagues_notice_is_missing(cast: Cast, notice: Notice) -> None:
    answer = client_of(cast.mia).post(f"/acme/p/notices/{notice.id}/open/")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert not read(cast, notice)


def test_all_are_marked_at_once(cast: Cast, notice: Notice) -> None:
    client_of(cast.paul).post("/acme/p/notices/")
    assert read(cast, notice)


def test_without_any_the_page_says_so(cast: Cast) -> None:
    assert "No notices yet" in client_of(cast.vera).get("/acme/m/notices/").content.decode()
