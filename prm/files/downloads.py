"""The one way a file leaves: as an attachment that no browser runs and no proxy keeps.

Called by: files console, portal and api.
"""

from django.http import FileResponse

from prm.files.models import StoredFile
from prm.files.queries import open_file


def attachment(stored: StoredFile) -> FileResponse:
    response = FileResponse(
        open_file(stored), as_attachment=True, filename=stored.name, content_type=stored.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
