"""Names in shared stores (cache, counters): always led by the tenant.

Promise: two tenants never share a key; called by throttling and caches.
"""

from uuid import UUID


def tenant_key(tenant_id: UUID, *parts: object) -> str:
    return ":".join(["prm", str(tenant_id), *(str(part) for part in parts)])
