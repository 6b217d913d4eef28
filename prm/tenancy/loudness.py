"""Loud refusal: SQL on a tenant table outside a context raises before it reaches Postgres.

Promise: row policies stay the silent floor, this is the alarm above it; called by the app's start (prm.apps).
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from prm.tenancy.context import NoTenantContext, current_context
from prm.tenancy.models import TenantModel


@cache
def _tenant_tables() -> re.Pattern[str]:
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)]
    return re.compile(r'"(' + "|".join(sorted(tables)) + r')"')


def refuse_unscoped_sql(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """An execute wrapper for the application's connection."""
    if current_context() is None:
        found = _tenant_tables().search(str(sql))
        if found is not None and not str(sql).startswith(("SET CONSTRAINTS", "SAVEPOINT")):
            raise NoTenantContext(f"{found.group(1)} was asked for outside a tenant context")
    return execute(sql, params, many, context)


def watch_connection(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Put the alarm on each new application connection; the owner's connection (migrations) has none.

    Also: `id` alone is not the key of a tenant table, so a GROUP BY must name every selected column.
    """
    connection.features.allows_group_by_selected_pks = False
    if connection.alias == "default" and refuse_unscoped_sql not in connection.execute_wrappers:
        connection.execute_wrappers.append(refuse_unscoped_sql)
