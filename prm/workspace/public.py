"""The vendor's stylesheet and logo, for anybody; called by workspace.urls.

Promise: both ask nobody who they are, and are the same for everybody, so any cache may keep them."""

from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from prm.web.brand import style_stamp
from prm.web.pages import VisitRequest, public_page
from prm.workspace.branding import open_logo
from prm.workspace.rules import style_of

FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "public, no-cache"


@public_page()
def brand_style(request: VisitRequest) -> HttpResponse:
    """Colours cannot stand in the page itself: its policy takes styles from addresses of ours alone."""
    card = request.tenant
    if not card.light:
        raise Http404
    stamp = style_stamp(card)
    answer = _known(request, stamp) or HttpResponse(style_of(card.light, card.dark), content_type="text/css")
    return _kept(request, answer, stamp)


@public_page()
def brand_logo(request: VisitRequest) -> HttpResponse:
    """Public by decision: the logo stands on the programme's page, which strangers read. Of all stored files it is the
    only one that leaves without a login, through a guard that opens nothing else."""
    if not request.tenant.logo:
        raise Http404
    answer = _known(request, request.tenant.logo) or open_logo()
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _kept(request, answer, request.tenant.logo)


def _known(request: VisitRequest, stamp: str) -> HttpResponseBase | None:
    """304 for a browser that has this very version."""
    found = get_conditional_response(request, etag=f'"{stamp}"')
    return found if found is not None and found.status_code == HTTPStatus.NOT_MODIFIED else None


def _kept(request: VisitRequest, answer: HttpResponseBase, stamp: str) -> HttpResponse:
    """An address that names the version never changes; any other one is asked for again."""
    answer["ETag"] = f'"{stamp}"'
    answer["Cache-Control"] = FOR_EVER if request.GET.get("v") == stamp else ASK_EACH_TIME
    return answer  # type: ignore[return-value]  # a file response streams, and is one all the same
