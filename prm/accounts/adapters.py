"""How django-allauth meets our people: nobody signs up by themselves.

Called by: allauth, through settings.ACCOUNT_ADAPTER.
"""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """The sign-up page is always closed: an account is made behind an invitation's link (prm.workspace.invitations)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
