"""Who knocks: sessions, keys, passwords and second factors, as the door's database role.

Everything here is of one city: the same cookie or key in another finds nothing. What is
compared (argon2, one-time codes) is compared by the web; what must happen once happens in
one statement here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from geoapp.domain import account as words
from geoapp.domain.access import Actor
from geoapp.domain.account import Credentials, Lifetime, SignedIn
from geoapp.domain.catalogue import City
from geoapp.errors import Conflict, NotFound, NotSignedIn, RateLimited
from geoapp.store import accounts as store
from geoapp.store.database import Database, Role

_AGENT_MOST = 300


@dataclass(frozen=True, slots=True)
class Counted:
    """What attempts are counted by, and how many are let through in a window."""

    what: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom an invitation is for."""

    account_id: int
    name: str
    email: str


def by_session(
    database: Database,
    city: City,
    token: str,
    lifetime: Lifetime,
    *,
    factor_needed: bool = False,
) -> tuple[Actor, int] | None:
    """Who holds the session of a browser's *token*, and its id; None when it is over.

    Args:
        factor_needed: accounts without a second factor may nothing but set one up.
    """
    return store.at_door(
        database, city.code, words.digest(token), lifetime, factor_needed=factor_needed
    )


def by_key(database: Database, city: City, key: str) -> Actor:
    """The machine that *key* belongs to.

    Raises:
        NotSignedIn: it's no key of this city in force.
    """
    found = store.by_key(database, city.code, words.digest(key))
    if found is None:
        raise NotSignedIn("This API key isn't one in force.", "Ask the city for a new one.")
    return found


def count(
    database: Database, city: City, secret: str, window_s: int, counted: Sequence[Counted]
) -> None:
    """Count one attempt by each of *counted*, before anything is compared.

    Counted first, so that many at once can't all be the last; kept as keyed hashes.

    Raises:
        RateLimited: it's one too many by one of them.
    """
    for one in counted:
        hits, seconds_left = store.hit(database, city.code, _keyed(secret, one), window_s)
        if hits > one.limit:
            raise RateLimited(
                "Too many attempts.",
                f"Try again in {seconds_left} seconds.",
                retry_after_s=seconds_left,
            )


def forgive(
    database: Database, city: City, secret: str, window_s: int, counted: Sequence[Counted]
) -> None:
    """Take the attempt back from each of *counted*: it was right, and costs nothing."""
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        store.forgive(connection, city.code, [_keyed(secret, one) for one in counted], window_s)


def _keyed(secret: str, one: Counted) -> str:
    # Surrogates: what somebody typed as an address may be any text.
    what = one.what.encode("utf-8", "surrogatepass")
    return hmac.new(secret.encode(), b"door:" + what, hashlib.sha256).hexdigest()[:32]


def credentials(
    database: Database,
    city: City,
    *,
    email: str | None = None,
    account_id: int | None = None,
    uniquifier: str | None = None,
) -> Credentials | None:
    """What the door compares with, by one of three names; None when nobody is meant."""
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        return store.credentials(
            connection, city.code, email=email, account_id=account_id, uniquifier=uniquifier
        )


def begin(database: Database, city: City, account_id: int, user_agent: str) -> str:
    """Sign a browser in; the token for its cookie, of which only the digest is kept.

    Raises:
        NotSignedIn: the account was switched off meanwhile.
    """
    token = words.new_token()
    shown = "".join(letter for letter in user_agent if letter.isprintable())[:_AGENT_MOST]
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        begun = store.begin_session(connection, city.code, account_id, words.digest(token), shown)
        if begun is None:
            raise NotSignedIn("The account isn't in use.", "Ask the city's administrator.")
    return token


def sessions(database: Database, city: City, account_id: int, lifetime: Lifetime) -> list[SignedIn]:
    """Where an account is signed in, the last used first."""
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        return store.sessions(connection, city.code, account_id, lifetime)


