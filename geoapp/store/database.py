"""The database as the rest of the house sees it: an engine and transactions with a role.

Nothing else opens connections. Every transaction says who it acts as (`Role`) and for
which city; both are ``SET LOCAL``, so the program is safe behind PgBouncer in
transaction mode.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import psycopg2
import psycopg2.extensions
from sqlalchemy import Connection, Engine, Row, TextClause, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from geoapp.errors import DatabaseUnavailable
from geoapp.settings import psycopg2_url
from geoapp.store.clock import DatabaseClock, Reading


class Role(StrEnum):
    """The database role a transaction acts as; see ``migrations/sql/0001_rights.sql``."""

    VISITOR = "geoapp_visitor"
    INTAKE = "geoapp_intake"
    WORKER = "geoapp_worker"
    LISTENER = "geoapp_listener"
    STAFF = "geoapp_staff"
    ADMIN = "geoapp_admin"
    ACCOUNTS = "geoapp_accounts"


STAFF_REACHES = tuple(
    f"{Role.STAFF}_{reach}"
    for reach in ("everything", "agency", "kelurahan", "agency_kelurahan", "mixed")
)
"""Roles that staff acts as, one for each kind of reach; they inherit all of `Role.STAFF`.

Each has a policy of its own for reading complaints (docs/adr/0011).
"""

_SETTINGS = (
    "SELECT set_config('role', %(opening_role)s, true),"
    " set_config('geoapp.city', %(opening_city)s, true),"
    " set_config('geoapp.ticket', %(opening_ticket)s, true),"
    " set_config('geoapp.account', %(opening_account)s, true)"
)
_ACT_AS = {
    Role.STAFF: ";\nSELECT set_config('role', geoapp.act_as(), true)",
    Role.ADMIN: ";\nSELECT geoapp.act_as()",
}
"""Turns the account into settings that the policies of row-level security compare with.

Staff then acts as the one of `STAFF_REACHES` that `act_as()` names for its grants.
"""

_CLOCK = text("SELECT clock_timestamp()")

SHORT_FOR_S = 60.0
"""So long after it was met last, a full disk is still told."""

PING_AFTER_S = 1.0
"""A pooled connection that rested longer is asked whether it's alive before it is used."""


@dataclass(slots=True)
class _Opening:
    """What a transaction still has to say of itself, sent with its first statement."""

    role: Role
    city: str
    ticket: str
    account: str = ""
    sent: bool = False

    @property
    def statements(self) -> str:
        """What is sent ahead."""
        return _SETTINGS + _ACT_AS.get(self.role, "")

    def values(self) -> dict[str, str]:
        """The binds of `statements`."""
        return {
            "opening_role": self.role.value,
            "opening_city": self.city,
            "opening_ticket": self.ticket,
            "opening_account": self.account,
        }


