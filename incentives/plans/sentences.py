"""Components of a plan as sentences and rate tables in the reader's language.

Promise: says what the document says, nothing more; called by plan pages, explanations and statements.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from incentives.plans.document import (
    BonusComponent,
    BonusStep,
    CapOver,
    CapSpan,
    Component,
    ComponentType,
    Measure,
    MeasuredComponent,
    NegativeMargin,
    OverrideComponent,
    PerUnitComponent,
    PlanCap,
    PlanDocument,
    RateComponent,
    RecurringComponent,
    RegisteredDealComponent,
    TargetComponent,
    Tier,
    TierMode,
    TiersComponent,
    VolumeComponent,
)
from prm.kit.money import exponent_of
from prm.kit.predicates import Condition, Group
from prm.web import format as formats

Names = Mapping[tuple[str, str], str | Promise]
"""What people call a value of a fact: (fact, value) to name; values without one are shown as they are."""

FACT_NAMES = {
    "product": gettext_lazy("product"),
    "category": gettext_lazy("category"),
    "source": gettext_lazy("source"),
    "industry": gettext_lazy("customer's industry"),
    "customer_is_new": gettext_lazy("customer is new"),
    "deal_is_registered": gettext_lazy("deal is registered"),
    "partner": gettext_lazy("partner"),
    "partner_type": gettext_lazy("partner type"),
    "region": gettext_lazy("region"),
    "country": gettext_lazy("country"),
    "tier": gettext_lazy("tier"),
    "segment": gettext_lazy("segment"),
    "certificate": gettext_lazy("certificate"),
}
OP_WORDS = {
    "eq": gettext_lazy("is"),
    "ne": gettext_lazy("is not"),
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "gt": gettext_lazy("is above"),
    "gte": gettext_lazy("is at least"),
    "lt": gettext_lazy("is below"),
    "lte": gettext_lazy("is at most"),
}
MEASURE_WORDS = {
    Measure.REVENUE: gettext_lazy("net sales"),
    Measure.MARGIN: gettext_lazy("margin"),
    Measure.UNITS: gettext_lazy("units sold"),
    Measure.COMMISSION: gettext_lazy("what the partner itself earns"),
}
WINDOW_WORDS = {
    "month": gettext_lazy("month"),
    "quarter": gettext_lazy("quarter"),
    "year": gettext_lazy("year"),
}
MODE_WORDS = {
    TierMode.MARGINAL: gettext_lazy("each slice of the volume earns its own rate"),
    TierMode.RETROACTIVE: gettext_lazy("the rate that is reached applies to the whole volume"),
    TierMode.WHOLE_TRANSACTION: gettext_lazy("the tier reached with an order applies to the whole order"),
}


@dataclass(frozen=True)
class TableRow:
    """One row of a rate table, written out."""

    starts_at: str
    ends_at: str
    pays: str


@dataclass(frozen=True)
class ComponentText:
    """A component as its reader sees it."""

    id: str
    title: str
    sentence: str
    conditions: list[str]
    levels: list[str]
    limits: list[str]
    table: list[TableRow]


def describe(component: Component, document: PlanDocument, names: Names) -> ComponentText:
    return ComponentText(
        id=component.id,
        title=component.title or component.id,
        sentence=" ".join([_sentence(component, document), *_measuring(component, names)]),
        conditions=[condition_text(member, names) for member in _to_meet(component.where)],
        levels=_levels(component) if isinstance(component, OverrideComponent) else [],
        limits=_limits(component, document),
        table=_table(component, document.currency),
    )


def _to_meet(where: Group | None) -> Iterable[Condition | Group]:
    """Each of them has to hold."""
    if where is None:
        return ()
    return where.members if where.kind == "all" or len(where.members) == 1 else (where,)


def _sentence(component: Component, document: PlanDocument) -> str:
    return _SENTENCES[component.type](component, document)


def _measuring(component: Component, names: Names) -> list[str]:
    """What counts as volume where that is not what is paid, and what a sale below cost does."""
    if isinstance(component, BonusComponent) and component.of_target:
        return []
    told = []
    if isinstance(component, MeasuredComponent) and component.measure_where is not None:
        told.append(_volume_sentence(component.measure_where, names))
    measure = component.measure if isinstance(component, MeasuredComponent) else component.basis
    if measure is Measure.MARGIN and component.negative is NegativeMargin.ZERO:
        told.append(_("A sale below cost counts as zero."))
    elif measure is Measure.MARGIN:
        told.append(_("A sale below cost takes away from it."))
    return told


def _volume_sentence(measured: Group, names: Names) -> str:
    conditions = _joined(Group("all", tuple(_to_meet(measured))), names)
    if not conditions:
        return _("All sales count as volume, also those that are not paid here.")
    return _("Only sales count as volume where %(conditions)s.") % {"conditions": conditions}


def _rate_sentence(component: RateComponent, document: PlanDocument) -> str:
    what = MEASURE_WORDS[component.rate_of]
    return _("Pays %(rate)s of %(what)s.") % {"rate": formats.percent(component.rate), "what": what}


def _unit_sentence(component: PerUnitComponent, document: PlanDocument) -> str:
    amount = unit_amount(component.amount, document.currency)
    return _("Pays %(amount)s for each unit sold.") % {"amount": amount}


def _tiers_sentence(component: TiersComponent, document: PlanDocument) -> str:
    text = _("Pays by %(what)s in the %(window)s: %(mode)s.")
    if component.of_group:
        text = _(
            "Pays by %(what)s of the partner and all below it in the %(window)s: %(mode)s. Only the partner's own "
            "sales are paid."
        )
    return text % {
        "what": MEASURE_WORDS[component.measure],
        "window": WINDOW_WORDS[component.window.value],
        "mode": MODE_WORDS[component.mode],
    }


def _target_sentence(component: TargetComponent, document: PlanDocument) -> str:
    told = {
        "what": MEASURE_WORDS[component.measure],
        "window": WINDOW_WORDS[component.window.value],
        "mode": MODE_WORDS[component.mode],
    }
    if component.goal is None:
        return (
            _("Pays by how much of its own goal of %(what)s in the %(window)s a partner reaches: %(mode)s.")
            % told
        )
    goal = bound_text(component.goal, component.measure, document.currency)
    text = _("Pays by how much of a goal of %(goal)s of %(what)s in the %(window)s is reached: %(mode)s.")
    return text % {**told, "goal": goal}


def _bonus_sentence(component: BonusComponent, document: PlanDocument) -> str:
    told = {"what": MEASURE_WORDS[component.measure], "window": WINDOW_WORDS[component.window.value]}
    if component.of_target:
        target = document.component(component.of_target)
        text = _("Pays once in the %(window)s, by how much of the goal of “%(target)s” is reached.")
        return text % {**told, "target": target.title or target.id}
    text = _("Pays once in the %(window)s, by the highest step that the %(what)s reach.") % told
    if not component.prorates:
        return text
    return f"{text} {_('Who comes within the window has a part of the goal.')}"


def _recurring_sentence(component: RecurringComponent, document: PlanDocument) -> str:
    return ngettext(
        "Pays %(rate)s of net sales on each line of a subscription, for %(months)s month from its first line.",
        "Pays %(rate)s of net sales on each line of a subscription, for %(months)s months from its first line.",
        component.months,
    ) % {"rate": formats.percent(component.rate), "months": component.months}


def _registered_sentence(component: RegisteredDealComponent, document: PlanDocument) -> str:
    text = _("Pays %(rate)s of net sales to the partner whose registered deal protects the sale.")
    return text % {"rate": formats.percent(component.rate)}


def _override_sentence(component: OverrideComponent, document: PlanDocument) -> str:
    what = MEASURE_WORDS[component.override_of]
    return _("Pays those above the partner a share of %(what)s.") % {"what": what}


_SENTENCES: dict[ComponentType, Callable[[Any, PlanDocument], str]] = {
    ComponentType.RATE: _rate_sentence,
    ComponentType.PER_UNIT: _unit_sentence,
    ComponentType.TIERS: _tiers_sentence,
    ComponentType.TARGET: _target_sentence,
    ComponentType.BONUS: _bonus_sentence,
    ComponentType.RECURRING: _recurring_sentence,
    ComponentType.REGISTERED_DEAL: _registered_sentence,
    ComponentType.OVERRIDE: _override_sentence,
}


def _levels(component: OverrideComponent) -> list[str]:
    return [level_text(level.up) % {"rate": formats.percent(level.rate)} for level in component.levels]


def level_text(up: int) -> str:
    """Of what somebody so many steps above gets, with a place for the rate."""
    if up == 1:
        return _("Right above: %(rate)s.")
    levels = ngettext("%(up)s level above: %%(rate)s.", "%(up)s levels above: %%(rate)s.", up)
    return levels % {"up": up}


def condition_text(member: Condition | Group, names: Names) -> str:
    if isinstance(member, Group):
        return f"({_joined(member, names)})"
    values = member.value if isinstance(member.value, tuple) else (member.value,)
    return f"{fact_name(member.fact)} {OP_WORDS[member.op]} {values_text(member.fact, values, names)}"


def _joined(group: Group, names: Names) -> str:
    word = (
        pgettext("joins conditions", " or ") if group.kind == "any" else pgettext("joins conditions", " and ")
    )
    return word.join(condition_text(member, names) for member in group.members)


def fact_name(fact: str) -> str:
    return str(FACT_NAMES.get(fact, fact))


def values_text(fact: str, values: Iterable[object], names: Names) -> str:
    """Values by their names, where they have one."""
    words = {True: _("yes"), False: _("no")}
    return ", ".join(
        words[value] if isinstance(value, bool) else str(names.get((fact, str(value)), value))
        for value in values
    )


def _table(component: Component, currency: str) -> list[TableRow]:
    match component:
        case VolumeComponent():
            return rate_table(component, currency)
        case BonusComponent():
            return _bonus_table(component, currency)
        case _:
            return []


def _bonus_table(component: BonusComponent, currency: str) -> list[TableRow]:
    bounds = [bonus_start(component, step, currency) for step in component.steps]
    return [
        TableRow(start, end, bonus_pay(step, currency))
        for step, start, end in zip(component.steps, bounds, [*bounds[1:], ""], strict=True)
    ]


def bonus_start(component: BonusComponent, step: BonusStep, currency: str) -> str:
    if component.of_target:
        return formats.percent(step.starts_at)
    return bound_text(step.starts_at, component.measure, currency)


def bonus_pay(step: BonusStep, currency: str) -> str:
    if step.rate is None:
        return formats.money(step.amount_minor or 0, currency)
    return _("%(rate)s of the whole volume") % {"rate": formats.percent(step.rate)}


def rate_table(component: VolumeComponent, currency: str) -> list[TableRow]:
    """Bounds as volumes, or as shares of the goal."""
    of_goal = isinstance(component, TargetComponent)
    bounds = [
        formats.percent(row.starts_at) if of_goal else bound_text(row.starts_at, component.measure, currency)
        for row in component.rows
    ]
    return [
        TableRow(start, end, _pays(row, currency))
        for row, start, end in zip(component.rows, bounds, [*bounds[1:], ""], strict=True)
    ]


def _pays(tier: Tier, currency: str) -> str:
    if tier.rate is not None:
        return formats.percent(tier.rate)
    return unit_amount(tier.amount or Decimal(0), currency)


def bound_text(value: Decimal, measure: Measure, currency: str) -> str:
    """A volume in whole units of the currency, or in units."""
    if measure is Measure.UNITS:
        return formats.quantity(value)
    return formats.money(int(value.scaleb(exponent_of(currency))), currency)


def unit_amount(amount: Decimal, currency: str) -> str:
    """An amount per unit may have more places than the currency."""
    scaled = amount.scaleb(exponent_of(currency))
    if scaled == scaled.to_integral_value():
        return formats.money(int(scaled), currency)
    return f"{formats.quantity(amount)}{formats.GAP}{currency}"


CAP_WORDS = {
    (CapSpan.SALE, CapOver.BENEFICIARY): gettext_lazy("Each partner gets at most %(most)s for a sale."),
    (CapSpan.SALE, CapOver.ALL): gettext_lazy("All together get at most %(most)s for a sale."),
    (CapSpan.WINDOW, CapOver.BENEFICIARY): gettext_lazy(
        "Each partner gets at most %(most)s in a %(window)s."
    ),
    (CapSpan.WINDOW, CapOver.ALL): gettext_lazy(
        "All partners together get at most %(most)s in a %(window)s."
    ),
    (CapSpan.LIFE, CapOver.BENEFICIARY): gettext_lazy("Each partner gets at most %(most)s in all."),
    (CapSpan.LIFE, CapOver.ALL): gettext_lazy("All partners together get at most %(most)s in all."),
}


def cap_sentences(document: PlanDocument) -> list[str]:
    """The caps of the whole plan, as people read them."""
    return [
        str(CAP_WORDS[cap.per, cap.over])
        % {"most": _most(cap, document.currency), "window": WINDOW_WORDS[document.period.value]}
        for cap in document.caps
    ]


def _most(cap: PlanCap, currency: str) -> str:
    if cap.rate is not None:
        return _("%(rate)s of net sales") % {"rate": formats.percent(cap.rate)}
    return formats.money(cap.amount_minor or 0, currency)


def _limits(component: Component, document: PlanDocument) -> list[str]:
    limits, currency = [], document.currency
    if component.cap.sale_minor is not None:
        limits.append(
            _("At most %(amount)s a sale.") % {"amount": formats.money(component.cap.sale_minor, currency)}
        )
    if component.cap.window_minor is not None:
        amount = formats.money(component.cap.window_minor, document.currency)
        limits.append(
            _("At most %(amount)s in the %(window)s.")
            % {"amount": amount, "window": WINDOW_WORDS[document.window_of(component).value]}
        )
    if component.floor.sale_minor is not None:
        limits.append(
            _("At least %(amount)s a sale.") % {"amount": formats.money(component.floor.sale_minor, currency)}
        )
    if component.floor.window_minor is not None:
        amount = formats.money(component.floor.window_minor, document.currency)
        told = {"amount": amount, "window": WINDOW_WORDS[document.window_of(component).value]}
        limits.append(_("At least %(amount)s in the %(window)s, where anything was earned.") % told)
    return limits + dates_texts(component)


def dates_texts(component: Component) -> list[str]:
    """Since when and how long the component pays, where it says so."""
    told = []
    if component.starts_on:
        told.append(_("From %(day)s.") % {"day": formats.day(component.starts_on)})
    if component.ends_on:
        told.append(_("Until before %(day)s.") % {"day": formats.day(component.ends_on)})
    return told