def end(database: Database, city: City, account_id: int, session_id: int) -> None:
    """End one session of the account.

    Raises:
        NotFound: the account has no such session.
    """
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        if not store.end_sessions(connection, city.code, account_id, only=session_id):
            raise NotFound("There is no such session.", "Load the list again.")


def end_others(database: Database, city: City, account_id: int, session_id: int) -> int:
    """End every session of the account but one; how many that were."""
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        return store.end_sessions(connection, city.code, account_id, keep=session_id)


def set_password(
    database: Database, city: City, account_id: int, kept: str, *, session_id: int
) -> None:
    """Keep a new password's hash; every other session of the account ends.

    Raises:
        NotSignedIn: the account was switched off meanwhile.
    """
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        if not store.set_password(connection, city.code, account_id, kept):
            raise NotSignedIn("The account isn't in use.", "Ask the city's administrator.")
        store.end_sessions(connection, city.code, account_id, keep=session_id)
        _own(connection, city, account_id, "account.password_changed")


def set_totp(
    database: Database,
    city: City,
    account_id: int,
    *,
    secret: str,
    counter: int,
    recovery_codes: Sequence[str],
    session_id: int | None = None,
) -> None:
    """Put a second factor in force, proved by the code of time step *counter*.

    Every session but *session_id* ends: none of them has passed it.

    Raises:
        Conflict: one is in force already.
    """
    digests = [words.recovery_digest(code) for code in recovery_codes]
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        if not store.set_totp(
            connection, city.code, account_id, secret=secret, counter=counter, recovery=digests
        ):
            raise Conflict("A second factor is in force already.", "Remove it first.")
        store.end_sessions(connection, city.code, account_id, keep=session_id)
        _own(connection, city, account_id, "account.totp_set")


def drop_totp(database: Database, city: City, account_id: int, *, session_id: int) -> None:
    """Give the second factor up, with its recovery codes; every other session ends."""
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        store.set_totp(connection, city.code, account_id, secret=None, counter=None, recovery=())
        store.end_sessions(connection, city.code, account_id, keep=session_id)
        _own(connection, city, account_id, "account.totp_dropped")


def take_code(database: Database, city: City, account_id: int, counter: int) -> bool:
    """Whether the one-time code of time step *counter* is taken now; never twice, nor an older."""
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        return store.take_code(connection, city.code, account_id, counter)


def take_recovery_code(database: Database, city: City, account_id: int, code: str) -> bool:
    """Whether *code* was one of the account's recovery codes; it isn't any more."""
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        left = store.take_recovery_code(
            connection, city.code, account_id, words.recovery_digest(code)
        )
        if left is None:
            return False
        _own(connection, city, account_id, "account.recovery_code_used", {"left": left})
        return True


def invited(database: Database, city: City, token: str) -> Invited:
    """Whom an invitation is for.

    Raises:
        NotFound: it was used, ran out, or never was.
    """
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        row = store.invited(connection, city.code, words.digest(token))
    if row is None:
        raise _closed()
    return Invited(account_id=row.account_id, name=row.name, email=row.email)


def accept(database: Database, city: City, token: str, kept: str) -> None:
    """Use an invitation: the password's hash is kept, every session of the account ends.

    Raises:
        NotFound: it was used, ran out, or never was; nothing changes.
    """
    with database.transaction(Role.ACCOUNTS, city.code) as connection:
        account_id = store.take_invitation(connection, city.code, words.digest(token))
        if account_id is None or not store.set_password(connection, city.code, account_id, kept):
            raise _closed()
        store.end_sessions(connection, city.code, account_id)
        _own(connection, city, account_id, "account.password_set")


def _closed() -> NotFound:
    return NotFound(
        "This link has been used, or its time is over.", "Ask the city's administrator for another."
    )


def _own(
    connection: Connection,
    city: City,
    account_id: int,
    kind: str,
    data: dict[str, int] | None = None,
) -> None:
    label = f"account:{account_id}"
    store.record(connection, city.code, label, kind, label, data)
