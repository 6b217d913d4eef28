"""Who read a draft publishes what was read: once somebody has saved it again, nothing."""

import pytest
from django.test import Client

from incentives.plans import actions
from incentives.plans.models import PlanVersion
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import make_plan
from tests.support.rows import nothing_written, nothing_written_in


def paying(rate: str) -> dict[str, object]:
    return {"currency": "EUR", "components": [{"id": "base", "type": "rate", "rate": rate}]}


@pytest.fixture
def read(cast: Cast) -> PlanVersion:
    """As Vasily opened it: a sale earns 10 %."""
    with tenant_context(cast.acme.id):
        return actions.draft_version(
            actor=cast.vera.actor, plan=make_plan(), document=paying("0.1"), starts_on=NOW.date(), at=NOW
        )


def save_again(cast: Cast, read: PlanVersion) -> None:
    """Vera would have it 90 %."""
    with tenant_context(cast.acme.id):
        actions.edit_version(
            actor=cast.vera.actor, version=read, revision=1, document=paying("0.9"), starts_on=read.starts_on,
            ends_on=None, note="", at=NOW,
        )  # fmt: skip


def test_what_was_saved_since_is_not_published(cast: Cast, read: PlanVersion) -> None:
    save_again(cast, read)
    with tenant_context(cast.acme.id):
        with nothing_written(), pytest.raises(actions.VersionChangedMeanwhile):
            actions.publish_version(actor=cast.vasily.actor, version=read, revision=read.revision, at=NOW)
        published = actions.publish_version(actor=cast.vasily.actor, version=read, revision=2, at=NOW)
    assert published.document["components"][0]["rate"] == "0.9"


@pytest.fixture
def vasily(cast: Cast) -> Client:
    return client_of(cast.vasily)


def test_a_page_that_was_open_meanwhile_publishes_nothing_and_says_why(
    cast: Cast, vasily: Client, read: PlanVersion
) -> None:
    page = f"/acme/m/plans/versions/{read.id}/"
    assert 'name="revision" value="1"' in vasily.get(page).content.decode()
    save_again(cast, read)
    with nothing_written_in(cast.acme):
        told = vasily.post(page + "publish/", {"revision": "1"}, follow=True).content.decode()
    assert "Read what it says now, then publish it." in told
    assert vasily.post(page + "publish/", {"revision": "2"}).status_code == 302
    with tenant_context(cast.acme.id):
        assert PlanVersion.objects.get().published_by_user_id == cast.vasily.user.id
