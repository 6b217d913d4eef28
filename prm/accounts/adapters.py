"""How django-allauth meets our people: nobody signs up by themselves, an invitation opens the door.

Called by: allauth, through settings.ACCOUNT_ADAPTER.
"""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Sign-up exists only while an invitation's secret is in the session."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
