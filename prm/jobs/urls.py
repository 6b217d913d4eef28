"""Addresses of jobs, by face."""

from django.urls import path

from prm.jobs import api as machine
from prm.jobs import console as staff

console = [
    path("jobs/", staff.job_list, name="job-list"),
    path("jobs/<uuid:job_id>/", staff.job_detail, name="job-detail"),
    path("jobs/<uuid:job_id>/progress/", staff.job_progress, name="job-progress"),
    path("jobs/<uuid:job_id>/cancel/", staff.job_cancel, name="job-cancel"),
]
api = [
    path("jobs/<uuid:job_id>", machine.OneJob.as_view(), name="api-job"),
    path("jobs/<uuid:job_id>:cancel", machine.JobCancel.as_view(), name="api-job-cancel"),
]
