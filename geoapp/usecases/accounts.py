"""People and machines of a city: invited, granted, switched off; every step is logged.

Done by a city administrator, whom the database lets write (row-level security), or by
`COMMAND_LINE`, for the first one on a server. Logs carry ids, never names or addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from geoapp.domain import account as words
from geoapp.domain.access import Actor, Grant, Permission, StaffRole, require
from geoapp.domain.account import Account, Invitation, Lifetime
from geoapp.domain.catalogue import City
from geoapp.errors import Conflict, FieldProblem, Forbidden, InvalidInput, NotFound
from geoapp.store import accounts as store
from geoapp.store import administrators
from geoapp.store.database import Database, Role

INVITATION_DAYS = 7
SCOPES = ("intake", "read", "act")
KEY_DAYS_MOST = 730
_HINT_LETTERS = 8


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Whoever may run commands on the server; acts as the worker."""

    label: str = "system"


COMMAND_LINE: Final = CommandLine()
Administrator = Actor | CommandLine


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """An API key, told once."""

    id: int
    account_id: int
    key: str
    expires_at: datetime | None


@contextmanager
def _office(database: Database, city: City, by: Administrator) -> Iterator[Connection]:
    """A transaction that may write the city's people.

    Raises:
        Forbidden: *by* isn't an administrator of this city.
        InvalidInput: a grant names an agency the city doesn't have.
    """
    try:
        if isinstance(by, CommandLine):
            with database.transaction(Role.WORKER, city.code) as connection:
                yield connection
            return
        if by.city_code != city.code:
            raise Forbidden("This account is another city's.", "Sign in to this city.")
        require(by, Permission.ADMINISTER)
        with database.transaction(Role.ADMIN, city.code, account=by.account_id) as connection:
            yield connection
    except IntegrityError as problem:
        if "agency" not in str(problem.orig):
            raise
        raise InvalidInput(
            "The city has no such agency.",
            "Choose one of its agencies.",
            [FieldProblem("agency", "Unknown agency.")],
        ) from problem


def invite(
    database: Database,
    city: City,
    by: Administrator,
    *,
    name: str,
    email: str,
    grants: Sequence[Grant],
) -> Invitation:
    """A new person with its grants, and the link to set a password (7 days, once).

    Raises:
        Forbidden: *by* isn't an administrator here.
        InvalidInput: name, address or a grant can't be taken; names the field.
        Conflict: the city knows the address already.
    """
    name, email = words.normal_name(name), words.normal_email(email)
    with _office(database, city, by) as connection:
        created = store.insert(connection, city.code, kind="person", name=name, email=email)
        if created is None:
            raise Conflict(
                "Somebody has this e-mail address already.",
                "Look the account up and send it a new link instead.",
            )
        _log(connection, city, by, "account.invited", created)
        for one in grants:
            _grant(connection, city, by, created, one)
        return _link(connection, city, by, created)


def reset(database: Database, city: City, by: Administrator, account_id: int) -> Invitation:
    """A new link to set a password; links that were open are void. The second factor stays.

    Raises:
        NotFound: no such person, or switched off.
    """
    with _office(database, city, by) as connection:
        link = _link(connection, city, by, account_id)
        _log(connection, city, by, "account.reinvited", account_id)
        return link


def deactivate(database: Database, city: City, by: Administrator, account_id: int) -> None:
    """Switch an account off: its sessions end now, its keys stop; its history stays.

    Raises:
        Conflict: it's one's own, the city's last administrator, or was off before.
    """
    _not_oneself(by, account_id, "You can't switch off your own account.")
    _switch(database, city, by, account_id, active=False)


def activate(database: Database, city: City, by: Administrator, account_id: int) -> None:
    """Switch an account on again, with the grants it had.

    Raises:
        Conflict: it was on.
    """
    _switch(database, city, by, account_id, active=True)


