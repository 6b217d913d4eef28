"""Where the page of a merged partner leads: to its survivor, with a note.

Promise: nothing was written when the partner was met; called by Django, named in settings.MIDDLEWARE."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from partners.directory.queries import PartnerMerged


class MergedPartnerMiddleware:
    """Answers `PartnerMerged` raised by a page; the API has its own answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, PartnerMerged):
            return None
        names = {"name": exception.partner.name, "survivor": exception.survivor.name}
        if request.method in ("GET", "HEAD"):
            messages.info(request, _("%(name)s was merged into %(survivor)s; this is its page.") % names)
        else:
            messages.warning(
                request, _("%(name)s was merged into %(survivor)s; nothing was changed.") % names
            )
        return redirect("partner-detail", exception.survivor.id)
