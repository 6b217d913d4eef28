"""The check page of a certificate, for anybody who holds its code; called by training.urls."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from partners.training.presentation import STANDING_WORDS
from partners.training.queries import check_code
from partners.training.rules import UNKNOWN
from prm.tenancy.queries import current_tenant
from prm.web.pages import VisitRequest, public_page

NOT_FOUND = 404


@public_page()
def certificate_check(request: VisitRequest, code: str) -> HttpResponse:
    """Valid, expired, revoked or unknown; and what stands on the certificate, nothing else."""
    today = timezone.localtime(timezone=current_tenant().zone).date()
    checked = check_code(code[:60], today)
    content = {"checked": checked, "word": STANDING_WORDS[checked.standing]}
    status = NOT_FOUND if checked.standing == UNKNOWN else 200
    answer = render(request, "public/partners/training/check.html", content, status=status)
    answer["X-Robots-Tag"] = "noindex"
    return answer
