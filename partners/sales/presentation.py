"""How a line's story is told: each revision as what changed in it, in words.

Called by: sales console and exports."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.customers.models import Customer
from partners.deals.models import Deal
from partners.directory.models import Partner
from partners.products.models import Product
from partners.sales.models import LineFacts, LineKind, SaleLine, SaleLineRevision
from prm.kit.csv import write_rows
from prm.kit.money import format_plain
from prm.web import format as formats

Names = dict[str, str]
Told = Callable[[Any, Names], str]


@dataclass(frozen=True)
class Change:
    """One field that differs between two revisions."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True)
class Chapter:
    """One revision: when it was recorded, and what it changed (nothing for the first)."""

    number: int
    at: datetime
    changes: list[Change]
    import_id: UUID | None


def story_of(line: SaleLine, revisions: Sequence[SaleLineRevision]) -> list[Chapter]:
    """The revisions of a line, newest first."""
    states: list[LineFacts] = [*revisions, line]
    names = _names_in(states)
    chapters = []
    for place, state in enumerate(states):
        changes = _differences(states[place - 1], state, names) if place else []
        chapters.append(Chapter(state.revision, state.recorded_at, changes, state.import_batch_id))
    return chapters[::-1]


_TOLD: tuple[tuple[str | Promise, Told], ...] = (
    (gettext_lazy("Kind"), lambda state, names: str(LineKind(state.kind).label)),
    (gettext_lazy("Date"), lambda state, names: formats.day(state.occurred_on)),
    (gettext_lazy("Order"), lambda state, names: state.order_number),
    (gettext_lazy("Partner"), lambda state, names: names.get(str(state.partner_id), "")),
    (gettext_lazy("Product"), lambda state, names: names.get(str(state.product_id), "")),
    (gettext_lazy("Customer"), lambda state, names: names.get(str(state.customer_id), "")),
    (gettext_lazy("Quantity"), lambda state, names: formats.quantity(state.quantity)),
    (gettext_lazy("Net amount"), lambda state, names: formats.money(state.amount_minor, state.currency)),
    (
        gettext_lazy("Cost"),
        lambda state, names: (
            "" if state.cost_minor is None else formats.money(state.cost_minor, state.currency)
        ),
    ),
    (gettext_lazy("Refunds line"), lambda state, names: state.refunded_external_id),
    (gettext_lazy("Subscription"), lambda state, names: state.subscription_ref),
    (
        gettext_lazy("Invoiced on"),
        lambda state, names: "" if state.invoiced_on is None else formats.day(state.invoiced_on),
    ),
    (gettext_lazy("Registered deal"), lambda state, names: names.get(str(state.deal_id), "")),
    (gettext_lazy("Split"), lambda state, names: _split_in_words(_terms(state), names)),
    (gettext_lazy("Voided"), lambda state, names: _("yes") if state.voided else _("no")),
)


def _differences(before: LineFacts, after: LineFacts, names: Names) -> list[Change]:
    told = ((label, tell(before, names), tell(after, names)) for label, tell in _TOLD)
    return [Change(label, was, now) for label, was, now in told if was != now]


def _terms(state: Any) -> list[dict[str, Any]]:
    terms: list[dict[str, Any]] = state.split_terms if isinstance(state, SaleLine) else state.splits
    return terms


def _split_in_words(terms: Iterable[dict[str, Any]], names: Names) -> str:
    shares, deal = [], ""
    for term in terms:
        weight = f"{term['percent']}%" if "percent" in term else str(term["parts"])
        shares.append(f"{names.get(term['partner_id'], '')} {weight}")
        deal = names.get(term.get("deal_id", ""), "")
    return f"{'; '.join(shares)} ({deal})" if deal else "; ".join(shares)


def _names_in(states: Iterable[Any]) -> Names:
    """Names of what the revisions name, by id."""
    partners, products, customers, deals = set(), set(), set(), set()
    for state in states:
        partners |= {state.partner_id, *(term["partner_id"] for term in _terms(state))}
        products.add(state.product_id)
        customers.add(state.customer_id)
        deals |= {state.deal_id, *(term.get("deal_id") for term in _terms(state))}
    names: Names = {str(deal.id): str(deal) for deal in Deal.objects.filter(id__in=filter(None, deals))}
    for model, ids in ((Partner, partners), (Product, products), (Customer, customers)):
        rows = model.objects.filter(id__in=[key for key in ids if key])
        names |= {str(key): name for key, name in rows.values_list("id", "name")}
    return names


def sales_file(
    lines: Iterable[SaleLine], *, delimiter: str, credited: Mapping[UUID, int] | None = None
) -> str:
    """The lines of a filter as CSV, with plain numbers that read back. `credited`: what of split lines counts for the
    partners that the list is of; then a last column has it for every line."""
    header = [
        _("Source"),
        _("Line id"),
        _("Kind"),
        _("Date"),
        _("Order"),
        _("Partner code"),
        _("Partner"),
        _("Product code"),
        _("Product"),
        _("Customer code"),
        _("Quantity"),
        _("Net amount"),
        _("Currency"),
        _("Cost"),
        _("Refunds line"),
        _("Subscription"),
        _("Invoiced on"),
    ]
    rows = [(line, _cells(line)) for line in lines]
    if credited is not None:
        header.append(_("Credited amount"))
        for line, cells in rows:
            cells.append(format_plain(credited.get(line.id, line.amount_minor), line.currency))
    return write_rows([header, *(cells for _line, cells in rows)], delimiter=delimiter, with_mark=True)


def _cells(line: SaleLine) -> list[Any]:
    return [
        line.source,
        line.external_id,
        line.kind,
        line.occurred_on.isoformat(),
        line.order_number,
        line.partner.code if line.partner else "",
        line.partner.name if line.partner else "",
        line.product.code,
        line.product.name,
        line.customer.code if line.customer else "",
        f"{line.quantity.normalize():f}",
        format_plain(line.amount_minor, line.currency),
        line.currency,
        "" if line.cost_minor is None else format_plain(line.cost_minor, line.currency),
        line.refunded_external_id,
        line.subscription_ref,
        line.invoiced_on.isoformat() if line.invoiced_on else "",
    ]
