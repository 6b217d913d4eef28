"""Writes of the workspace that no lower room owns: the tenant's settings.

Promise: only what differs is written, and the trail holds it with its old value; called by the settings page.
"""

from datetime import datetime
from typing import Any

from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.tenancy.models import Tenant
from prm.tenancy.queries import current_tenant

CHANGEABLE = frozenset({"name", "time_zone", "language", "second_approver_above_minor"})


class SettingUnknown(ValueError):
    """A setting that people cannot change."""

    code = "setting_unknown"


def change_settings(*, actor: Actor, changes: dict[str, Any], at: datetime) -> bool:
    """Write the named settings of the tenant in context; False when nothing differs."""
    if unknown := set(changes) - CHANGEABLE:
        raise SettingUnknown(", ".join(sorted(unknown)))
    tenant = Tenant.objects.select_for_update().get(id=current_tenant().id)
    changed = {name: value for name, value in changes.items() if getattr(tenant, name) != value}
    if not changed:
        return False
    before = {name: getattr(tenant, name) for name in changed}
    for name, value in changed.items():
        setattr(tenant, name, value)
    tenant.save(update_fields=list(changed))
    record(actor=actor, action="tenant.changed", subject=tenant, at=at, before=before, after=changed)
    return True
