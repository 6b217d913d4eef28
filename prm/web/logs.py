"""Logs as one JSON object a line: no bodies, no secrets.

Called by: logging (settings.LOGGING), RequestIdMiddleware.
"""

import json
import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpResponse

from prm.tenancy.context import current_tenant_id

if TYPE_CHECKING:  # logging is configured before the models can be imported
    from prm.accounts.actor import Actor
    from prm.accounts.requests import PlatformRequest

requests_log = logging.getLogger("prm.requests")


class JsonFormatter(logging.Formatter):
    """ts, level, event, tenant_id, and whatever the record carries in `facts`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        tenant_id = current_tenant_id()
        if tenant_id:
            line.setdefault("tenant_id", str(tenant_id))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_request(request: "PlatformRequest", response: HttpResponse, *, milliseconds: int) -> None:
    actor: Actor | None = getattr(request, "actor", None)
    match = request.resolver_match
    facts = {
        "request_id": request.request_id,
        "method": request.method,
        "route": match.route if match else "",
        "status": response.status_code,
        "ms": milliseconds,
        "tenant_id": str(actor.tenant_id) if actor else None,
        "actor": str(actor.id) if actor else None,
    }
    level = logging.ERROR if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
    requests_log.log(level, "request", extra={"facts": facts})
