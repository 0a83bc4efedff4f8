"""The database as the rest of the house sees it: an engine and transactions with a role.

Nothing else opens connections. Every transaction says who it acts as (`Role`) and for
which city; both are ``SET LOCAL``, so the program is safe behind PgBouncer in
transaction mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import psycopg2.extensions
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from geoapp.errors import DatabaseUnavailable
from geoapp.settings import psycopg2_url


class Role(StrEnum):
    """The database role a transaction acts as; see ``migrations/sql/0001_rights.sql``."""

    VISITOR = "geoapp_visitor"
    INTAKE = "geoapp_intake"
    WORKER = "geoapp_worker"
    LISTENER = "geoapp_listener"


_SETTINGS = text("SELECT set_config('role', :role, true), set_config('geoapp.city', :city, true)")
_TICKET = text("SELECT set_config('geoapp.ticket', :ticket, true)")


class Database:
    """An engine and the one way to open transactions on it.

    The isolation level is READ COMMITTED: a submission takes its lock as a statement of
    its own and must see what was committed while it waited.
    """

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = psycopg2_url(url)
        self.engine = make_engine(self.url, pool_size=pool_size)

    @contextmanager
    def transaction(self, role: Role, city: str = "") -> Iterator[Connection]:
        """A transaction acting as *role* for *city*; commits when the block ends well.

        Raises:
            DatabaseUnavailable: the server can't be reached or went away.
        """
        try:
            with self.engine.begin() as connection:
                connection.execute(_SETTINGS, {"role": role.value, "city": city})
                yield connection
        except (OperationalError, InterfaceError, PoolTimeout) as problem:
            if is_connection_loss(problem):
                raise DatabaseUnavailable(
                    "The database can't be reached right now.", "Send the same request again."
                ) from problem
            raise

    def raw_connection(self) -> psycopg2.extensions.connection:
        """A psycopg2 connection of its own, in autocommit, for LISTEN and the doorbell."""
        url = self.engine.url
        arguments, options = self.engine.dialect.create_connect_args(url)
        connection: psycopg2.extensions.connection = psycopg2.connect(*arguments, **options)
        connection.autocommit = True
        return connection

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def make_engine(url: str, *, pool_size: int = 20) -> Engine:
    """An engine that pings before use, so that a restarted server costs one retry at most."""
    engine = create_engine(
        psycopg2_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "application_name": "geoapp"},
    )

    @event.listens_for(engine, "handle_error")
    def _forget_lost_connections(context: Any) -> None:
        # psycopg2 reports some losses (admin shutdown, crash of another backend) in words
        # SQLAlchemy doesn't know; without this the pool would hand them out again.
        original = context.original_exception
        if getattr(original, "pgcode", None) in {"57P01", "57P02", "57P03"}:
            context.is_disconnect = True

    return engine


def show_ticket(connection: Connection, ticket: str) -> None:
    """Let the intake role read the row with *ticket* in this transaction."""
    connection.execute(_TICKET, {"ticket": ticket})


def is_connection_loss(problem: Exception) -> bool:
    """Whether *problem* means that the server is away rather than that a statement is wrong."""
    if isinstance(problem, PoolTimeout | InterfaceError):
        return True
    if isinstance(problem, DBAPIError):
        code = getattr(problem.orig, "pgcode", None)
        return problem.connection_invalidated or code is None or code.startswith(("08", "57P"))
    return False


def one(connection: Connection, statement: Any, values: Mapping[str, Any]) -> Any:
    """The only row of a statement that always has exactly one."""
    return connection.execute(statement, values).one()
