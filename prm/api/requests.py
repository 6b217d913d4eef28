"""What a handler of the API gets; called by everything that answers there."""

from datetime import datetime

from rest_framework.request import Request

from prm.accounts.actor import Actor
from prm.accounts.queries import TokenCard


class ApiRequest(Request):
    """What a handler gets: `data` is parsed JSON, `raw_body` the bytes it came from, `at` the request's one clock."""

    actor: Actor
    token: TokenCard | None
    at: datetime

    @property
    def raw_body(self) -> bytes:
        return self._request.body
