"""What keeps a draft from being published: every fault of its document, at its pointer.

Promise: whoever asks hears the same list, pages before anybody tries, publishing and proposing when they refuse. Called
by: plans.actions, plans.console."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from incentives.plans.document import PlanDocument, changed_components, changed_fixed_settings
from incentives.plans.fields import PlanError
from incentives.plans.language import PlanInvalid, in_reading_order, parse_document
from incentives.plans.models import PlanVersion
from incentives.plans.queries import known_values
from incentives.plans.reachability import conditions_at, unreachable, wheres_of
from prm.kit.predicates import Condition

ALIKE = 0.6  # two letters of three that changed places
LOOKED_UP = ("product", "partner")  # too many to compare each with what was written


def examine(version: PlanVersion) -> tuple[PlanDocument | None, list[PlanError]]:
    """The document, where it can be read, and its faults. A published version has none: it never changes."""
    try:
        document = parse_document(version.document)
    except PlanInvalid as invalid:
        return None, invalid.errors
    if version.published_at is not None:
        return document, []
    return document, in_reading_order(_faults(version, document))


def _faults(version: PlanVersion, document: PlanDocument) -> Iterator[PlanError]:
    yield from _changed(version, document)
    yield from unreachable(document, version.starts_on, version.ends_on)
    yield from _unknown(document)


def _changed(version: PlanVersion, document: PlanDocument) -> Iterator[PlanError]:
    """What all versions of a plan have in common; each place is told once."""
    told = set()
    for published in version.plan.versions.filter(published_at__isnull=False).order_by("number"):
        earlier = parse_document(published.document)
        for error in [*_changed_settings(earlier, document), *_changed_components(earlier, document)]:
            if error.pointer not in told:
                yield error
            told.add(error.pointer)


def _changed_settings(earlier: PlanDocument, document: PlanDocument) -> Iterator[PlanError]:
    for name in changed_fixed_settings(earlier, document):
        was = str(getattr(earlier, name))
        yield PlanError(f"/{name}", "settings_differ_between_versions", {"setting": name, "was": was})


def _changed_components(earlier: PlanDocument, document: PlanDocument) -> Iterator[PlanError]:
    changed = set(changed_components(earlier, document))
    for place, component in enumerate(document.components):
        if component.id in changed:
            same_type = earlier.component(component.id).type is component.type
            at = f"/components/{place}/{'window' if same_type else 'type'}"
            yield PlanError(at, "component_became_another", {"id": component.id})


def _unknown(document: PlanDocument) -> Iterator[PlanError]:
    """Values of conditions that no room has."""
    asked = [
        (pointer, condition)
        for place, component in enumerate(document.components)
        for name, group in wheres_of(component)
        for pointer, condition in conditions_at(group, f"/components/{place}/{name}")
    ]
    known = known_values(_by_fact(condition for _pointer, condition in asked))
    for pointer, condition in asked:
        if condition.fact in known:
            yield from _unknown_of(condition, pointer, known[condition.fact])


def _by_fact(conditions: Iterable[Condition]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for condition in conditions:
        found[condition.fact] |= {value for _at, value in _values(condition)}
    return found


def _unknown_of(condition: Condition, pointer: str, known: Mapping[str, str]) -> Iterator[PlanError]:
    for at, value in _values(condition):
        if value in known:
            continue
        told = {"fact": condition.fact, "value": value}
        near = "" if condition.fact in LOOKED_UP else _near(value, known)
        code = "value_unknown_near" if near else "value_unknown"
        yield PlanError(f"{pointer}/value{at}", code, told | ({"near": near} if near else {}))


def _near(value: str, known: Mapping[str, str]) -> str:
    """The code that was meant: written in another case, like a name, or with a slip."""
    folded = {text.casefold(): code for code, name in known.items() for text in (name, code)}
    found = get_close_matches(value.casefold(), folded, n=1, cutoff=ALIKE)
    return folded[found[0]] if found else ""


def _values(condition: Condition) -> list[tuple[str, str]]:
    """Each value with what its place adds to the pointer."""
    if isinstance(condition.value, tuple):
        return [(f"/{place}", str(value)) for place, value in enumerate(condition.value)]
    return [("", str(condition.value))]
