"""Imports in each state that a person meets: with refused rows, applied, being taken back, kept, taken back.

Promise: of products that nothing else names, so that the demo's own pages stay as they are; called by the scenes."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from partners.products.models import Product
from prm.accounts.actor import Actor
from prm.imports.actions import start_applying, start_check, start_undo, take_file
from prm.imports.kinds import import_kind
from prm.imports.models import Import
from prm.imports.work import work_on_applying, work_on_check, work_on_undoing
from prm.tenancy.context import tenant_context

HEAD = "code,name,category_code,earns\n"


def imports_in_each_state(actor: Actor, words: Mapping[str, str]) -> dict[str, str]:
    """Paths of pages by name of the state."""
    desk = _Desk(actor, words["file"])
    good = f"{HEAD}NEW-1,{words['partner']},,yes\nNEW-2,{words['fresh']},,no\n"
    states = {
        "import-with-refused-rows": desk.checked(good + "NEW-3,,,maybe\n"),
        "import-applied-in-part": desk.applied(good + "NEW-3,,,maybe\n"),
    }
    states["import-kept"] = desk.applied(good.replace("NEW", "KEPT"))
    with tenant_context(actor.tenant_id):
        Product.objects.filter(code="KEPT-1").update(version=9)
    desk.undo(states["import-kept"])
    states["import-taken-back"] = desk.applied(good.replace("NEW", "BACK"))
    desk.undo(states["import-taken-back"])
    states["import-being-taken-back"] = desk.applied(good.replace("NEW", "LATER"))
    desk.start_undo(states["import-being-taken-back"])
    return {name: f"imports/{import_id}/" for name, import_id in states.items()}


class _Desk:
    """One person at the imports, and a worker who comes when called."""

    def __init__(self, actor: Actor, name: str) -> None:
        self.actor, self.name = actor, f"{name}.csv"

    def checked(self, text: str) -> UUID:
        at = timezone.now()
        with tenant_context(self.actor.tenant_id):
            batch = take_file(
                actor=self.actor, kind=import_kind("products"), source="erp", name=self.name,
                content=text.encode(), at=at,
            )  # fmt: skip
            start_check(actor=self.actor, batch=batch, mapping=batch.mapping, decimal=".", at=at)
        work_on_check(tenant_id=self.actor.tenant_id, import_id=batch.id, now=timezone.now)
        return batch.id

    def applied(self, text: str) -> UUID:
        import_id = self.checked(text)
        with tenant_context(self.actor.tenant_id):
            batch = Import.objects.get(id=import_id)
            start_applying(actor=self.actor, batch=batch, whole=False, at=timezone.now())
        work_on_applying(tenant_id=self.actor.tenant_id, import_id=import_id, now=timezone.now)
        return import_id

    def start_undo(self, import_id: UUID) -> None:
        with tenant_context(self.actor.tenant_id):
            start_undo(actor=self.actor, batch=Import.objects.get(id=import_id), at=timezone.now())

    def undo(self, import_id: UUID) -> None:
        self.start_undo(import_id)
        work_on_undoing(tenant_id=self.actor.tenant_id, import_id=import_id, now=timezone.now)
