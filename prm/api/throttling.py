"""Limits per key and per tenant, counted in Redis in windows of a minute.

Promise: bulk work has a bucket of its own; a broker that is away lets requests pass; called by ApiView.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import redis
from django.conf import settings

from prm.tenancy.keys import tenant_key

WINDOW_SECONDS = 60
# bucket: (requests a minute by one key, requests a minute by one tenant)
LIMITS = {"default": (6_000, 12_000), "bulk": (120, 240)}
log = logging.getLogger("prm.api")


@dataclass(frozen=True)
class Allowance:
    """How much of a window is left, by the tighter of the two limits."""

    bucket: str
    limit: int
    left: int
    seconds: int

    @property
    def exceeded(self) -> bool:
        return self.left < 0

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"{self.bucket}";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.bucket}";r={max(self.left, 0)};t={self.seconds}',
        }


def take(bucket: str, *, tenant_id: UUID, token_id: UUID, at: datetime) -> Allowance | None:
    """Count one request; None when nothing could be counted."""
    per_token, per_tenant = getattr(settings, "API_LIMITS", LIMITS)[bucket]
    window, passed = divmod(int(at.timestamp()), WINDOW_SECONDS)
    keys = [
        tenant_key(tenant_id, "rate", bucket, token_id, window),
        tenant_key(tenant_id, "rate", bucket, "all", window),
    ]
    try:
        by_token, by_tenant = _count(keys)
    except redis.RedisError as fault:
        log.warning("limits are not counted: %s", fault)
        return None
    left = min(per_token - by_token, per_tenant - by_tenant)
    limit = per_token if per_token - by_token <= per_tenant - by_tenant else per_tenant
    return Allowance(bucket, limit, left, WINDOW_SECONDS - passed)


def is_first_in_window(*, tenant_id: UUID, token_id: UUID, at: datetime) -> bool:
    """Whether this minute saw no request of the token yet: then its last use is worth writing down."""
    key = tenant_key(tenant_id, "seen", token_id, int(at.timestamp()) // WINDOW_SECONDS)
    try:
        return bool(_store(settings.REDIS_URL).set(key, 1, nx=True, ex=2 * WINDOW_SECONDS))
    except redis.RedisError:
        return False


def _count(keys: list[str]) -> list[int]:
    with _store(settings.REDIS_URL).pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.incr(key)
            pipe.expire(key, 2 * WINDOW_SECONDS)
        return [int(count) for count in pipe.execute()[::2]]


@cache
def _store(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
