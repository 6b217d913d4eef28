"""The faces of terms: writing them, what a partner reads and accepts, who has, and the API."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from incentives.plans.models import PlanVersion
from incentives.terms.actions import ask_partners
from incentives.terms.models import TermsAcceptance, TermsRequest
from partners.onboarding.rules import text_hash
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import assign, make_plan, publish
from tests.support.rows import nothing_written_in

RATE: list[dict[str, Any]] = [{"id": "base", "title": "Base", "type": "rate", "rate": "0.1"}]
TEXTS = {"en": "Sell **well**.", "ru": "Продавайте **хорошо**."}


@pytest.fixture
def version(cast: Cast) -> PlanVersion:
    """The second version of a plan, with terms; both partners are asked."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        assign(plan)
        publish(plan, RATE)
        later = NOW.replace(hour=12)
        second = publish(plan, [RATE[0] | {"rate": "0.2"}], at=later, starts_on=date(2026, 2, 1), terms=TEXTS)
        ask_partners(at=later)
    return second


@pytest.fixture
def paul(cast: Cast) -> Client:
    return client_of(cast.paul)


def test_a_partner_reads_what_changes_and_accepts_it(cast: Cast, version: PlanVersion, paul: Client) -> None:
    home = paul.get("/acme/p/").content.decode()
    assert f"/acme/p/terms/{version.id}/" in home
    page = f"/acme/p/terms/{version.id}/"
    shown = paul.get(page).content.decode()
    assert "Pays 10% of net sales." in shown
    assert "Pays 20% of net sales." in shown
    assert "Sell <strong>well</strong>." in shown
    assert "Accept for the company" not in client_of(cast.mia).get(page).content.decode()
    with nothing_written_in(cast.acme):
        refused = paul.post(page, {"text_hash": text_hash("Sell badly.")}, follow=True)
    assert "Read the new text" in refused.content.decode()
    done = paul.post(page, {"text_hash": text_hash(TEXTS["en"])}, follow=True)
    assert "Accepted. Thank you." in done.content.decode()
    with tenant_context(cast.acme.id):
        assert TermsAcceptance.objects.get().partner_id == cast.northwind.id
    assert page not in paul.get("/acme/p/").content.decode()


def test_staff_see_who_has_accepted_and_remind_the_others(
    cast: Cast, version: PlanVersion, paul: Client
) -> None:
    paul.post(f"/acme/p/terms/{version.id}/", {"text_hash": text_hash(TEXTS["en"])})
    vera, page = client_of(cast.vera), f"/acme/m/plans/versions/{version.id}/acceptances/"
    assert "1 of 2 have accepted" in vera.get(f"/acme/m/plans/versions/{version.id}/").content.decode()
    waiting = vera.get(page, {"state": "waiting"}).content.decode()
    assert "Southwind" in waiting
    assert "Northwind" not in waiting
    told = vera.get(page + "export.csv", {"state": "accepted"}).content.decode()
    assert "Northwind" in told
    assert text_hash(TEXTS["en"]) in told
    assert "Southwind" not in told
    with tenant_context(cast.acme.id):
        TermsRequest.objects.update(told_at=None)
    assert (
        "1 partner is reminded."
        in vera.post(f"/acme/m/plans/versions/{version.id}/remind/", follow=True).content.decode()
    )
    assert client_of(cast.felix).post(f"/acme/m/plans/versions/{version.id}/remind/").status_code == 403
    assert "Terms not accepted" in vera.get(f"/acme/m/partners/{cast.southwind.id}/").content.decode()


def test_a_draft_takes_over_the_terms_of_the_version_before_and_may_change_them(
    cast: Cast, version: PlanVersion
) -> None:
    vera = client_of(cast.vera)
    settings = {
        "starts_on": "2026-06-01", "currency": "EUR", "payout_currency": "EUR", "period": "month", "hold_days": "0",
        "minimum_payout": "0", "earning_event": "order", "refund_policy": "original_rate",
    }  # fmt: skip
    vera.post(f"/acme/m/plans/{version.plan_id}/versions/new/", settings)
    with tenant_context(cast.acme.id):
        draft = PlanVersion.objects.get(published_at__isnull=True)
    assert draft.terms == TEXTS
    page = f"/acme/m/plans/versions/{draft.id}/terms/"
    written = {"version": draft.revision, "text_en": "", "text_ru": "", "pays_after_acceptance": "on"}
    with nothing_written_in(cast.acme):
        assert vera.post(page, written).status_code == 422
    assert vera.post(page, written | {"text_en": "Sell more."}).status_code == 302
    with tenant_context(cast.acme.id):
        draft.refresh_from_db()
    assert (draft.terms, draft.pays_after_acceptance) == ({"en": "Sell more."}, True)
    with nothing_written_in(cast.acme):
        assert vera.post(f"/acme/m/plans/versions/{version.id}/terms/", written).status_code == 404
    assert (
        "Sell <strong>well</strong>."
        in vera.get(f"/acme/m/plans/versions/{version.id}/terms/").content.decode()
    )


def test_machines_read_terms_and_accept_on_behalf(cast: Cast, version: PlanVersion) -> None:
    machine = Machine(make_key(cast.acme, "terms:read", "terms:write"))
    (listed,) = machine.get("plan-terms").json()["data"]
    assert (listed["version_id"], listed["texts"]) == (str(version.id), TEXTS)
    path = f"plan-versions/{version.id}/acceptances"
    body = {"partner": "NW", "language": "ru", "text_hash": listed["hashes"]["ru"]}
    with nothing_written_in(cast.acme):
        wrong = machine.post(path, body | {"text_hash": listed["hashes"]["en"]})
        unknown = machine.post(path, body | {"partner": "XX"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "terms_text_changed")
    assert unknown.status_code == 422
    first, second = machine.post(path, body), machine.post(path, body)
    assert (first.status_code, first.json()["on_behalf"]) == (201, True)
    assert second.json()["id"] == first.json()["id"]
    (kept,) = machine.get(path).json()["data"]
    assert (kept["partner_code"], kept["accepted_by"]) == ("NW", "ERP")


def test_machines_write_the_terms_of_drafts_alone(cast: Cast, version: PlanVersion) -> None:
    machine = Machine(make_key(cast.acme, "plans:read", "plans:write", "terms:read"))
    document = {"currency": "EUR", "components": RATE}
    drafted = machine.post(
        f"plans/{version.plan_id}/versions", {"starts_on": "2026-06-01", "document": document}
    ).json()
    path, body = (
        f"plan-versions/{drafted['id']}/terms",
        {"texts": {"en": "Sell."}, "pays_after_acceptance": True},
    )
    with nothing_written_in(cast.acme):
        assert machine.send("PUT", path, body).status_code == 428
        assert machine.send("PUT", path, body | {"texts": {}}, if_match='"1"').status_code == 422
        published = machine.send("PUT", f"plan-versions/{version.id}/terms", body, if_match='"1"')
    assert published.status_code == 409
    answer = machine.send("PUT", path, body, if_match='"1"')
    assert (answer.status_code, answer["ETag"]) == (200, '"2"')
    assert machine.get(path).json()["hashes"] == {"en": text_hash("Sell.")}
