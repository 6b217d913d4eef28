"""Writing comments for the vendor's people; called by comments.urls."""

from uuid import UUID

from django.http import HttpResponse

from prm.comments import faces
from prm.web.pages import PageRequest, console_page


@console_page("comments.write", post="comments.write")
def comment_write(request: PageRequest, subject_key: str, subject_id: UUID) -> HttpResponse:
    return faces.write(request, subject_key, subject_id, template="console/prm/comments/write.html")


@console_page("comments.write", post="comments.write")
def comment_withdraw(request: PageRequest, comment_id: UUID) -> HttpResponse:
    return faces.withdraw(request, comment_id, template="console/prm/comments/withdraw.html")
