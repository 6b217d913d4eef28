"""Platform pages without a tenant: health, the switcher, language and theme.

Called by: prm.urls.
"""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

from prm.accounts.actions import prefer_language, prefer_theme
from prm.accounts.requests import PlatformRequest

YEAR_SECONDS = 365 * 24 * 3600


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Postgres and the broker answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1).ping()
    return HttpResponse("ok", content_type="text/plain")


@login_required
@require_safe
def switcher(request: PlatformRequest) -> HttpResponse:
    """Where a person may go: straight in when there is one place, a choice when there are several."""
    if len(request.places) == 1:
        return redirect(request.places[0].path)
    return render(request, "account/switcher.html", {"places": request.places})


@login_required
@require_POST
def switch(request: PlatformRequest) -> HttpResponse:
    chosen = next((p for p in request.places if str(p.membership_id) == request.POST.get("membership")), None)
    if chosen is None:
        raise Http404
    request.session["membership"] = str(chosen.membership_id)
    return redirect(chosen.path)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    response = redirect(_safe_next(request))
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax")
        if request.user.is_authenticated:
            prefer_language(user=request.user, language=language)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    response = redirect(_safe_next(request))
    if theme in ("light", "dark", "auto"):
        response.set_cookie("prm_theme", theme, max_age=YEAR_SECONDS, samesite="Lax")
        if request.user.is_authenticated:
            prefer_theme(user=request.user, theme=theme)
    return response


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
