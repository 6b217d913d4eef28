"""Addresses of onboarding, by face."""

from django.urls import path

from partners.onboarding import public as visit

public = [
    path("", visit.join, name="join"),
    path("apply/<str:token>/", visit.resume, name="join-resume"),
    path("apply/<str:token>/<slug:step>/", visit.apply, name="join-apply"),
    path("status/<str:token>/", visit.status, name="join-status"),
    path("status/<str:token>/withdraw/", visit.withdraw, name="join-withdraw"),
]
