"""Idempotency-Key: a retried POST gets the first answer and has no second effect.

Promise: the memory is written in the effect's own transaction, so a crash leaves neither; a key in flight is held by a
transaction's lock, so nothing can go stale. Called by ApiView.
"""

import re
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from prm.api.actions import keep_answer
from prm.api.problems import Problem, unauthenticated
from prm.api.queries import claim_key, find_answer
from prm.api.requests import ApiRequest

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
MEMORY = timedelta(days=30)
LONGEST_KEY = 200
VISIBLE = re.compile(f"[!-~]{{1,{LONGEST_KEY}}}")
LONGEST_PATH = 300


def find_given(request: ApiRequest) -> HttpResponse | None:
    """The answer already given to this key, or None when the work may start; from then on the key is held."""
    key = key_of(request)
    if not claim_key(_lock_number(request, key)):
        detail = _("A request with this key is being worked on; ask again in a moment.")
        raise Problem(409, "idempotency_key_in_flight", detail, headers={"Retry-After": "1"})
    given = find_answer(_client(request), key, since=request.at - MEMORY)
    if given is None:
        return None
    facts = _facts(request)
    if any(getattr(given, name) != value for name, value in facts.items()):
        detail = _("This key was used for another request; take a new key for new content.")
        raise Problem(422, "idempotency_key_reused", detail)
    response = HttpResponse(given.answer_body.encode(), status=given.answer_status)
    for name, value in given.answer_headers.items():
        response[name] = value
    response[REPLAYED] = "true"
    return response


def keep(request: ApiRequest, response: HttpResponse) -> None:
    headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
    keep_answer(
        client_id=_client(request),
        key=key_of(request),
        request_facts=_facts(request),
        answer=(response.status_code, headers, response.content.decode()),
        at=request.at,
    )


def key_of(request: ApiRequest) -> str:
    key = request.headers.get(HEADER, "").strip()
    if not key:
        raise Problem(400, "idempotency_key_required", _("Send an Idempotency-Key header with this request."))
    if not VISIBLE.fullmatch(key):
        detail = _("An Idempotency-Key has at most %(count)s visible ASCII characters.") % {
            "count": LONGEST_KEY
        }
        raise Problem(400, "idempotency_key_invalid", detail)
    return key


def _facts(request: ApiRequest) -> dict[str, str]:
    """What makes two requests the same one: method, path, and query with body."""
    query = request.META.get("QUERY_STRING", "")
    fingerprint = sha256(query.encode() + b"\n" + request.raw_body).hexdigest()
    return {"method": request.method or "", "path": request.path[:LONGEST_PATH], "body_sha256": fingerprint}


def _client(request: ApiRequest) -> UUID:
    """Whose memory this is: the token's, which outlives its secret."""
    if request.token is None:
        raise unauthenticated()
    return request.token.token_id


def _lock_number(request: ApiRequest, key: str) -> int:
    """One signed 64-bit number per tenant, client and key."""
    text = f"{request.actor.tenant_id}:{_client(request)}:{key}"
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)