def end_sessions(database: Database, city: City, by: Administrator, account_id: int) -> int:
    """Sign an account out everywhere; how many sessions that were."""
    with _office(database, city, by) as connection:
        _known(connection, city, account_id)
        ended = store.end_sessions(connection, city.code, account_id)
        _log(connection, city, by, "account.sessions_ended", account_id, {"sessions": ended})
        return ended


def reset_totp(database: Database, city: City, by: Administrator, account_id: int) -> None:
    """Take a lost second factor away and sign out everywhere; the next sign-in sets a new one."""
    with _office(database, city, by) as connection:
        _known(connection, city, account_id)
        store.set_totp(connection, city.code, account_id, secret=None, counter=None, recovery=())
        store.end_sessions(connection, city.code, account_id)
        _log(connection, city, by, "account.totp_reset", account_id)


def grant(database: Database, city: City, by: Administrator, account_id: int, new: Grant) -> int:
    """Give an account a grant; its id. Works from its next request on.

    Raises:
        InvalidInput: role, agency and areas don't go together.
        NotFound: no such account.
    """
    with _office(database, city, by) as connection:
        _known(connection, city, account_id)
        return _grant(connection, city, by, account_id, new)


def revoke(
    database: Database, city: City, by: Administrator, account_id: int, grant_id: int
) -> None:
    """Take a grant away, at once.

    Raises:
        NotFound: the account doesn't hold it.
        Conflict: it's one's own administration, or the city's last.
    """
    with _office(database, city, by) as connection:
        administrators.wait(connection, city.code)
        role = store.revoke_grant(connection, city.code, account_id, grant_id)
        if role is None:
            raise NotFound("The account holds no such grant.", "Load the list again.")
        if role is StaffRole.CITY_ADMIN:
            _not_oneself(by, account_id, "You can't take your own administration away.")
            _somebody_administers(connection, city)
        _log(connection, city, by, "grant.revoked", account_id, {"grant": grant_id, "role": role})


def add_machine(
    database: Database, city: City, by: Administrator, *, name: str, grants: Sequence[Grant]
) -> int:
    """A machine's account; its id. It comes with `make_key`."""
    name = words.normal_name(name)
    with _office(database, city, by) as connection:
        created = store.insert(connection, city.code, kind="machine", name=name, email=None)
        assert created is not None  # only addresses clash, and it has none
        _log(connection, city, by, "account.machine_added", created)
        for one in grants:
            _grant(connection, city, by, created, one)
        return created


def make_key(
    database: Database,
    city: City,
    by: Administrator,
    account_id: int,
    *,
    name: str,
    scopes: Sequence[str],
    days: int = 365,
) -> NewKey:
    """A key for a machine; the answer is the only place that ever tells it.

    Raises:
        InvalidInput: a scope isn't one of `SCOPES`, or the days aren't 1 to 730.
        NotFound: no such machine in use.
    """
    name = words.normal_name(name)
    chosen = [scope for scope in SCOPES if scope in scopes]
    if not chosen or set(scopes) - set(SCOPES):
        raise InvalidInput(
            "A key needs scopes.",
            f"Choose of {', '.join(SCOPES)}.",
            [FieldProblem("scopes", f"Choose of {', '.join(SCOPES)}.")],
        )
    if not 1 <= days <= KEY_DAYS_MOST:
        raise InvalidInput(
            "A key lives for some days.",
            f"Write 1 to {KEY_DAYS_MOST}.",
            [FieldProblem("days", f"Write 1 to {KEY_DAYS_MOST}.", days)],
        )
    key = words.new_key()
    with _office(database, city, by) as connection:
        row = store.insert_key(
            connection,
            city_code=city.code,
            account_id=account_id,
            name=name,
            hint=key[: len(words.KEY_PREFIX) + _HINT_LETTERS],
            key_sha256=words.digest(key),
            scopes=chosen,
            created_by=by.label,
            days=days,
        )
        if row is None:
            raise NotFound("There is no such machine in use.", "Keys belong to machines.")
        _log(connection, city, by, "key.made", account_id, {"key": row.id, "scopes": chosen})
        return NewKey(id=row.id, account_id=account_id, key=key, expires_at=row.expires_at)


