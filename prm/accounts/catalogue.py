"""What accounts declares: permissions over people and tokens."""

from prm.accounts.permissions import AUDITOR, PARTNER_ADMIN, PROGRAMME_ADMIN, declare

declare("members.view", {PROGRAMME_ADMIN, AUDITOR})
declare("members.change", {PROGRAMME_ADMIN})
declare("tokens.view", {PROGRAMME_ADMIN, AUDITOR})
declare("tokens.change", {PROGRAMME_ADMIN})
declare("team.view", {PARTNER_ADMIN})
declare("team.change", {PARTNER_ADMIN})
declare("settings.view", {PROGRAMME_ADMIN, AUDITOR})
declare("settings.change", {PROGRAMME_ADMIN})
declare("audit.view", {PROGRAMME_ADMIN, AUDITOR})
