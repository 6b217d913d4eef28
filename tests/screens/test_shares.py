"""What the two languages leave to each other where less time is given: nothing is left to nobody."""

from pathlib import Path
from typing import Any, cast

from tests.screens.eye import SHAPES, WIDTHS, Eye
from tests.screens.pages import ACCOUNT_PAGES, NO_PAGES, STRANGERS_PAGES
from tests.screens.scenes import SCENES, scenes_of
from tests.support.routes import all_routes

FACES = {route.name for route in all_routes() if route.face != "api"} - NO_PAGES.keys()
NAMES = sorted({*STRANGERS_PAGES, *ACCOUNT_PAGES, *FACES})


def eye(language: str, *, thorough: bool = False) -> Eye:
    return Eye(cast(Any, None), "", language, Path(), thorough)


def test_each_page_is_looked_at_in_russian_in_both_widths() -> None:
    for name in NAMES:
        assert {width for _theme, width in eye("ru").shapes_of(name)} == set(WIDTHS)


def test_english_looks_at_about_half_of_the_pages() -> None:
    looked_at = [name for name in NAMES if eye("en").shapes_of(name)]
    assert len(NAMES) / 3 < len(looked_at) < 2 * len(NAMES) / 3


def test_each_page_meets_axe_in_one_language() -> None:
    for name in NAMES:
        assert sorted(len(of.axe_of(name)) for of in (eye("en"), eye("ru"))) == [0, 1]


def test_each_scene_is_played_in_one_language() -> None:
    shared = [*scenes_of(eye("en")), *scenes_of(eye("ru"))]
    assert sorted(shared, key=SCENES.index) == list(SCENES)


def test_a_thorough_eye_leaves_nothing_out() -> None:
    for language in ("en", "ru"):
        whole = eye(language, thorough=True)
        assert scenes_of(whole) == SCENES
        assert all(whole.shapes_of(name) == SHAPES for name in NAMES)
    shared = eye("en", thorough=True).axe_of("") + eye("ru", thorough=True).axe_of("")
    assert sorted(shared) == sorted(SHAPES)