def revoke_key(database: Database, city: City, by: Administrator, key_id: int) -> None:
    """Stop a key, at once.

    Raises:
        NotFound: no such key in force.
    """
    with _office(database, city, by) as connection:
        account_id = store.revoke_key(connection, city.code, key_id)
        if account_id is None:
            raise NotFound("There is no such key in force.", "Load the list again.")
        _log(connection, city, by, "key.revoked", account_id, {"key": key_id})


def everybody(
    database: Database, city: City, by: Administrator, lifetime: Lifetime
) -> list[Account]:
    """The city's people and machines, with grants, keys and open invitations."""
    with _office(database, city, by) as connection:
        return store.accounts(connection, city.code, lifetime)


def one(
    database: Database, city: City, by: Administrator, lifetime: Lifetime, account_id: int
) -> Account:
    """One of them.

    Raises:
        NotFound: the city has no such account.
    """
    with _office(database, city, by) as connection:
        found = store.accounts(connection, city.code, lifetime, account_id)
    if not found:
        raise _nobody()
    return found[0]


def by_email(
    database: Database, city: City, by: Administrator, lifetime: Lifetime, email: str
) -> Account:
    """The account with this address.

    Raises:
        NotFound: the city has none.
    """
    wanted = words.normal_email(email)
    for found in everybody(database, city, by, lifetime):
        if found.email == wanted:
            return found
    raise _nobody()


def _grant(
    connection: Connection, city: City, by: Administrator, account_id: int, new: Grant
) -> int:
    words.check_grant(new)
    created = store.insert_grant(connection, city.code, account_id, new, by.label)
    _log(
        connection,
        city,
        by,
        "grant.added",
        account_id,
        {
            "grant": created,
            "role": new.role,
            "agency": new.agency_code,
            "kelurahan": sorted(new.kelurahan),
            "kecamatan": sorted(new.kecamatan),
            "service_areas": sorted(new.service_areas),
        },
    )
    return created


def _link(connection: Connection, city: City, by: Administrator, account_id: int) -> Invitation:
    token = words.new_token()
    until = store.invite(
        connection, city.code, account_id, words.digest(token), by.label, INVITATION_DAYS
    )
    if until is None:
        raise _nobody()
    return Invitation(account_id=account_id, token=token, expires_at=until)


def _switch(
    database: Database, city: City, by: Administrator, account_id: int, *, active: bool
) -> None:
    with _office(database, city, by) as connection:
        administrators.wait(connection, city.code)
        known = _known(connection, city, account_id)
        if not store.switch(connection, city.code, account_id, active=active):
            raise Conflict(f"The account was switched {'on' if active else 'off'} before.")
        if not active:
            if any(held.grant.role is StaffRole.CITY_ADMIN for held in known.grants):
                _somebody_administers(connection, city)
            store.end_sessions(connection, city.code, account_id)
        kind = "account.activated" if active else "account.deactivated"
        _log(connection, city, by, kind, account_id)


def _known(connection: Connection, city: City, account_id: int) -> Account:
    found = store.accounts(connection, city.code, Lifetime(0, 0), account_id)
    if not found:
        raise _nobody()
    return found[0]


def _somebody_administers(connection: Connection, city: City) -> None:
    """Refuse a change after which nobody would be left to undo it."""
    if not administrators.left(connection, city.code):
        raise Conflict(
            "Nobody would administer the city then.", "Make somebody else its administrator first."
        )


def _not_oneself(by: Administrator, account_id: int, message: str) -> None:
    if isinstance(by, Actor) and by.account_id == account_id:
        raise Conflict(message, "Ask another administrator of the city.")


def _nobody() -> NotFound:
    return NotFound("The city has no such account.", "Load the list again.")


def _log(
    connection: Connection,
    city: City,
    by: Administrator,
    kind: str,
    account_id: int,
    data: dict[str, Any] | None = None,
) -> None:
    store.record(connection, city.code, by.label, kind, f"account:{account_id}", data)
