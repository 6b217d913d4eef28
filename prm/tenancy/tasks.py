"""TenantTask: background work carries its tenant in the message and runs inside that context.

Promise: a message without a tenant is refused, never run over nothing.
Called by: every tasks.py; messages leave only through prm.outbox.
"""

from typing import Any
from uuid import UUID

from celery import Task

from prm.tenancy.context import NoTenantContext, tenant_context


class TenantTask(Task):
    """A task whose first keyword is `tenant_id`; ids only, staff scope, one transaction unless it opens its own."""

    abstract = True
    opens_context = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError("tasks take keyword arguments only")
        if "tenant_id" not in kwargs:
            raise NoTenantContext(f"{self.name} came without a tenant and was refused")
        if not self.opens_context:
            return super().__call__(**kwargs)
        with tenant_context(UUID(kwargs["tenant_id"])):
            return super().__call__(**kwargs)
