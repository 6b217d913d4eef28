"""A Chromium for the browser tests where none is installed and nobody may install one: the one without windows.

Promise: Debian's own packages, fetched and checked by apt, unpacked below the state folder; the system stays as it is.
Called by: ./test, for a user who is not root.
"""

import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from prm.local.processes import StepFailed

PACKAGES = ("chromium-headless-shell", "libatomic1")  # the latter for the Node of Playwright's driver
LAUNCHER = """#!/bin/sh
LD_LIBRARY_PATH={libraries} FONTCONFIG_FILE={fonts} exec {program} "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{folder}/fonts</cachedir></fontconfig>
"""


def private_chromium(state: Path) -> None:
    """Make the programs `chromium` and `node` (of Playwright's driver) below the state folder; fetched once."""
    home = state / "chromium"
    if (home / "chromium").exists():
        return
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise StepFailed(
            "Chromium can be fetched on Debian and its like alone; install it and set PRM_CHROMIUM."
        )
    root = _unpacked(home)
    driver = find_spec("playwright")
    if driver is None or driver.origin is None:
        raise StepFailed("Playwright is not installed: run ./test, which installs it first.")
    _write_launcher(home / "node", root, Path(driver.origin).parent / "driver" / "node")
    _write_launcher(home / "chromium", root, root / "usr/lib/chromium/chromium-headless-shell")


def _unpacked(home: Path) -> Path:
    """The folder that holds what the packages of Chromium put below /, less what the system has already."""
    root, archives = home / "root", home / "cache" / "archives"
    for folder in (root, archives / "partial", home / "state" / "lists" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    own = {
        "Dir::State": home / "state",
        "Dir::Cache": home / "cache",
        "Dir::Log": home,
        "Debug::NoLocking": 1,
    }
    options = [
        "-o",
        "Dir::State::status=/var/lib/dpkg/status",
        *(f"-o{key}={value}" for key, value in own.items()),
    ]
    _run(["apt-get", *options, "update"])
    _run(["apt-get", *options, "install", "-y", "--download-only", "--no-install-recommends", *PACKAGES])
    for package in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(root)])
        package.unlink()
    return root


def _run(command: Sequence[str]) -> None:
    if subprocess.run(command, check=False).returncode:
        raise StepFailed(f"Chromium could not be fetched: {command[0]} {command[-1]} failed.")


def _write_launcher(launcher: Path, root: Path, program: Path) -> None:
    """A program that finds its libraries and fonts in the unpacked folder."""
    fonts = root / "fonts.conf"
    fonts.write_text(FONTS.format(folder=root))
    libraries = ":".join(sorted({str(library.parent) for library in root.rglob("lib*.so*")}))
    launcher.write_text(LAUNCHER.format(libraries=libraries, fonts=fonts, program=program))
    launcher.chmod(0o755)
