"""The habits of the house, read from the source: cards, sizes, and what each kind of file may do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app

from prm.outbox.actions import subscribed_task_names
from prm.web.history import named_actions

ROOT = Path(__file__).resolve().parents[2]
APPS = ("prm", "partners", "incentives", "campaigns", "analytics")
INTERFACES = {"api.py", "console.py", "portal.py", "admin.py", "tasks.py", "serializers.py", "forms.py"}
EDGES = INTERFACES | {"views.py", "middleware.py"}
FOLDERS = {"management", "templatetags"}  # folders that Django finds by name
FILE_LINES = 400
FUNCTION_LINES = 60


def modules() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


MODULES = list(modules())


def offenders(pattern: str, paths: list[Path]) -> list[str]:
    """Lines of code (not comments) that match."""
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(pattern, line.partition("  #")[0]) and not line.lstrip().startswith("#"):
                found.append(f"{name_of(path)}:{number}: {line.strip()}")
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_module_has_a_card(path: Path) -> None:
    card = ast.get_docstring(ast.parse(path.read_text()))
    if "commands" in path.parts and path.name == "__init__.py":
        return
    if path.name == "__init__.py" and path.parent.name in FOLDERS:
        return
    assert card, "say what is here, what it promises and who calls it"
    assert len(card.splitlines()) <= 26


ROOMS = [
    p
    for p in MODULES
    if p.name == "__init__.py" and p.parent.parent.parent == ROOT and p.parent.name not in FOLDERS
]


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_each_room_says_what_is_here_and_what_it_promises(path: Path) -> None:
    card = ast.get_docstring(ast.parse(path.read_text())) or ""
    for word in ("Here:", "Not here:", "Called by:", "Promises:"):
        assert word in card
    assert len(card.splitlines()) <= 14


def test_files_stay_short() -> None:
    long = {name_of(p): n for p in MODULES if (n := len(p.read_text().splitlines())) > FILE_LINES}
    assert long == {}


def test_functions_stay_short() -> None:
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{name_of(path)}:{node.name}"] = lines
    assert long == {}


def test_interfaces_ask_no_manager() -> None:
    assert offenders(r"\.objects\b", [p for p in MODULES if p.name in INTERFACES]) == []


def test_rows_are_written_in_models_and_actions_alone() -> None:
    elsewhere = [
        p
        for p in MODULES
        if p.name in INTERFACES | {"queries.py", "rules.py", "views.py"} and "commands" not in p.parts
    ]
    assert offenders(r"\.(save|create|bulk_create|delete)\(", elsewhere) == []


def test_the_clock_is_read_at_the_edge() -> None:
    inside = [p for p in MODULES if p.name in {"actions.py", "queries.py", "rules.py", "models.py"}]
    found = [
        line
        for line in offenders(r"timezone\.now\(\)|datetime\.now\(|date\.today\(", inside)
        if "at or " not in line
    ]
    assert found == []


def test_money_is_never_a_float() -> None:
    money = [
        p for p in MODULES if p.is_relative_to(ROOT / "incentives") or p.is_relative_to(ROOT / "prm/kit")
    ]
    assert offenders(r"\bfloat\(|:\s*float\b|->\s*float\b", money) == []


def test_no_signals_across_rooms() -> None:
    found = offenders(r"\b(post_save|pre_save|post_delete|m2m_changed|@receiver)\b", MODULES)
    assert found == []


def test_each_task_that_is_rung_is_registered() -> None:
    current_app.loader.import_default_modules()
    rung = set(subscribed_task_names())
    for path in MODULES:
        rung |= set(re.findall(r'enqueue\(\s*"([a-z_.]+)"', path.read_text()))
    rung |= {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert rung - set(current_app.tasks) == set()


def test_each_audited_action_has_its_words() -> None:
    actions = {
        code
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for code in re.findall(r'[( ]action="([a-z_]+\.[a-z_]+)"', path.read_text())
    }
    assert actions - named_actions().keys() == set()
    assert "period.closed" in actions


def test_the_head_of_a_total_names_itself() -> None:
    """On a telephone a label beside it would say the same twice."""
    labelled = [
        name_of(path)
        for path in (ROOT / "templates").rglob("*.html")
        for foot in re.findall(r"<tfoot>.*?</tfoot>", path.read_text(), re.DOTALL)
        if re.search(r"<th\b[^>]*\bdata-label", foot)
    ]
    assert labelled == []
