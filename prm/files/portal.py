"""Downloads for a partner's people."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from prm.files.downloads import attachment
from prm.files.queries import access_file
from prm.web.pages import PageRequest, portal_page


@portal_page("files.open")
def file_download(request: PageRequest, file_id: UUID) -> Any:
    return attachment(access_file(request.actor, file_id, at=timezone.now()))
