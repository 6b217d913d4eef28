"""The Chromium beside the checkout: where it cannot be fetched it says so, and what stands is not fetched again."""

import subprocess
from pathlib import Path

import pytest

from prm.local import chromium
from prm.local.processes import StepFailed


def test_without_apt_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StepFailed, match="PRM_CHROMIUM"):
        chromium.private_chromium(tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_what_stands_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "chromium").mkdir()
    (tmp_path / "chromium" / "chromium").write_text("")
    chromium.private_chromium(tmp_path)
    assert (tmp_path / "chromium" / "chromium").read_text() == ""


def test_a_launcher_finds_the_unpacked_libraries(tmp_path: Path) -> None:
    library = tmp_path / "usr/lib/some-linux-gnu/inner/libprobe.so.1"
    library.parent.mkdir(parents=True)
    library.write_text("")
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH $1"\n')
    program.chmod(0o755)
    chromium._write_launcher(tmp_path / "launcher", tmp_path, program)
    told = subprocess.run(
        [tmp_path / "launcher", "argument"], capture_output=True, text=True, check=True
    ).stdout
    assert told == f"{library.parent} argument\n"