class Database:
    """An engine and the one way to open transactions on it.

    The isolation level is READ COMMITTED: a submission takes its lock as a statement of
    its own and must see what was committed while it waited.
    """

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = psycopg2_url(url)
        self.engine = make_engine(self.url, pool_size=pool_size)
        self._clock = DatabaseClock(self._read_clock)
        self._short_of: tuple[float, str] | None = None
        event.listen(self.engine, "connect", lambda _connection, _record: self._clock.doubt())
        event.listen(self.engine, "before_cursor_execute", _open_with_settings, retval=True)
        event.listen(self.engine, "after_cursor_execute", _opened)
        event.listen(self.engine, "savepoint", _open_before_savepoint)

    @contextmanager
    def transaction(
        self, role: Role, city: str = "", *, ticket: str = "", account: int | None = None
    ) -> Iterator[Connection]:
        """A transaction acting as *role* for *city*; commits when the block ends well.

        Args:
            ticket: the row that the intake role may read in this transaction.
            account: who acts, for `Role.STAFF` and `Role.ADMIN`: what they see and move depends
                on its grants; without one it's nothing. For the intake role: who enters it, instead of a citizen.

        Raises:
            DatabaseUnavailable: the server can't be reached or went away.
        """
        with self._known_losses(), self.engine.connect() as connection:
            acting = "" if account is None else str(account)
            connection.execution_options(geoapp_opening=_Opening(role, city, ticket, acting))
            with connection.begin():
                yield connection

    def once(
        self, role: Role, city: str, wanted: TextClause, values: Mapping[str, Any]
    ) -> Row[Any]:
        """The only row of one statement, in a transaction of its own and one round trip.

        PostgreSQL runs the statements of one message as one transaction.

        Raises:
            DatabaseUnavailable: the server can't be reached or went away.
        """
        with self._known_losses(), self.engine.connect() as connection:
            # psycopg2 then adds no BEGIN and no COMMIT.
            connection.execution_options(
                geoapp_opening=_Opening(role, city, ""), isolation_level="AUTOCOMMIT"
            )
            return connection.execute(wanted, values).one()

    def now(self) -> datetime:
        """The time by the database's clock; every rule about time goes by it.

        Costs a round trip once a minute per process.

        Raises:
            DatabaseUnavailable: it was never read and the server can't be reached.
        """
        return self._clock.now()

    @property
    def short_of(self) -> str:
        """What the server had none of in the last minute, as far as this process met it."""
        if self._short_of is None or time.monotonic() - self._short_of[0] > SHORT_FOR_S:
            return ""
        return self._short_of[1]

    def _read_clock(self) -> Reading:
        with self._known_losses(), self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            sent = time.monotonic()
            moment: datetime = connection.execute(_CLOCK).scalar_one()
            # Read there about when half of the round trip was over.
            return Reading(moment.astimezone(UTC), (sent + time.monotonic()) / 2)

    @contextmanager
    def _known_losses(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeout) as problem:
            short = _shortage(problem)
            if short:
                self._short_of = (time.monotonic(), short)
                raise DatabaseUnavailable(
                    f"The database has {short}.", "Send the same request again in a while."
                ) from problem
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
    """An engine that pings rested connections, so that a restarted server costs one retry at most.

    Those in steady use aren't asked each time: it would be one round trip of seven.
    """
    engine = create_engine(
        psycopg2_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,  # error messages end in logs
        connect_args={"connect_timeout": 5, "application_name": "geoapp"},
    )

    @event.listens_for(engine, "handle_error")
    def _forget_lost_connections(context: Any) -> None:
        # psycopg2 reports some losses (admin shutdown, crash of another backend) in words
        # SQLAlchemy doesn't know; without this the pool would hand them out again.
        original = context.original_exception
        if getattr(original, "pgcode", None) in {"57P01", "57P02", "57P03"}:
            context.is_disconnect = True

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < PING_AFTER_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg2.Error as problem:
            # All that were opened before are as dead; SQLAlchemy opens a new one.
            raise InvalidatePoolError from problem

    return engine


def _open_with_settings(
    _connection: Connection,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: Any,
    executemany: bool,
) -> tuple[str, Any]:
    """Send a transaction's settings in the same message as its first statement.

    Each statement of a message has a snapshot of its own, as if sent alone; what is saved
    is a round trip of every transaction. Statements that are sent in a way of their own
    (many at once, named cursors, values by position) get the settings ahead.
    """
    opening = context.execution_options.get("geoapp_opening") if context else None
    if opening is None or opening.sent:
        return statement, parameters
    if executemany or cursor.name is not None or not isinstance(parameters, dict):
        with cursor.connection.cursor() as ahead:
            ahead.execute(opening.statements, opening.values())
        return statement, parameters
    return f"{opening.statements};\n{statement}", {**parameters, **opening.values()}


def _opened(
    _connection: Connection,
    _cursor: Any,
    _statement: str,
    _parameters: Any,
    context: Any,
    _executemany: bool,
) -> None:
    """Only a statement that went through has carried the settings."""
    opening = context.execution_options.get("geoapp_opening") if context else None
    if opening is not None:
        opening.sent = True


def _open_before_savepoint(connection: Connection, _name: str) -> None:
    """Settings sent inside a savepoint would be undone with it."""
    opening = connection.get_execution_options().get("geoapp_opening")
    if opening is not None and not opening.sent:
        cursor = connection.connection.cursor()
        cursor.execute(opening.statements, opening.values())
        cursor.close()
        opening.sent = True


def _shortage(problem: Exception) -> str:
    """What the server ran out of, in words; empty when it is something else."""
    code = getattr(getattr(problem, "orig", None), "pgcode", None) or ""
    if code == "53100":
        return "no room left on its disk"
    if code == "53200":
        return "no memory left"
    return "no resources left" if code.startswith("53") else ""


def is_connection_loss(problem: Exception) -> bool:
    """Whether *problem* means that the server is away rather than that a statement is wrong."""
    if isinstance(problem, PoolTimeout | InterfaceError):
        return True
    if isinstance(problem, DBAPIError):
        code = getattr(problem.orig, "pgcode", None)
        return problem.connection_invalidated or code is None or code.startswith(("08", "57P"))
    return False
