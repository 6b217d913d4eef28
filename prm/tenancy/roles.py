"""The database roles: made once by `bootstrap_database`, checked at every start and on every new connection.

Promise: the running product holds a role that owns nothing, bypasses nothing and can become nobody else.
Called by: the command `bootstrap_database`, prm.apps, prm.wsgi, prm.asgi, prm.celery, the test cluster.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

log = logging.getLogger(__name__)
EXTENSIONS = ("btree_gist",)
OLDEST_SERVER = 180000


class OverPrivilegedRole(RuntimeError):
    """The role that would run the product could see or change more than one tenant at a time."""


class BootstrapRefused(RuntimeError):
    """The server would not let the administrator's role prepare the database."""


def bootstrap_database(admin_url: str, app_url: str) -> None:
    """Make roles, database, schema rights and extensions; safe to repeat.

    `admin_url` names a role that may create roles and databases; `app_url` names the role, password and database of
    the running product. Raises `BootstrapRefused` with the server's own words where a right is missing.
    """
    app = urlsplit(app_url)
    name = app.path.lstrip("/") or "prm"
    try:
        with _connected(admin_url, database="postgres") as cursor:
            _make_roles(cursor, unquote(app.username or "prm_app"), unquote(app.password or ""))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER prm_owner TEMPLATE template0 ENCODING 'UTF8'").format(
                        sql.Identifier(name)
                    )
                )
        with _connected(admin_url, database=name) as cursor:
            _prepare_schema(cursor, name)
    except psycopg2.Error as refusal:
        raise BootstrapRefused(
            f"The server refused to prepare the database: {str(refusal).strip()}. "
            "DATABASE_ADMIN_URL must name a role with CREATEROLE and CREATEDB (or a superuser)."
        ) from refusal


@contextmanager
def _connected(url: str, *, database: str) -> Iterator[Any]:
    """An autocommit cursor for administrative statements."""
    parts = urlsplit(url)
    connection = psycopg2.connect(
        host=parts.hostname,
        port=parts.port or 5432,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        dbname=database,
        connect_timeout=5,
    )
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def _make_roles(cursor: Any, app_role: str, app_password: str) -> None:
    if app_role != "prm_app":
        raise BootstrapRefused(
            "DATABASE_URL must name the role prm_app: policies and grants are written for it."
        )
    for role, attributes in (
        ("prm_owner", "NOLOGIN NOSUPERUSER NOBYPASSRLS"),
        ("prm_guard", "NOLOGIN NOSUPERUSER BYPASSRLS"),
        ("prm_app", "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"),
    ):
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} " + attributes).format(sql.Identifier(role)))
    if app_password:
        cursor.execute(sql.SQL("ALTER ROLE prm_app PASSWORD {}").format(sql.Literal(app_password)))
    cursor.execute("GRANT prm_owner, prm_guard TO CURRENT_USER WITH SET TRUE")


def _prepare_schema(cursor: Any, name: str) -> None:
    for extension in EXTENSIONS:
        cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    statements = [
        "ALTER SCHEMA public OWNER TO prm_owner",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO prm_app, prm_guard",
        "CREATE SCHEMA IF NOT EXISTS guard AUTHORIZATION prm_guard",
        "GRANT USAGE ON SCHEMA guard TO prm_app, prm_owner",
        "ALTER DEFAULT PRIVILEGES FOR ROLE prm_owner IN SCHEMA public "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO prm_app",
        "ALTER DEFAULT PRIVILEGES FOR ROLE prm_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO prm_app",
        "ALTER DEFAULT PRIVILEGES FOR ROLE prm_owner IN SCHEMA public GRANT SELECT ON TABLES TO prm_guard",
        "CREATE OR REPLACE FUNCTION guard.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'P0001'; END $$",
        "ALTER FUNCTION guard.refuse_change() OWNER TO prm_guard",
        "GRANT EXECUTE ON FUNCTION guard.refuse_change() TO prm_owner, prm_app",
    ]
    for statement in statements:
        cursor.execute(statement)
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    cursor.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO prm_app").format(sql.Identifier(name)))


ROLE_FACTS = """
    SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole,
           EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')
                   AND c.relpersistence <> 't') AS owns_tables,
           EXISTS (SELECT 1 FROM pg_roles o WHERE o.oid <> r.oid AND pg_has_role(r.oid, o.oid, 'MEMBER')
                   AND (o.rolsuper OR o.rolbypassrls OR o.rolname = 'prm_owner')) AS may_become_more,
           current_setting('server_version_num')::int
    FROM pg_roles r WHERE r.rolname = current_user
"""


def refuse_over_privileged_role(cursor: Any) -> None:
    """Raise `OverPrivilegedRole` when row policies would not hold the current role."""
    cursor.execute(ROLE_FACTS)
    role, is_super, bypasses, makes_roles, owns_tables, may_become_more, version = cursor.fetchone()
    faults = [
        fault
        for fault, holds in (
            ("is a superuser", is_super),
            ("bypasses row policies", bypasses),
            ("may create roles", makes_roles),
            ("owns tables", owns_tables),
            ("is a member of a stronger role", may_become_more),
        )
        if holds
    ]
    if faults:
        raise OverPrivilegedRole(
            f"The product must not run as the database role {role!r}: it {', '.join(faults)}. "
            "Point DATABASE_URL at prm_app."
        )
    if version < OLDEST_SERVER:
        raise OverPrivilegedRole(f"Postgres 18 or newer is needed, this server says {version}.")


def check_new_connection(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Refuse a connection of the application that row policies would not hold; the owner's (migrations) may."""
    if connection.alias != "default":
        return
    try:
        with connection.cursor() as cursor:
            refuse_over_privileged_role(cursor)
    except BaseException:
        connection.close()  # or the next query would find it open, unchecked
        raise


def check_role_at_start() -> None:
    """Connect once, so that a wrong role ends web, worker or beat before it serves. Raises `OverPrivilegedRole`.

    A server that does not answer yet is no reason to end: the connection that reaches it is checked as well.
    """
    try:
        connection.ensure_connection()
    except OperationalError as silence:
        log.warning("the database does not answer yet: %s", silence)
    finally:
        connection.close()
