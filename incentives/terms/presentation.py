"""Terms on other pages: a version's, the partner's earnings and first page, the explanation of an amount.

Called by: the catalogue, terms.{console,portal}."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from incentives.earnings.models import Entry
from incentives.plans.models import PlanVersion
from incentives.plans.queries import access_version
from incentives.terms import queries
from incentives.terms.queries import OwnTerms
from partners.directory.family import surviving_id
from partners.onboarding.rules import in_language, text_hash
from prm.accounts.actor import Actor
from prm.kit.markdown import html_of
from prm.web.panels import Panel

TO_ACCEPT = gettext_lazy("Terms to accept")
LANGUAGES = ("en", "ru")


def markdown(text: str) -> SafeString:
    return mark_safe(html_of(text))  # noqa: S308 - every character of the source is escaped


def texts_shown(version: PlanVersion) -> list[dict[str, Any]]:
    """The text in each of its languages."""
    return [
        {"language": code, "html": markdown(version.terms[code]), "hash": text_hash(version.terms[code])}
        for code in LANGUAGES
        if version.terms.get(code)
    ]


def text_shown(version: PlanVersion, language: str) -> dict[str, Any]:
    """What one reader has before it, and the hash that an acceptance names."""
    text, code = in_language(version.terms, language)
    return {"language": code, "html": markdown(text), "hash": text_hash(text)}


def version_panel(actor: Actor, version_id: UUID) -> Panel:
    """On the page of a version: whether it asks partners for something, and how many have answered."""
    version = access_version(actor, version_id)
    content: dict[str, Any] = {
        "version": version,
        "languages": [code for code in LANGUAGES if version.terms.get(code)],
        "may_change": actor.can("plans.change") and version.published_at is None,
    }
    if version.published_at is not None and version.terms:
        asked, settled = queries.count_requests(actor, version)
        content |= {"asked": asked, "settled": settled, "waiting": asked - settled}
    return Panel(gettext_lazy("Terms for partners"), "console/incentives/terms/_panel.html", content)


def partner_panel(actor: Actor, partner_id: UUID) -> Panel | None:
    """On the page of a partner: what it has not accepted, and the money behind it."""
    rows = _waiting_rows(partner_id, sees_money=actor.can("earnings.view"))
    return (
        Panel(gettext_lazy("Terms not accepted"), "components/terms/partner.html", {"rows": rows})
        if rows
        else None
    )


def own_panel(actor: Actor, partner_id: UUID) -> Panel | None:
    """On the partner's earnings and its first page: what waits for its acceptance, and the money behind it."""
    rows = _waiting_rows(partner_id, sees_money=True)
    return Panel(TO_ACCEPT, "components/terms/own.html", {"rows": rows}) if rows else None


def _waiting_rows(partner_id: UUID, *, sees_money: bool) -> list[dict[str, Any]]:
    """What may be accepted now, with the money that waits for it: that of texts it has taken over too."""
    told = _own(partner_id)
    held = [one.version for one in told if one.money_waits] if sees_money else []
    amounts = queries.unpaid([partner_id], [version.id for version in held]) if held else {}
    rows = []
    for one in (one for one in told if one.is_open):
        sums: Counter[str] = Counter()
        for version in held:
            if version.plan_id == one.version.plan_id and _not_later(version, one.version):
                sums.update(dict(amounts.get((partner_id, version.id), ())))
        rows.append({"terms": one, "waiting": sorted(sums.items())})
    return rows


def _not_later(version: PlanVersion, than: PlanVersion) -> bool:
    assert version.published_at is not None
    assert than.published_at is not None
    return version.published_at <= than.published_at


def entry_panel(actor: Actor, entry_id: UUID) -> Panel | None:
    """Why an amount is not paid yet: its version is paid after acceptance. Nothing where it does not wait for that."""
    entry = Entry.objects.filter(id=entry_id).first()
    if entry is None or entry.partner_id != entry.credited_partner_id:
        return None
    told = [one for one in _own(surviving_id(entry.partner_id)) if one.version.id == entry.version_id]
    if not told or not told[0].money_waits:
        return None
    content = {"terms": told[0], "own": actor.is_partner}
    return Panel(TO_ACCEPT, "components/terms/entry.html", content)


def count_open(actor: Actor) -> int:
    """How many terms wait for the actor's company; for the menu."""
    if actor.partner_id is None or not actor.can("own_earnings.view"):
        return 0
    return sum(one.is_open for one in _own(actor.partner_id))


def _own(partner_id: UUID) -> list[OwnTerms]:
    return queries.own_terms(partner_id, queries.today(timezone.now()))
