"""What both faces of training answer alike: a certificate on paper; called by training.{console,portal}."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.training.certificate_pdf import draw_certificate
from partners.training.models import Certificate
from partners.training.presentation import standing_of
from partners.training.rules import VALID
from prm.tenancy.queries import current_tenant
from prm.web.pages import PageRequest


def certificate_answer(
    request: PageRequest, certificate: Certificate, today: date, *, back: str
) -> HttpResponse:
    """The PDF in the reader's language; for one that does not hold, the way `back` with the reason."""
    if standing_of(certificate, today) != VALID:
        messages.error(request, _("Only a valid certificate can be printed."))
        return redirect(back)
    address = request.build_absolute_uri(reverse("certificate-check", args=[certificate.code]))
    content = draw_certificate(
        certificate, vendor=current_tenant().name, address=address, language=(get_language() or "en")[:2]
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{certificate}.pdf"'
    return answer
