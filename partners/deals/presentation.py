"""A deal in words: what it is, since when, why, what happens next and who acts. Called by deals.{console,portal}."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from partners.deals import queries
from partners.deals.forms import field_label
from partners.deals.models import Amendment, Deal, DealState, Protection, Stage
from partners.deals.rules import last_protected
from partners.deals.terms import current_terms
from prm.accounts.actor import Actor
from prm.audit.queries import list_records_about
from prm.comments.timeline import ASKED, Moment
from prm.web import format as formats
from prm.web.forms import reader_countries
from prm.web.history import Step, steps_of

STANDING_WORDS = {
    queries.FREE: gettext_lazy("Free: nobody has registered this customer for this product line."),
    queries.YOURS: gettext_lazy("Your company has registered this customer already."),
    queries.REVIEW: gettext_lazy("An earlier registration is being reviewed. You can join the queue."),
    queries.REGISTERED: gettext_lazy("Registered earlier and protected now. You can join the queue."),
}
STANDING_TONES = {
    queries.FREE: "success",
    queries.YOURS: "info",
    queries.REVIEW: "warning",
    queries.REGISTERED: "warning",
}
FIELD_LABELS = {
    "customer": gettext_lazy("Customer"),
    "tax_id": gettext_lazy("Customer's tax id"),
    "domain": gettext_lazy("Customer's website or e-mail"),
    "country": gettext_lazy("Customer's country"),
    "line": gettext_lazy("Product line"),
    "closes_on": gettext_lazy("Expected to close on"),
    "stage": gettext_lazy("Stage"),
    "contact": gettext_lazy("Whom you talk to"),
    "note": gettext_lazy("Note"),
    "starts_on": pgettext_lazy("date", "From"),
    "ends_on": gettext_lazy("Protected until"),
    "days": gettext_lazy("More days"),
}
BASIS_WORDS = {
    "tax_id": gettext_lazy("by the tax id"),
    "domain": gettext_lazy("by the website"),
    "name": gettext_lazy("by the name"),
}


@dataclass(frozen=True)
class Answer:
    """The four questions of a status: what and since when, why, what happens next."""

    headline: str
    why: str
    next_step: str


Said = Callable[[Deal, Protection | None, int, date], Answer]


@dataclass(frozen=True)
class Bar:
    """A protection as a bar: how much of it has passed, in percent, and what is left in words."""

    protection: Protection
    passed_percent: int
    left: str


def answer_of(deal: Deal, protection: Protection | None, place: int, today: date) -> Answer:
    """To the partner."""
    said: Said = _SAID.get(deal.state, _plain)
    return said(deal, protection, place, today)


def answer_to_staff(deal: Deal, protection: Protection | None, place: int, today: date) -> Answer:
    """The same to the vendor, which decides and does not ask."""
    answer = answer_of(deal, protection, place, today)
    asked = deal.state == DealState.RETURNED
    headline = _("The partner was asked a question") if asked else answer.headline
    return Answer(headline, _why_to_staff(deal, place, answer.why), _next_to_staff(deal, answer.next_step))


def _why_to_staff(deal: Deal, place: int, why: str) -> str:
    if deal.state == DealState.QUEUED or (deal.state == DealState.SUBMITTED and place > 1):
        return _("Its place in the queue for this customer is number %(place)s.") % {"place": place}
    return _("Nobody registered this customer earlier.") if deal.state == DealState.SUBMITTED else why


def _next_to_staff(deal: Deal, told: str) -> str:
    if deal.state == DealState.SUBMITTED and not deal.escalated_at:
        return _("The partner was promised an answer by %(due)s.") % {"due": formats.moment(deal.decide_by)}
    if deal.state == DealState.RETURNED:
        names = ", ".join(str(field_label(name)) for name in deal.asked_fields)
        until = formats.day(deal.answer_by) if deal.answer_by else ""
        said = {"fields": names, "until": until}
        return _("To correct by %(until)s: %(fields)s. Without an answer the claim lapses.") % said
    if deal.state == DealState.QUEUED:
        days = deal.own_days or current_terms().protection_days
        return _("Its protection of %(days)s days begins on the day after the one before it ends.") % {
            "days": days
        }
    return str(_NEXT_TO_STAFF.get(deal.state, told))


_NEXT_TO_STAFF: dict[str, Any] = {
    DealState.PROTECTED: gettext_lazy(
        "The partner wins it, or asks for an extension before the last day. It is reminded 14, 7 and 1 days before."
    ),
    DealState.EXPIRED: gettext_lazy(
        "If the partner still works with the customer, it registers the deal again."
    ),
    DealState.LAPSED: gettext_lazy(
        "If the partner still works with the customer, it registers the deal again."
    ),
    DealState.SHARED: gettext_lazy("The partner's share of the sales to this customer stands in the ruling."),
}


def _submitted(deal: Deal, _held: Any, place: int, _today: date) -> Answer:
    due = formats.moment(deal.decide_by)
    if deal.escalated_at:
        then = _("It takes longer than promised and was passed on to the programme's administrators.")
    else:
        then = _("You get an answer by %(due)s. Nothing is for you to do.") % {"due": due}
    if place > 1:
        why = _("Your place in the queue for this customer is number %(place)s.") % {"place": place}
    else:
        why = _("Nobody registered this customer before you.")
    return Answer(_("In review since %(at)s") % {"at": formats.moment(deal.submitted_at)}, why, then)


def _returned(deal: Deal, *_rest: Any) -> Answer:
    names = ", ".join(str(field_label(name)) for name in deal.asked_fields)
    until = formats.day(deal.answer_by) if deal.answer_by else ""
    then = _(
        "Correct by %(until)s: %(fields)s. Your place in the queue stays, unless you name another customer or product "
        "line. Without an answer the claim lapses."
    ) % {"fields": names, "until": until}
    return Answer(_("There is a question for you"), deal.reason, then)


def _lapsed(deal: Deal, *_rest: Any) -> Answer:
    day = formats.day(deal.answer_by) if deal.answer_by else ""
    return Answer(
        _("Lapsed: the question was not answered by %(day)s") % {"day": day},
        deal.reason,
        _("If you still work with the customer, register the deal again."),
    )


def _queued(deal: Deal, _held: Any, place: int, _today: date) -> Answer:
    return Answer(
        _("Approved on condition"),
        _("Your place in the queue for this customer is number %(place)s.") % {"place": place},
        _("Your protection of %(days)s days begins on the day after the one before it ends.")
        % {"days": deal.own_days or current_terms().protection_days},
    )


def _protected(_deal: Deal, held: Protection | None, _place: int, _today: date) -> Answer:
    assert held is not None
    return Answer(
        _("Protected until %(day)s") % {"day": formats.day(held.last_day)},
        _("Approved on %(day)s. Until then nobody else gets this customer for this product line.")
        % {"day": formats.day(held.starts_on)},
        _("Win it, or ask for an extension before the last day. You are reminded 14, 7 and 1 days before."),
    )


def _expired(_deal: Deal, held: Protection | None, *_rest: Any) -> Answer:
    day = formats.day(held.last_day) if held else ""
    return Answer(
        _("Protection ended on %(day)s") % {"day": day},
        _("No extension was granted before the last day."),
        _("If you still work with the customer, register the deal again."),
    )


def _shared(deal: Deal, *_rest: Any) -> Answer:
    then = _("Your share of the sales to this customer stands below your deals.")
    return Answer(_("Shared by a ruling"), deal.reason, then)


def _plain(deal: Deal, *_rest: Any) -> Answer:
    return Answer(deal.get_state_display(), deal.reason, "")


_SAID: dict[str, Said] = {
    DealState.SUBMITTED: _submitted,
    DealState.RETURNED: _returned,
    DealState.QUEUED: _queued,
    DealState.PROTECTED: _protected,
    DealState.EXPIRED: _expired,
    DealState.SHARED: _shared,
    DealState.LAPSED: _lapsed,
}


def bar_of(protection: Protection | None, today: date) -> Bar | None:
    """None where nothing is protected today."""
    if protection is None or not protection.starts_on <= today < protection.ends_on:
        return None
    whole, left = (protection.ends_on - protection.starts_on).days, (protection.ends_on - today).days
    said = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return Bar(protection, (whole - left) * 100 // whole, said)


def history_of(deal: Deal) -> list[Step]:
    records = list_records_about(deal.id)
    ends = {told.after["ends_on"] for told in records if "ends_on" in told.after}
    values: dict[str, Any] = {
        "stage": dict(Stage.choices),
        "country": reader_countries(),
        "ends_on": {end: formats.day(last_protected(date.fromisoformat(end))) for end in ends},
    }
    return steps_of(records, FIELD_LABELS, values)


def deal_moments(actor: Actor, partner_id: UUID, before: datetime | None = None) -> list[Moment]:
    """Its newest registrations before an instant, for the timeline of a partner."""
    rows = queries.visible_deals(actor).filter(partner_id=partner_id)
    if before is not None:
        rows = rows.filter(submitted_at__lt=before)
    return [
        Moment(
            deal.submitted_at,
            _("Registered a deal: %(customer)s") % {"customer": deal.customer},
            who=deal.submitted_by_label,
            text=deal.get_state_display(),
            url=reverse("deal-detail", args=[deal.id]),
            icon="heart-handshake",
        )
        for deal in rows.order_by("-submitted_at")[:ASKED]
    ]


def columns_of(board: list[queries.Column]) -> list[dict[str, Any]]:
    """The board: one column per stage, with what is not shown of it and the stages that a deal of it can move to."""
    labels = dict(Stage.choices)
    return [
        {
            "stage": column.stage,
            "label": labels[column.stage],
            "count": column.count,
            "totals": list(column.totals.items()),
            "deals": column.deals,
            "hidden": column.count - len(column.deals),
            "others": [(code, label) for code, label in Stage.choices if code != column.stage],
        }
        for column in board
    ]


def amendment_said(amendment: Amendment) -> list[tuple[Any, str, str]]:
    """What an amendment changes: the field, what stood, what is asked for."""
    countries = reader_countries()
    rows = []
    for name, was in amendment.was.items():
        wanted = amendment.line.name if name == "line" else getattr(amendment, name)
        names = countries if name == "country" else {}
        rows.append((field_label(name), names.get(was, was) or "—", names.get(wanted, wanted) or "—"))
    return rows
