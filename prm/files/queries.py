"""Finding and opening kept files.

Promise: a file of another tenant, another partner or another right is missing; called by the download views and rooms.
"""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import Http404

from prm.accounts.actor import Actor
from prm.files.models import StoredFile
from prm.files.purposes import Purpose, purpose_of
from prm.tenancy.context import require_context


class FileDamaged(RuntimeError):
    """The bytes on the disk are not those that were kept."""


def access_file(actor: Actor, file_id: UUID, *, at: datetime) -> StoredFile:
    """The file, if this actor may open it; otherwise 404, whatever the reason."""
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    stored = StoredFile.objects.filter(live, id=file_id).first()
    if stored is None or not may_open(actor, stored):
        raise Http404
    return stored


def may_open(actor: Actor, stored: StoredFile) -> bool:
    purpose = purpose_of(stored.purpose)
    if not _holds_right(actor, purpose):
        return False
    if actor.is_partner and stored.partner_id not in _own_ids(actor):
        return False
    return purpose.allows is None or purpose.allows(actor, stored)


def _own_ids(actor: Actor) -> tuple[UUID | None, ...]:
    """The own partner, and those merged into it: as the context says."""
    context = require_context()
    return context.partner_ids if context.scope == "partner" else (actor.partner_id,)


def _holds_right(actor: Actor, purpose: Purpose) -> bool:
    if actor.kind == "token":
        return purpose.scope is not None and purpose.scope in actor.scopes
    return actor.can(purpose.permission)


def open_file(stored: StoredFile) -> "File[bytes]":
    """The bytes as a file to stream; close it."""
    return default_storage.open(stored.path, "rb")


def read_file(stored: StoredFile) -> bytes:
    """All bytes, proved to be those that were kept."""
    with default_storage.open(stored.path, "rb") as source:
        content: bytes = source.read()
    if sha256(content).hexdigest() != stored.sha256:
        raise FileDamaged(str(stored.id))
    return content


def list_all_files() -> QuerySet[StoredFile]:
    """Every kept file of the tenant, for its export by those who run the installation."""
    return StoredFile.objects.order_by("id")
