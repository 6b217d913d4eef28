"""Versions: a strong ETag is the row's version, and a change names the version it was made from.

Promise: a change without If-Match is 428, one made from an older version is 412; called by api.py of what people edit.
"""

from typing import TypeVar

from django.http import HttpResponse
from django.utils.translation import gettext as _

from prm.api.problems import Problem
from prm.api.requests import ApiRequest

R = TypeVar("R", bound=HttpResponse)


def etag_of(version: int) -> str:
    return f'"{version}"'


def with_etag(response: R, version: int) -> R:
    response["ETag"] = etag_of(version)
    return response


def require_match(request: ApiRequest, version: int) -> None:
    """Refuse unless If-Match names exactly this version; call it after the row is locked."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        detail = _("Send If-Match with the ETag you read, so that nobody's change is lost.")
        raise Problem(428, "if_match_required", detail)
    if etag_of(version) not in [tag.strip() for tag in given.split(",")]:
        detail = _("It was changed since you read it; read it again.")
        raise Problem(412, "stale_version", detail, headers={"ETag": etag_of(version)})
