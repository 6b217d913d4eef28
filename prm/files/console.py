"""Downloads for the vendor's people."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from prm.files.downloads import attachment
from prm.files.queries import access_file
from prm.web.pages import PageRequest, console_page


@console_page("files.open")
def file_download(request: PageRequest, file_id: UUID) -> Any:
    return attachment(access_file(request.actor, file_id, at=timezone.now()))
