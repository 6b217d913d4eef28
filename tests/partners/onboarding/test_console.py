"""The queue, its keys' targets, bulk decisions, settings and first steps as staff and partners meet them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from partners.directory.keys import write_keys
from partners.onboarding.agreements import accept_document, open_documents, publish_document
from partners.onboarding.decisions import Terms, approve_application, ask_applicant
from partners.onboarding.journeys import plan_steps, start_journey
from partners.onboarding.links import secret_of
from partners.onboarding.models import Application, Journey, Programme
from partners.onboarding.queries import duplicate_candidates
from prm.tenancy.context import tenant_context
from tests.support.applications import lodge
from tests.support.cast import NOW, Cast, make_partner
from tests.support.clients import client_of


@pytest.fixture
def vera(cast: Cast) -> Client:
    return client_of(cast.vera)


def text_of(answer) -> str:
    return str(answer.content.decode())


def test_the_queue_shows_what_waits_oldest_first(cast: Cast, vera: Client) -> None:
    late = lodge(cast.acme, 2, at=NOW + timedelta(days=1))
    early = lodge(cast.acme, 1)
    lodge(cast.acme, 3, sent=False)
    page = vera.get("/acme/m/applications/")
    assert [row.id for row in page.context["page"].rows] == [early.id, late.id]
    assert "days late" in text_of(page)


def test_an_approval_by_key_needs_nothing_typed_and_leads_to_the_next(cast: Cast, vera: Client) -> None:
    first, second = lodge(cast.acme, 1), lodge(cast.acme, 2)
    sheet = vera.get(f"/acme/m/applications/{first.id}/")
    told = {name: sheet.context["approve_form"].initial.get(name, "") for name in ("code", "partner_type")}
    answer = vera.post(f"/acme/m/applications/{first.id}/approve/", told)
    assert answer["Location"].startswith(f"/acme/m/applications/{second.id}/")


def test_a_rejection_without_words_opens_its_form_again(cast: Cast, vera: Client) -> None:
    application = lodge(cast.acme)
    answer = vera.post(f"/acme/m/applications/{application.id}/reject/", {"reason": ""})
    assert (answer.status_code, answer.context["opened"]) == (422, "reject")
    assert 'href="#reject_reason"' in text_of(answer)


def test_two_at_once_the_second_reads_who_decided(cast: Cast, vera: Client) -> None:
    application = lodge(cast.acme)
    vera.post(f"/acme/m/applications/{application.id}/reject/", {"reason": "No."})
    vasily = client_of(cast.vasily)
    answer = vasily.post(
        f"/acme/m/applications/{application.id}/approve/",
        {"code": "X", "partner_type": "reseller"},
        follow=True,
    )
    assert "Vera rejected this application" in text_of(answer)


def test_the_bulk_report_says_of_each_what_became_of_it(cast: Cast, vera: Client) -> None:
    rows = [lodge(cast.acme, number) for number in (1, 2)]
    vera.post(f"/acme/m/applications/{rows[0].id}/reject/", {"reason": "No."})
    report = vera.post("/acme/m/applications/bulk/", {"ids": [row.id for row in rows], "verb": "approve"})
    assert report.context["done"] == 1
    assert "Vera rejected this application" in text_of(report)


def test_the_answer_page_opens_the_asked_fields_and_no_other(cast: Cast, vera: Client) -> None:
    application = lodge(cast.acme)
    told = {"text": "Which site?", "fields_asked": ["website"]}
    vera.post(f"/acme/m/applications/{application.id}/ask/", told)
    link = f"/acme/join/status/{secret_of(application.id, 0)}/"
    stranger = Client()
    assert list(stranger.get(link).context["form"].fields) == ["website", "reply"]
    answer = {"website": "https://new.example", "reply": "This", "company_name": "Forged"}
    assert stranger.post(link, answer).status_code == 302
    with tenant_context(cast.acme.id):
        application.refresh_from_db()
    assert (application.website, application.company_name) == ("https://new.example", "Company 1")


def test_a_manager_sees_no_approved_application_of_another_portfolio(cast: Cast) -> None:
    theirs, open_one = lodge(cast.acme, 1), lodge(cast.acme, 2)
    with tenant_context(cast.acme.id):
        approve_application(actor=cast.vera.actor, application=theirs, terms=Terms(), at=NOW)
    nina = client_of(cast.nina)
    assert nina.get(f"/acme/m/applications/{theirs.id}/").status_code == 404
    assert nina.get(f"/acme/m/applications/{open_one.id}/").status_code == 200


def test_a_duplicate_behind_the_wall_has_no_name(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        cast.southwind.website = "https://company1.example"
        write_keys(cast.southwind)
        cast.southwind.save()
        application = lodged_past_the_guard(cast)
    assert "a partner outside your portfolio" in text_of(
        client_of(cast.nina).get(f"/acme/m/applications/{application.id}/")
    )
    assert "Southwind" in text_of(client_of(cast.vera).get(f"/acme/m/applications/{application.id}/"))


def lodged_past_the_guard(cast: Cast) -> Application:
    """A partner may be added after its twin applied."""
    return Application.objects.create(
        reference="A-222222", state="submitted", token_hash="x", company_name="Company 1", domain="company1.example",
        website="https://company1.example", country="US", tax_id="US1", email="a@company1.example",
        partner_type="reseller", created_at=NOW, saved_at=NOW, submitted_at=NOW, due_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"tax_id": "DE 136.695.976"}, "tax_id"),
        ({"website": "http://www.lakeside.example/shop"}, "domain"),
        ({"name": "Lakeside Systems GmbH"}, "name"),
    ],
)
def test_duplicates_are_found_by_their_keys(cast: Cast, facts: dict[str, str], reason: str) -> None:
    """Whatever comes before them in the alphabet, and however many."""
    told: dict[str, Any] = {"name": "Zeta", **facts}
    make_partner(cast.acme, "ZZ", told.pop("name"), country="DE", **told)
    with tenant_context(cast.acme.id):
        application = Application.objects.create(
            reference="A-333333", state="submitted", token_hash="y", company_name="LAKESIDE Systems", country="DE",
            domain="lakeside.example", tax_id="DE136695976", tax_key="136695976", email="a@lakeside.example",
            partner_type="reseller", created_at=NOW, saved_at=NOW, submitted_at=NOW, due_at=NOW,
        )  # fmt: skip
        (found,) = duplicate_candidates(cast.vera.actor, application)
    assert found.reasons == [reason]


def test_two_editors_of_the_programme_page_do_not_overwrite_each_other(cast: Cast, vera: Client) -> None:
    told = {"intro_en": "Welcome", "reply_days": "5", "reapply_days": "30", "is_open": "on", "version": "1"}
    assert vera.post("/acme/m/applications/programme/", told).status_code == 302
    assert vera.post("/acme/m/applications/programme/", told).status_code == 302
    stale = vera.post("/acme/m/applications/programme/", {**told, "intro_en": "Other"})
    assert stale.status_code == 422
    with tenant_context(cast.acme.id):
        assert Programme.objects.get().intro == {"en": "Welcome"}


def test_a_plan_keeps_its_order_and_running_journeys_keep_theirs(cast: Cast, vera: Client) -> None:
    with tenant_context(cast.acme.id):
        journey = start_journey(actor=cast.vera.actor, partner=cast.northwind, at=NOW)
        kinds = [step["kind"] for step in journey.steps]
    told: dict[str, object] = {"version": "0"}
    for place, kind in enumerate(["profile", "agreement", "team", "bank", "first_course", "first_deal"], 1):
        told |= {f"place_{kind}": place, f"days_{kind}": 5}
    told |= {"use_profile": "on", "use_agreement": "on", "needs_agreement": ["profile"]}
    assert vera.post("/acme/m/journeys/plans/reseller/", told).status_code == 302
    wrong = vera.post(
        "/acme/m/journeys/plans/reseller/", {**told, "version": "1", "needs_profile": ["agreement"]}
    )
    assert wrong.status_code == 422
    empty = vera.post("/acme/m/journeys/plans/reseller/", {**told, "version": "1", "days_profile": ""})
    assert "Complete the profile: Days to complete" in text_of(empty)
    with tenant_context(cast.acme.id):
        steps, version = plan_steps("reseller")
        assert ([step["kind"] for step in steps], version) == (["profile", "agreement"], 1)
        assert [step["kind"] for step in Journey.objects.get().steps] == kinds


def test_steps_complete_themselves_and_say_what_they_need(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        version = publish_document(
            actor=cast.vera.actor, kind="agreement", texts={"en": "One"}, notice_days=0, at=NOW
        )
        start_journey(actor=cast.vera.actor, partner=cast.northwind, at=NOW)
    paul = client_of(cast.paul)
    page = paul.get("/acme/p/start/")
    assert {row["step"].kind.code: row["step"].state for row in page.context["steps"]}["bank"] == "blocked"
    assert "Cannot start yet: needs" in text_of(page)
    assert paul.post(f"/acme/p/agreements/{version.id}/").status_code == 302
    states = {row["step"].kind.code: row["step"].state for row in paul.get("/acme/p/start/").context["steps"]}
    assert (states["agreement"], states["bank"] != "blocked") == ("done", True)


def test_a_new_version_asks_again_after_its_notice(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        first = publish_document(
            actor=cast.vera.actor, kind="agreement", texts={"en": "One"}, notice_days=9, at=NOW
        )
        accept_document(actor=cast.paul.actor, partner=cast.northwind, version=first, language="en", at=NOW)
        assert open_documents(cast.northwind.id, NOW.date()) == []
        second = publish_document(
            actor=cast.vera.actor, kind="agreement", texts={"en": "Two"}, notice_days=30, at=NOW
        )
        assert (first.in_force_on, second.in_force_on) == (NOW.date(), NOW.date() + timedelta(days=30))
        assert open_documents(cast.northwind.id, NOW.date()) == [second]


def test_a_colleague_reads_the_agreement_and_may_not_accept(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        version = publish_document(
            actor=cast.vera.actor, kind="agreement", texts={"en": "One"}, notice_days=0, at=NOW
        )
    mia = client_of(cast.mia)
    assert mia.get(f"/acme/p/agreements/{version.id}/").status_code == 200
    assert mia.post(f"/acme/p/agreements/{version.id}/").status_code == 403


def test_the_funnel_counts_and_measures(cast: Cast, vera: Client) -> None:
    first, second = lodge(cast.acme, 1, source="fair"), lodge(cast.acme, 2)
    with tenant_context(cast.acme.id):
        approve_application(
            actor=cast.vera.actor, application=first, terms=Terms(), at=NOW + timedelta(days=4)
        )
        ask_applicant(actor=cast.vera.actor, application=second, fields=[], text="?", at=NOW)
    funnel = vera.get("/acme/m/applications/funnel/").context["funnel"]
    assert [(stage.code, stage.count, stage.days) for stage in funnel.stages] == [
        ("applied", 2, None),
        ("approved", 1, 4.0),
        ("activated", 0, None),
        ("first_deal", 0, None),
        ("first_sale", 0, None),
    ]
    assert [group.label for group in funnel.breakdowns[0][1]] == ["Not named", "fair"]


def test_the_file_holds_what_the_list_shows_and_no_formula(cast: Cast, vera: Client) -> None:
    lodge(cast.acme, 1, company_name="=HYPERLINK(1)")
    lodge(cast.acme, 2, partner_type="integrator")
    file = text_of(vera.get("/acme/m/applications/export.csv?partner_type=reseller"))
    assert "Company 2" not in file
    assert "\t=HYPERLINK" in file or "'=HYPERLINK" in file
