"""Where Django finds the models of the platform rooms: imports only."""

from prm.accounts.models import ApiToken, Consent, Invitation, Membership, User
from prm.api.models import IdempotencyRecord
from prm.audit.models import AuditRecord, AuditSeal
from prm.comments.models import Comment, CommentFile
from prm.currencies.models import ExchangeRate
from prm.files.models import StoredFile
from prm.imports.models import Import, ImportRow
from prm.jobs.models import Job
from prm.notifications.models import Notice
from prm.outbox.models import Event
from prm.tenancy.models import DocumentCounter, Tenant
from prm.workspace.models import Brand

__all__ = [
    "ApiToken",
    "AuditRecord",
    "AuditSeal",
    "Brand",
    "Comment",
    "CommentFile",
    "Consent",
    "DocumentCounter",
    "Event",
    "ExchangeRate",
    "IdempotencyRecord",
    "Import",
    "ImportRow",
    "Invitation",
    "Job",
    "Membership",
    "Notice",
    "StoredFile",
    "Tenant",
    "User",
]
