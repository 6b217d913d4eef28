"""Writing comments for a partner's people; called by comments.urls."""

from uuid import UUID

from django.http import HttpResponse

from prm.comments import faces
from prm.web.pages import PageRequest, portal_page


@portal_page("comments.write", post="comments.write")
def comment_write(request: PageRequest, subject_key: str, subject_id: UUID) -> HttpResponse:
    return faces.write(request, subject_key, subject_id, template="portal/prm/comments/write.html")


@portal_page("comments.write", post="comments.write")
def comment_withdraw(request: PageRequest, comment_id: UUID) -> HttpResponse:
    return faces.withdraw(request, comment_id, template="portal/prm/comments/withdraw.html")
