"""Addresses of downloads, by face."""

from django.urls import path

from prm.files import api as machine
from prm.files import console as staff
from prm.files import portal as partner

console = [path("files/<uuid:file_id>/", staff.file_download, name="file-download")]
portal = [path("files/<uuid:file_id>/", partner.file_download, name="portal-file-download")]
api = [path("files/<uuid:file_id>", machine.OneFile.as_view(), name="api-file")]
