"""Let a suspended tenant's people and keys in again."""

from prm.management.commands.suspend_tenant import ResumeCommand as Command

__all__ = ["Command"]
