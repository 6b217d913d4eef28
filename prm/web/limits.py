"""How often one network address may do a thing, counted in the shared cache.

Promise: counted per tenant and thing; a cache that is away lets the request pass; called by public pages."""

import logging

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from redis import RedisError

from prm.tenancy.context import require_context
from prm.tenancy.keys import tenant_key

log = logging.getLogger("prm.web")


def address_of(request: HttpRequest) -> str:
    """The network address of the browser, as logins are counted by: behind proxies of our own, the one that the
    outermost of them saw (PRM_TRUSTED_PROXIES)."""
    return str(get_adapter(request).get_client_ip(request))


def within_limit(request: HttpRequest, thing: str, *, times: int, seconds: int) -> bool:
    """Count one more; False when it is one too many within the window."""
    key = tenant_key(require_context().tenant_id, "often", thing, address_of(request))
    try:
        cache.add(key, 0, timeout=seconds)
        return bool(cache.incr(key) <= times)
    except (RedisError, OSError, ValueError) as fault:  # ValueError: the window ended between the two steps
        log.warning("limits are not counted: %s", fault)
        return True


def is_first_use(thing: str, *, seconds: int) -> bool:
    """Whether this thing (a solved puzzle) was not used within the window, as `within_limit` counts."""
    try:
        return bool(cache.add(tenant_key(require_context().tenant_id, "once", thing), 1, timeout=seconds))
    except (RedisError, OSError) as fault:
        log.warning("limits are not counted: %s", fault)
        return True
