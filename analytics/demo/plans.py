"""The plans of a demo vendor: volume tiers and software for resellers with a share for the distributor above, a flat
rate and a bonus for distributors as their customers pay, a SPIFF, a bonus begun within the quarter, a draft.

Called by: analytics.demo.story.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from analytics.demo.names import Vendor
from analytics.demo.stage import MONTHS_OF_SALES, Stage
from analytics.demo.terms import TEXTS
from incentives.plans.actions import (
    NO_TERMS,
    Terms,
    assign_plan,
    create_plan,
    draft_version,
    propose_version,
    publish_version,
    write_terms,
)
from incentives.plans.models import Plan
from incentives.plans.partner_goals import set_goal, targets_of
from partners.directory.models import Partner
from prm.kit.periods import Period, window_of


def add_plans(stage: Stage) -> None:
    vendor = stage.vendor
    big = 10_000 if vendor.currency == "EUR" else 600_000
    settings = {"currency": vendor.currency, "period": "quarter", "minimum_payout": "50.00"}
    tiers = [
        {"from": "0", "rate": "0.05"},
        {"from": str(big), "rate": "0.07"},
        {"from": str(3 * big), "rate": "0.1"},
    ]
    software = vendor.categories[-2][0] if vendor.currency == "EUR" else vendor.categories[1][0]
    volume = {"id": "volume", "title": _title(vendor, "Volume", "Объём"), "type": "tiers", "mode": "marginal",
              "measure": "revenue", "window": "quarter", "tiers": tiers}  # fmt: skip
    extra: dict[str, Any] = {"id": "software", "title": _title(vendor, "Software", "Программы"),
             "type": "rate", "rate": "0.03",
             "where": {"all": [{"fact": "category", "op": "in", "value": [software]}]}}  # fmt: skip
    above = {"id": "above", "title": _title(vendor, "For the distributor", "Дистрибьютору"), "type": "override",
             "levels": [{"up": 1, "rate": "0.01"}]}  # fmt: skip
    reseller = _plan(
        stage,
        "resellers",
        _title(vendor, "Reseller programme", "Программа реселлера"),
        [volume, extra, above],
        settings,
    )
    _assign(stage, reseller, "type", "reseller")
    _assign(stage, reseller, "type", "integrator")
    _add_for_distributors(stage, big, settings)
    _add_spiff(stage, settings)
    _add_launch(stage, big, settings)
    certified = {"fact": "certificate", "op": "in", "value": ["C-101", "C-102"]}
    taught = extra | {"rate": "0.04", "where": {"all": [*extra["where"]["all"], certified]}}
    higher = volume | {"tiers": [*tiers[:2], {"from": str(3 * big), "rate": "0.11"}]}
    draft = draft_version(
        actor=stage.first("programme_admin"),
        plan=reseller,
        document=settings
        | {
            "components": [higher, taught, above, _goal(vendor, big), _bonus_for_the_goal(vendor, big)],
            "caps": [{"per": "sale", "over": "all", "rate": "0.15"}],
        },
        starts_on=Period.of(stage.today).plus(1).starts_on,
        at=stage.moment(2),
    )
    write_terms(
        actor=stage.first("programme_admin"), version=draft, revision=draft.revision, at=stage.moment(1),
        terms=Terms(TEXTS["resellers"]),
    )  # fmt: skip
    _set_goals(stage, reseller, big)
    propose_version(actor=stage.first("programme_admin"), version=draft, at=stage.moment(1))


def _add_for_distributors(stage: Stage, big: int, settings: dict[str, str]) -> None:
    vendor = stage.vendor
    flat = {"id": "flat", "title": _title(vendor, "Turnover", "Оборот"), "type": "rate", "rate": "0.025"}
    distributor = _plan(
        stage,
        "distributors",
        _title(vendor, "Distributor programme", "Программа дистрибьютора"),
        [flat, _bonus(vendor, big)],
        settings | {"earning_event": "payment"},
    )
    _assign(stage, distributor, "type", "distributor")
    _add_terms_for_distributors(stage, distributor, [flat | {"rate": "0.03"}, _bonus(vendor, big)], settings)
    growth = _plan(
        stage, "growth", _title(vendor, "Growth programme", "Программа роста"), [_growth(vendor, big)], settings,
        slot="growth", terms=Terms(TEXTS["growth"]),
    )  # fmt: skip
    _assign(stage, growth, "type", "distributor")


def _add_terms_for_distributors(
    stage: Stage, plan: Plan, components: list[dict[str, Any]], settings: dict[str, str]
) -> None:
    """From this month on: a higher rate, paid to who has accepted the terms."""
    author, publisher, at = stage.first("programme_admin"), stage.second("programme_admin"), stage.moment(3)
    version = draft_version(
        actor=author,
        plan=plan,
        document=settings | {"components": components, "hold_days": 14},
        starts_on=Period.of(stage.today).starts_on,
        at=at,
        note=_title(
            stage.vendor,
            "More for your turnover, in return for stock reports.",
            "Больше с оборота в обмен на отчёты об остатках.",
        ),
        terms=Terms(TEXTS["distributors"], pays_after_acceptance=True),
    )
    publish_version(actor=publisher, version=version, at=at)


def _add_spiff(stage: Stage, settings: dict[str, str]) -> None:
    vendor = stage.vendor
    unit = {"id": "spiff", "title": _title(vendor, "For each device", "За каждое устройство"), "type": "per_unit",
            "amount": "4.00" if vendor.currency == "EUR" else "300.00",
            "where": {"all": [{"fact": "category", "op": "in", "value": [vendor.categories[0][0]]}]}}  # fmt: skip
    spiff = _plan(
        stage, "spiff", _title(vendor, "Device SPIFF", "Акция на устройства"), [unit], settings, slot="spiff"
    )
    _assign(stage, spiff, "type", "reseller")


def _add_launch(stage: Stage, big: int, settings: dict[str, str]) -> None:
    """For distributors, since some days ago, so that they have a part of this quarter: by sales of one line, and by
    those of another where somebody of theirs is certified, whom none of them has."""
    vendor, quarter = stage.vendor, window_of(stage.today, "quarter")
    devices, taught = vendor.categories[0][0], {"fact": "certificate", "op": "in", "value": ["C-103"]}
    launch = _bonus_of(_title(vendor, "Launch", "Вывод на рынок"), vendor.categories[1][0], big)
    installed = _bonus_of(_title(vendor, "Installed devices", "Монтаж"), devices, big)
    installed["where"]["all"].append(taught)
    plan = _plan(
        stage, "launch", _title(vendor, "Launch bonus", "Бонус за новинки"),
        [launch | {"id": "launch"}, installed | {"id": "installed"}], settings, slot="launch",
    )  # fmt: skip
    since = max(quarter.starts_on + timedelta(days=1), stage.today - timedelta(days=40))
    _assign(stage, plan, "type", "distributor", since=min(since, stage.today))


def _bonus_of(title: str, category: str, big: int) -> dict[str, Any]:
    return {"title": title, "type": "bonus", "measure": "revenue", "window": "quarter",
            "where": {"all": [{"fact": "category", "op": "in", "value": [category]}]},
            "steps": [{"goal": str(big), "amount": str(big // 100), "prorate": True},
                      {"goal": str(20 * big), "amount": str(big // 10), "prorate": True}]}  # fmt: skip


def _goal(vendor: Vendor, big: int) -> dict[str, Any]:
    steps = [
        {"from_attainment": "0", "rate": "0.01"},
        {"from_attainment": "1", "multiplier": "1.5"},
        {"from_attainment": "1.2", "rate": "0.02"},
    ]
    return {"id": "goal", "title": _title(vendor, "Quarter's goal", "Цель квартала"), "type": "target",
            "measure": "revenue", "window": "quarter", "goal": str(2 * big), "steps": steps}  # fmt: skip


def _bonus(vendor: Vendor, big: int) -> dict[str, Any]:
    """Once a quarter, for its turnover."""
    return {"id": "bonus", "title": _title(vendor, "Quarter's bonus", "Бонус квартала"), "type": "bonus",
            "measure": "revenue", "window": "quarter", "steps": [
                {"goal": str(big // 10), "amount": str(big // 100), "prorate": True},
                {"goal": str(5 * big), "rate": "0.005", "prorate": True}]}  # fmt: skip


def _bonus_for_the_goal(vendor: Vendor, big: int) -> dict[str, Any]:
    return {"id": "goal-bonus", "title": _title(vendor, "For the whole goal", "За всю цель"), "type": "bonus",
            "steps": [{"from_attainment": "1.2", "amount": str(big // 50)}]}  # fmt: skip


def _growth(vendor: Vendor, big: int) -> dict[str, Any]:
    steps = [
        {"from_attainment": "0", "rate": "0.001"},
        {"from_attainment": "1", "rate": "0.002"},
        {"from_attainment": "1.2", "rate": "0.003"},
    ]
    return {"id": "growth", "title": _title(vendor, "Growth", "Рост"), "type": "target", "measure": "revenue",
            "window": "quarter", "goal": str(120 * big), "steps": steps}  # fmt: skip


def _set_goals(stage: Stage, plan: Plan, big: int) -> None:
    """Two partners have agreed on goals of their own for the quarter after the version begins."""
    target = targets_of(plan)["goal"]
    window_on = target.windows_around(Period.of(stage.today).plus(1).starts_on)[-4].starts_on
    for code, amount in (("P001", 3 * big), ("P002", big)):
        set_goal(
            actor=stage.first("programme_admin"), plan=plan, target=target,
            partner=Partner.objects.get(code=code), window_on=window_on, amount=Decimal(amount),
            at=stage.moment(2),
        )  # fmt: skip


def _title(vendor: Vendor, english: str, russian: str) -> str:
    return russian if vendor.language == "ru" else english


def _plan(
    stage: Stage,
    code: str,
    name: str,
    components: list[dict[str, Any]],
    settings: dict[str, Any],
    slot: str = "main",
    terms: Terms = NO_TERMS,
) -> Plan:
    author, publisher, at = stage.first("programme_admin"), stage.second("programme_admin"), stage.moment(780)
    plan = create_plan(actor=author, code=code, name=name, slot=slot, at=at)
    starts_on = Period.of(stage.today).plus(-MONTHS_OF_SALES).starts_on
    document = settings | {"components": components}
    version = draft_version(
        actor=author, plan=plan, document=document, starts_on=starts_on, at=at, terms=terms
    )
    publish_version(actor=publisher, version=version, at=at)
    return plan


def _assign(stage: Stage, plan: Plan, audience: str, target: str, *, since: date | None = None) -> None:
    starts_on = since or Period.of(stage.today).plus(-MONTHS_OF_SALES).starts_on
    admin = stage.first("programme_admin")
    assign_plan(
        actor=admin,
        plan=plan,
        audience=audience,
        target=target,
        starts_on=starts_on,
        ends_on=None,
        at=stage.moment(770),
    )
