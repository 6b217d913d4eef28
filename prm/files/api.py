"""Downloads for machines: results of jobs, statements, payment files."""

from typing import ClassVar
from uuid import UUID

from django.http import FileResponse

from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.views import ApiView
from prm.files.downloads import attachment
from prm.files.queries import access_file


class OneFile(ApiView):
    scopes: ClassVar = {"GET": "files:read"}

    @operation("Download a file", answer=bytes)
    def get(self, request: ApiRequest, file_id: UUID) -> FileResponse:
        """Also needs the scope of what the file belongs to (`payouts:read` for a payment file)."""
        return attachment(access_file(request.actor, file_id, at=request.at))
