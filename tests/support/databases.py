"""Databases for tests: one migrated template, cloned for each worker (and for tests that need real commits).

Called by: tests/conftest.py.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import psycopg2
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from prm.tenancy.roles import bootstrap_database
from tests.support import kept_template

TEMPLATE = "prm_template"


def admin_connection(name: str) -> Any:
    parts = urlsplit(os.environ["DATABASE_ADMIN_URL"])
    return psycopg2.connect(
        host=parts.hostname,
        port=parts.port,
        user=parts.username,
        password=unquote(parts.password or ""),
        dbname=name,
    )


def admin_cursor() -> tuple[Any, Any]:
    connection = admin_connection("postgres")
    connection.autocommit = True
    return connection, connection.cursor()


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """A lock between the test workers of one run."""
    key = sha256(f"{os.environ['DATABASE_ADMIN_URL']}:{name}".encode()).hexdigest()[:16]
    folder = Path(
        os.environ.get("PRM_STATE_DIR") or tempfile.gettempdir()
    )  # the plugin's is removed at the end
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"prm-test-{key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def point_at(name: str) -> None:
    """Turn both of Django's connections to the database `name`."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        connections.databases[alias]["NAME"] = name


def make_template() -> None:
    """Bootstrap and migrate the template once per cluster; later callers find it finished."""
    with one_at_a_time("template"):
        connection, cursor = admin_cursor()
        cursor.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [TEMPLATE])
        if cursor.fetchone() != (True,):
            app_url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{TEMPLATE}"
            bootstrap_database(os.environ["DATABASE_ADMIN_URL"], app_url)
            if kept_template.fits():
                cursor.execute(f"DROP DATABASE {TEMPLATE}")
                cursor.execute(f"CREATE DATABASE {TEMPLATE} OWNER prm_owner TEMPLATE template0")
                kept_template.restore(TEMPLATE)
            else:
                point_at(TEMPLATE)
                call_command("migrate", database="owner", verbosity=0)
                kept_template.keep(TEMPLATE)
            point_at(TEMPLATE)
            for alias in ("default", "owner"):
                connections[alias].close()
            cursor.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")
        connection.close()


def clone(name: str, template: str = TEMPLATE) -> None:
    with one_at_a_time("clone"):
        connection, cursor = admin_cursor()
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        cursor.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO prm_app").format(sql.Identifier(name))
        )
        connection.close()


@contextmanager
def database_of_its_own(template: str = TEMPLATE) -> Iterator[str]:
    """A fresh database that Django points at until the block ends; gone afterwards. Nobody may be connected to the one
    that it is copied from."""
    name = f"prm_own_{uuid4().hex[:12]}"
    try:
        with made_anew(name, template):
            yield name
    finally:
        drop(name)


@contextmanager
def made_anew(name: str, template: str = TEMPLATE) -> Iterator[None]:
    """A fresh database in the place of the one that has that name; Django points at it until the block ends. Servers
    that were connected to the old one connect again as they are asked."""
    home = connections["default"].settings_dict["NAME"]
    connections.close_all()
    clone(name, template)
    point_at(name)
    try:
        yield
    finally:
        point_at(home)


def drop(name: str) -> None:
    connection, cursor = admin_cursor()
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    connection.close()


def forge(name: str, statement: str) -> None:
    """What only somebody with the server's keys can do: change one row past its triggers and policies."""
    connection = admin_connection(name)
    with connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount == 1
    connection.close()
