"""What the middlewares add to a request, as a type; called by every interface for annotations."""

from django.http import HttpRequest

from prm.accounts.actor import Actor
from prm.accounts.queries import Place
from prm.accounts.viewing import Viewing
from prm.tenancy.queries import TenantCard


class PlatformRequest(HttpRequest):
    """Any request: `tenant` when the address names one, `actor` when the person has a place there, `visitor`
    on the public face, `viewing` while staff look at the portal as a partner."""

    request_id: str
    tenant: TenantCard | None
    actor: Actor | None
    visitor: Actor | None
    viewing: Viewing | None
    places: list[Place]
