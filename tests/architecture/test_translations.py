"""Everything the portal says is said in Russian too: read from the source, compared with the catalogue."""

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation.template import templatize

from incentives.plans import credits as sale_splits
from incentives.plans import fields
from prm.kit import money, predicates
from prm.web.menu import GROUPS, _items

ROOT = Path(__file__).resolve().parents[2]
APPS = ("prm", "partners", "incentives", "campaigns", "analytics")
CATALOGUE = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|\{\w+\}")
MENU_WIDTH = 18
PLURAL_FORMS = 4

Key = tuple[str | None, str]  # context and English


@cache
def catalogue() -> dict[Key, Message]:
    with CATALOGUE.open("rb") as file:
        return {(entry.context, ids(entry)[0]): entry for entry in read_po(file, locale="ru") if entry.id}


def ids(entry: Message) -> tuple[str, ...]:
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def forms(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)


def texts_of(source: str) -> Iterator[tuple[int, Key]]:
    for line, message, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        yield line, (context, message if isinstance(message, str) else message[0])


def python_of(template: Path) -> str:
    """The calls of gettext that a template stands for, at the left margin: a tokenizer minds indentation."""
    calls = templatize(template.read_text(), origin=str(template))
    return "\n".join(line.strip() for line in calls.splitlines())


@cache
def used() -> dict[Key, str]:
    """Each text with one place that says it."""
    found: dict[Key, str] = {}
    sources = [(path, path.read_text()) for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    sources += [
        (path, python_of(path))
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.suffix in {".html", ".txt"}
    ]
    for path, source in sources:
        if "gettext" in source or "_(" in source:
            for line, key in texts_of(source):
                found.setdefault(key, f"{path.relative_to(ROOT)}:{line}")
    return found


def translated(key: Key) -> bool:
    entry = catalogue().get(key)
    return entry is not None and not entry.fuzzy and all(forms(entry))


def test_the_scan_reads_python_and_templates() -> None:
    places = set(used().values())
    assert any(place.startswith("templates/") for place in places)
    assert any(place.startswith("prm/") for place in places)


def test_every_text_has_its_russian() -> None:
    assert {key: place for key, place in used().items() if not translated(key)} == {}


@pytest.mark.parametrize(
    "messages",
    [fields.MESSAGES, predicates.MESSAGES, money.MESSAGES, sale_splits.MESSAGES],
    ids=["plan fields", "predicates", "money", "splits"],
)
def test_messages_of_pure_modules_have_their_russian(messages: dict[str, str]) -> None:
    assert [text for text in messages.values() if not translated((None, text))] == []


def test_placeholders_are_the_same_on_both_sides() -> None:
    differing = [
        (entry.id, form)
        for entry in catalogue().values()
        for form in forms(entry)
        if sorted(PLACEHOLDER.findall(form)) != sorted(PLACEHOLDER.findall(ids(entry)[-1]))
    ]
    assert differing == []


def test_plurals_have_all_forms() -> None:
    plurals = [entry for entry in catalogue().values() if entry.pluralizable]
    assert plurals
    assert [entry.id for entry in plurals if len(forms(entry)) != PLURAL_FORMS] == []


def test_menu_labels_fit() -> None:
    with translation.override("en"):
        labels = {str(item.label) for item in _items}
        labels |= {str(label) for groups in GROUPS.values() for label in groups.values()}
    labels.discard("")  # the group of Home has no heading
    shown = {key[1]: str(entry.string) for key, entry in catalogue().items() if key[1] in labels}
    assert set(shown) == labels
    assert [label for label in shown.values() if len(label) > MENU_WIDTH] == []
