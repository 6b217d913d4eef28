"""Write everything a tenant owns into one ZIP: NDJSON per table, its people, its files, and a manifest."""

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from prm.files.queries import list_all_files, read_file
from prm.tenancy.context import tenant_context
from prm.tenancy.exports import each_person, each_row, each_tenant_row, list_tenant_tables, one_moment
from prm.tenancy.queries import find_tenant


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("target", type=Path, help="the ZIP to write; it must not exist yet")
        parser.add_argument("--without-files", action="store_true", help="rows only, no stored files")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["target"]
        card = find_tenant(options["slug"])
        if card is None:
            raise CommandError(f"There is no tenant {options['slug']!r}.")
        if target.exists():
            raise CommandError(f"{target} exists; nothing was written.")
        unfinished = target.with_name(f".{target.name}.unfinished")
        try:
            with one_moment(), tenant_context(card.id), ZipFile(unfinished, "w", ZIP_DEFLATED) as archive:
                manifest = _fill(archive, with_files=not options["without_files"])
                manifest |= {"tenant": card.slug, "exported_at": timezone.now().isoformat()}
                archive.writestr("manifest.json", json.dumps(manifest, indent=2))
            unfinished.rename(target)
        finally:
            unfinished.unlink(missing_ok=True)
        rows = sum(part["rows"] for part in manifest["tables"].values())
        self.stdout.write(f"{rows} rows of {len(manifest['tables'])} tables in {target}")


def _fill(archive: ZipFile, *, with_files: bool) -> dict[str, Any]:
    parts = {"prm_tenant": each_tenant_row(), "people": each_person()}
    parts |= {table: each_row(table) for table in list_tenant_tables()}
    manifest: dict[str, Any] = {"tables": {name: _write(archive, name, rows) for name, rows in parts.items()}}
    if with_files:
        manifest["files"] = _write_files(archive)
    return manifest


def _write(archive: ZipFile, name: str, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """One line of JSON per row; returns how many and the digest of the lines."""
    digest, count = sha256(), 0
    with archive.open(f"{name}.ndjson", "w", force_zip64=True) as target:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            target.write(line)
            digest.update(line)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _write_files(archive: ZipFile) -> int:
    count = 0
    for stored in list_all_files():
        archive.writestr(f"files/{stored.id}/{stored.name}", read_file(stored))
        count += 1
    return count
