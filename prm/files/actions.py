"""Keeping a file, checked, under a random name and described by its row; and forgetting it.

Promise: the row exists only if the bytes do; called by imports, jobs, payouts, profiles.
"""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.files.models import StoredFile
from prm.files.purposes import Purpose, purpose_of
from prm.files.rules import Kind, clean_name, extension_of, kind_of


class FileRefused(Exception):
    """A file that is not kept; its kinds say why."""

    code: str
    status = 422
    message: Any


class FileTooLarge(FileRefused):
    """The file has more bytes than its purpose takes."""

    code = "file_too_large"
    status = 413
    message = _("The file is larger than is taken here.")


class FileKindRefused(FileRefused):
    """The extension is not taken for this purpose, or the content is something else."""

    code = "file_kind_refused"
    message = _("This kind of file is not taken here, or its content is something else.")


class FileEmpty(FileRefused):
    """The file has no bytes."""

    code = "file_empty"
    message = _("The file is empty.")


def store_file(
    *,
    actor: Actor,
    purpose: str,
    name: str,
    content: bytes,
    at: datetime,
    media_type: str = "",
    partner_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> StoredFile:
    """Keep `content` for a purpose, for the vendor's people or (`partner_id`) one partner as well.

    The stored media type is that of the extension: what a browser or a partner claims (`media_type`) decides nothing.
    Bytes of a transaction that is rolled back stay on the disk under a name that no row holds.
    """
    wanted = purpose_of(purpose)
    shown_name = clean_name(name)
    kind = _checked(wanted, shown_name, content)
    path = default_storage.save(
        f"{actor.tenant_id}/{at:%Y/%m}/{secrets.token_urlsafe(24)}", ContentFile(content)
    )
    stored = StoredFile.objects.create(
        purpose=purpose,
        name=shown_name,
        media_type=kind.media_type,
        size_bytes=len(content),
        sha256=sha256(content).hexdigest(),
        path=path,
        partner_id=partner_id,
        stored_by_label=actor.label,
        stored_at=at,
        expires_at=expires_at,
    )
    after = {
        "purpose": purpose,
        "size_bytes": stored.size_bytes,
        "sha256": stored.sha256,
        "partner_id": partner_id,
    }
    record(actor=actor, action="file.stored", subject=stored, at=at, after=after)
    return stored


def remove_file(*, actor: Actor, stored: StoredFile, at: datetime) -> None:
    """Forget a file that no row names any more: its row now, its bytes once the transaction holds.

    Bytes that the store fails to remove lie under a name that no row holds.
    """
    before = {"purpose": stored.purpose, "size_bytes": stored.size_bytes, "sha256": stored.sha256}
    record(actor=actor, action="file.removed", subject=stored, at=at, before=before)
    path = stored.path
    stored.delete()
    transaction.on_commit(lambda: default_storage.delete(path), robust=True)


def _checked(purpose: Purpose, name: str, content: bytes) -> Kind:
    if not content:
        raise FileEmpty
    if len(content) > purpose.most_bytes:
        raise FileTooLarge
    kind = kind_of(name, content)
    if kind is None or extension_of(name) not in purpose.extensions:
        raise FileKindRefused
    return kind
