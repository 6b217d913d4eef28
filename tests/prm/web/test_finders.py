"""Static files: what the templates name is served, and of the installed packages nothing else."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from prm.web.finders import is_served

ROOT = Path(__file__).resolve().parents[3]
NAMED = sorted(
    {
        name
        for template in (ROOT / "templates").rglob("*.*")
        for name in re.findall(r"\{% static '([^']+)' %\}", template.read_text())
    }
)


@pytest.mark.parametrize("name", NAMED)
def test_each_file_that_a_template_names_is_found(name: str) -> None:
    assert finders.find(name)


def test_templates_name_the_packages() -> None:
    assert "vendor/tabler/css/tabler.min.css" in NAMED


def test_other_files_of_a_package_are_not_served() -> None:
    assert finders.find("vendor/tabler/css/tabler-flags.css") is None
    assert not is_served("vendor/echarts", "echarts.esm.js")
    assert is_served("prm", "anything.css")
