"""Workspace: members, invitations, keys, the audit log, settings, the team of a partner."""
