"""What the programme's page says: the tiers in words, questions and answers, and only what the vendor shows."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners.onboarding.links import secret_of
from partners.onboarding.setup import save_programme
from partners.tiers.actions import define_tier
from prm.tenancy.context import tenant_context
from prm.workspace.branding import Picture, set_colour, set_logo
from tests.support.applications import lodge
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.pictures import png

RULE = {"all": [{"fact": "partner_type", "op": "in", "value": ["reseller", "integrator"]}]}


@pytest.fixture
def tiered(cast: Cast) -> Cast:
    add_tiers(cast, 1, 2)
    return cast


def add_tiers(cast: Cast, first: int, last: int) -> None:
    with tenant_context(cast.acme.id):
        for rank in range(first, last + 1):
            facts: Any = {"name": f"Step {rank}", "rank": rank, "rule": RULE, "benefits": f"{rank} % more"}
            define_tier(actor=cast.vera.actor, facts=facts, at=NOW)


def save(cast: Cast, **facts: Any) -> None:
    with tenant_context(cast.acme.id):
        told: Any = facts
        save_programme(actor=cast.vera.actor, facts=told, version=None, at=NOW)


def page(language: str = "en") -> str:
    return Client().get("/acme/join/", headers={"accept-language": language}).content.decode()


def test_strangers_read_what_each_tier_asks_for_and_brings(tiered: Cast) -> None:
    text = page()
    assert text.index("Step 1") < text.index("Step 2")
    assert "Type is one of Reseller, System integrator" in text
    assert "2 % more" in text
    assert "Тип" in page("ru")


def test_a_vendor_that_hides_its_tiers_shows_none(tiered: Cast) -> None:
    save(tiered, shows_tiers=False)
    assert "Step 1" not in page()


def test_another_vendors_tiers_are_not_shown(tiered: Cast) -> None:
    assert "Step 1" not in Client().get("/zenith/join/").content.decode()


def test_questions_and_answers_are_markdown_in_the_readers_language(cast: Cast) -> None:
    save(cast, faq={"en": "## Who may join?\n\nAnybody <script>", "ru": "## Кто может?\n\nЛюбой"})
    assert "Who may join?" in page()
    assert "<script>" not in page().split("Who may join?")[1].split("</section>")[0]
    assert "Кто может?" in page("ru")


def test_the_admin_sets_both_on_the_programmes_page(cast: Cast) -> None:
    form = {"reply_days": "3", "reapply_days": "90", "is_open": "on", "faq_en": "## Why?\n\nBecause"}
    assert client_of(cast.vera).post("/acme/m/applications/programme/", form).status_code == 302
    assert "Because" in page()
    shown = client_of(cast.vera).get("/acme/m/applications/programme/").context["form"]
    assert (shown["shows_tiers"].value(), shown["faq_en"].value()) == (False, "## Why?\n\nBecause")


def test_many_tiers_ask_as_often_as_few(tiered: Cast) -> None:
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            page()
        counts.append(len(asked))
        add_tiers(tiered, 3 * len(counts), 3 * len(counts) + 2)
    assert counts[0] == counts[1]


def test_the_wizard_and_the_status_wear_the_vendors_brand(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        set_colour(actor=cast.vera.actor, colour="#0f766e", at=NOW)
        set_logo(actor=cast.vera.actor, picture=Picture("logo.png", png(96, 96)), at=NOW)
    draft, sent = lodge(cast.acme, 1, sent=False), lodge(cast.acme, 2)
    for path in (f"apply/{secret_of(draft.id, 0)}/company/", f"status/{secret_of(sent.id, 0)}/"):
        text = Client().get(f"/acme/join/{path}").content.decode()
        assert 'src="/acme/brand/logo?v=' in text
        assert 'href="/acme/brand/style.css?v=0f766e' in text
