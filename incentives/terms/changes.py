"""What changes for a partner with a version: the rules and settings of the version before beside those of this one.

Promise: says what both documents say, side by side; called by terms.{portal,console}."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from incentives.plans.document import PlanDocument
from incentives.plans.language import PlanInvalid, parse_document
from incentives.plans.models import PlanVersion
from incentives.plans.sentences import ComponentText, Names, cap_sentences, describe
from prm.web import format as formats

SAME, CHANGED, NEW, GONE = "same", "changed", "new", "gone"


@dataclass(frozen=True)
class RuleChange:
    """One rule of pay, as it was and as it becomes."""

    title: str
    old: ComponentText | None
    new: ComponentText | None

    @property
    def state(self) -> str:
        if self.old is None:
            return NEW
        return GONE if self.new is None else SAME if self.old == self.new else CHANGED


@dataclass(frozen=True)
class SettingChange:
    label: str
    old: Sequence[str]
    new: Sequence[str]


@dataclass(frozen=True)
class Changes:
    """`settings` holds what differs, or everything where nothing ruled before."""

    before: PlanVersion | None
    rules: Sequence[RuleChange]
    settings: Sequence[SettingChange]


def changes_of(version: PlanVersion, before: PlanVersion | None, names: Names) -> Changes:
    new, old = _document(version), _document(before) if before else None
    rules = _pairs(_texts(old, names), _texts(new, names))
    told, earlier = _settings(new), dict(_settings(old))
    settings = [
        SettingChange(label, earlier.get(label, ()), values)
        for label, values in told
        if old is None or earlier.get(label) != values
    ]
    return Changes(before, rules, [one for one in settings if one.old or one.new])


def _document(version: PlanVersion) -> PlanDocument | None:
    """None of a draft that is not whole yet."""
    try:
        return parse_document(version.document)
    except PlanInvalid:
        return None


def _texts(document: PlanDocument | None, names: Names) -> dict[str, ComponentText]:
    components = document.components if document else ()
    assert document is not None or not components
    return {one.id: describe(one, document, names) for one in components} if document else {}


def _pairs(old: dict[str, ComponentText], new: dict[str, ComponentText]) -> list[RuleChange]:
    """In the order of the new version; what is gone stands at the end."""
    pairs = [RuleChange(text.title, old.get(id_), text) for id_, text in new.items()]
    return [*pairs, *(RuleChange(text.title, text, None) for id_, text in old.items() if id_ not in new)]


def _settings(document: PlanDocument | None) -> Iterable[tuple[str, list[str]]]:
    if document is None:
        return []
    hold = ngettext("%(n)s day", "%(n)s days", document.hold_days) % {"n": document.hold_days}
    told: list[tuple[str, list[Any]]] = [
        (_("Limits of the whole plan"), cap_sentences(document)),
        (
            pgettext("plan", "Earned"),
            [_("with the invoice") if document.earning_event == "invoice" else _("with the order")],
        ),
        (_("Hold"), [hold]),
        (
            _("Minimum payout"),
            [formats.money(document.minimum_payout_minor, document.payout_currency)],
        ),
        (
            _("Refunds after a closed window"),
            [
                _("Calculate the window again")
                if document.refund_policy == "recompute"
                else _("Take back at the rate the sale earned")
            ],
        ),
    ]
    return told
