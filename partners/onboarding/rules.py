"""Decisions about applications: which step leads where, what is still missing, what may be answered, how long it took.

Pure; called by onboarding actions and queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from prm.kit.domains import PUBLIC_DOMAINS
from prm.kit.requisites import fault_in_kpp, fault_in_ogrn, fault_in_tax_id

LIVE = frozenset({"submitted", "in_review", "action_required"})
DECIDED = frozenset({"approved", "rejected", "withdrawn"})
# verb: (states it starts from, the state it leads to)
STEPS: dict[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({"draft"}), "submitted"),
    "review": (frozenset({"submitted"}), "in_review"),
    "ask": (frozenset({"submitted", "in_review"}), "action_required"),
    "answer": (frozenset({"action_required"}), "in_review"),
    "approve": (LIVE, "approved"),
    "reject": (LIVE, "rejected"),
    "withdraw": (LIVE | {"draft"}, "withdrawn"),
}
WIZARD = ("company", "contact", "profile", "questions", "agreement", "check")
# What a wizard's page writes, and what of it must be there.
FIELDS_OF = {
    "company": ("tax_id", "country", "kpp", "ogrn", "company_name", "legal_name", "website"),
    "contact": ("contact_name", "position", "email", "phone"),
    "profile": ("partner_type", "regions", "specialisations"),
}
REQUIRED = {
    "company": ("tax_id", "country", "company_name"),
    "contact": ("contact_name", "email"),
    "profile": ("partner_type", "regions"),
}
ASKABLE = tuple(name for names in FIELDS_OF.values() for name in names)
QUESTION = "question:"


def leads_to(verb: str, state: str) -> str | None:
    """The state after the verb, or None where it may not be said."""
    starts, target = STEPS[verb]
    return target if state in starts else None


def wizard_steps(*, has_questions: bool) -> tuple[str, ...]:
    return tuple(step for step in WIZARD if step != "questions" or has_questions)


def next_step(step: str, steps: Sequence[str]) -> str:
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def domain_of(website: str, email: str) -> str:
    """The company's own domain, from its site or its mail; a free mail service is nobody's."""
    for text in (
        urlsplit(website if "//" in website else f"//{website}").hostname or "",
        email.rpartition("@")[2],
    ):
        domain = text.strip().lower().removeprefix("www.")
        if "." in domain and domain not in PUBLIC_DOMAINS:
            return domain
    return ""


def faults_in_company(facts: Mapping[str, str]) -> dict[str, str]:
    """Codes of what is wrong with the requisites, by field."""
    country = facts.get("country", "")
    found = {
        "tax_id": fault_in_tax_id(facts.get("tax_id", ""), country),
        "kpp": fault_in_kpp(facts.get("kpp", "")) if country == "RU" else None,
        "ogrn": fault_in_ogrn(facts.get("ogrn", "")) if country == "RU" else None,
    }
    return {field: fault for field, fault in found.items() if fault}


def missing_fields(facts: Mapping[str, Any], step: str) -> list[str]:
    return [name for name in REQUIRED.get(step, ()) if not facts.get(name)]


def closed_fields(wanted: Iterable[str], asked: Collection[str]) -> list[str]:
    """Fields that nobody asked about and that therefore stay as they are."""
    return sorted(set(wanted) - set(asked))


def text_hash(text: str) -> str:
    return sha256(text.strip().encode()).hexdigest()


def in_language(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The text and its language: the wanted one, else English, else whichever is there."""
    for code in (language, "en", *sorted(texts)):
        if texts.get(code):
            return texts[code], code
    return "", language


def due_at(since: datetime, reply_days: int) -> datetime:
    return since + timedelta(days=reply_days)


@dataclass(frozen=True)
class PlannedStep:
    """One first step of a partner: its kind, its last day, and the kinds that come before it."""

    kind: str
    due_on: date
    needs: tuple[str, ...]


def planned(steps: Iterable[Mapping[str, Any]], starts_on: date) -> list[PlannedStep]:
    return [
        PlannedStep(step["kind"], starts_on + timedelta(days=step["days"]), tuple(step.get("needs", ())))
        for step in steps
    ]


def step_state(step: PlannedStep, done: Collection[str], known: Collection[str], today: date) -> str:
    """ "done", "blocked" (needs another first), "late" or "open". A kind that no room offers blocks nothing."""
    if step.kind in done:
        return "done"
    if any(kind in known and kind not in done for kind in step.needs):
        return "blocked"
    return "late" if step.due_on < today else "open"


def fault_in_plan(steps: Sequence[Mapping[str, Any]], known: Collection[str]) -> str | None:
    """What is wrong with a plan of first steps: "repeated", "unknown", "days" or "order"."""
    kinds = [step["kind"] for step in steps]
    if len(set(kinds)) != len(kinds):
        return "repeated"
    if set(kinds) - set(known):
        return "unknown"
    if any(not 0 <= step["days"] <= LONGEST_STEP for step in steps):
        return "days"
    before: set[str] = set()
    for step in steps:
        if set(step.get("needs", ())) - before:
            return "order"
        before.add(step["kind"])
    return None


LONGEST_STEP = 365


def median_days(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    """The middle number of days between two moments, over those that know both; one decimal."""
    passed = [(end - start).total_seconds() / 86_400 for start, end in pairs if start and end]
    return round(max(median(passed), 0.0), 1) if passed else None
