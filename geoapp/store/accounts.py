"""Accounts in the database: rows in, domain objects out; never commits."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.domain.account import Account, ApiKey, Credentials, HeldGrant, Lifetime, SignedIn
from geoapp.store.database import Database, Role
from geoapp.store.statements import statement


def at_door(
    database: Database,
    city_code: str,
    token_sha256: str,
    lifetime: Lifetime,
    *,
    factor_needed: bool,
) -> tuple[Actor, int] | None:
    """Who holds a session, and its id; None when it is over. One statement, one round trip.

    An account that lacks the second factor it needs comes without its grants.
    """
    row = database.once(
        Role.ACCOUNTS,
        city_code,
        statement("store", "account_at_door"),
        {"city_code": city_code, "token_sha256": token_sha256, **asdict(lifetime)},
    )
    if row.session_id is None:
        return None
    actor = actor_of(row, city_code, None)
    if factor_needed and not row.has_factor:
        actor = replace(actor, grants=(), owes_factor=True)
    return actor, row.session_id


def by_key(database: Database, city_code: str, key_sha256: str) -> Actor | None:
    """The machine an API key belongs to; None when it isn't one in force."""
    row = database.once(
        Role.ACCOUNTS,
        city_code,
        statement("store", "account_by_key"),
        {"city_code": city_code, "key_sha256": key_sha256},
    )
    return None if row.account_id is None else actor_of(row, city_code, frozenset(row.scopes))


def actor_of(row: Row[Any], city_code: str, scopes: frozenset[str] | None) -> Actor:
    """Who a row of an account with its grants stands for."""
    return Actor(
        account_id=row.account_id,
        city_code=city_code,
        name=row.name,
        grants=tuple(held.grant for held in _grants(row.grants)),
        scopes=scopes,
    )


def _grants(told: Sequence[Mapping[str, Any]]) -> list[HeldGrant]:
    return [
        HeldGrant(
            id=one["id"],
            grant=Grant(
                role=StaffRole(one["role"]),
                agency_code=one["agency_code"],
                kelurahan=frozenset(one["kelurahan"]),
                kecamatan=frozenset(one["kecamatan"]),
                service_areas=frozenset(one["service_areas"]),
            ),
        )
        for one in told
    ]


def hit(database: Database, city_code: str, counted: str, window_s: int) -> tuple[int, int]:
    """Attempts in the window, this one included, and seconds to its end.

    A transaction of its own: what is counted stays counted whatever the attempt comes to.
    """
    row = database.once(
        Role.ACCOUNTS,
        city_code,
        statement("store", "account_rate_hit"),
        {"city_code": city_code, "sender": counted, "window_s": window_s},
    )
    return row.hits, row.seconds_left


def forgive(connection: Connection, city_code: str, counted: Sequence[str], window_s: int) -> None:
    """Take one attempt back from each of *counted*."""
    connection.execute(
        statement("store", "account_rate_forgive"),
        {"city_code": city_code, "senders": list(counted), "window_s": window_s},
    )


def credentials(
    connection: Connection,
    city_code: str,
    *,
    email: str | None = None,
    account_id: int | None = None,
    uniquifier: str | None = None,
) -> Credentials | None:
    """What the door compares with; None for machines and for accounts that are switched off."""
    found = connection.execute(
        statement("store", "account_credentials"),
        {
            "city_code": city_code,
            "email": email,
            "account_id": account_id,
            "uniquifier": uniquifier,
        },
    ).mappings()
    row = found.one_or_none()
    return Credentials(**row) if row is not None else None


def begin_session(
    connection: Connection, city_code: str, account_id: int, token_sha256: str, user_agent: str
) -> int | None:
    """The new session's id; None, and the transaction must not commit, for no such account."""
    return _id(
        connection,
        "account_session_begin",
        city_code=city_code,
        account_id=account_id,
        token_sha256=token_sha256,
        user_agent=user_agent,
    )


def sessions(
    connection: Connection, city_code: str, account_id: int, lifetime: Lifetime
) -> list[SignedIn]:
    """An account's sessions that aren't over, the last used first."""
    found = connection.execute(
        statement("store", "account_sessions"),
        {"city_code": city_code, "account_id": account_id, **asdict(lifetime)},
    )
    return [SignedIn(**row) for row in found.mappings()]


def end_sessions(
    connection: Connection,
    city_code: str,
    account_id: int,
    *,
    only: int | None = None,
    keep: int | None = None,
) -> int:
    """End an account's sessions; how many that were."""
    return connection.execute(
        statement("store", "account_sessions_end"),
        {"city_code": city_code, "account_id": account_id, "only": only, "keep": keep},
    ).rowcount


def set_password(connection: Connection, city_code: str, account_id: int, kept: str) -> bool:
    """Keep a password's hash; False when there is no such account in use."""
    found = connection.execute(
        statement("store", "account_password_set"),
        {"city_code": city_code, "account_id": account_id, "password_hash": kept},
    ).one_or_none()
    return found is not None


def set_totp(
    connection: Connection,
    city_code: str,
    account_id: int,
    *,
    secret: str | None,
    counter: int | None,
    recovery: Sequence[str],
) -> bool:
    """Set or take away the second factor; False when one is in force already."""
    return (
        _id(
            connection,
            "account_totp_set",
            city_code=city_code,
            account_id=account_id,
            totp_secret=secret,
            totp_counter=counter,
            recovery_codes=list(recovery),
        )
        is not None
    )


def take_code(connection: Connection, city_code: str, account_id: int, counter: int) -> bool:
    """Whether the code of time step *counter* was still unused; it isn't any more."""
    return (
        _id(
            connection,
            "account_totp_take",
            city_code=city_code,
            account_id=account_id,
            counter=counter,
        )
        is not None
    )


def take_recovery_code(
    connection: Connection, city_code: str, account_id: int, code_sha256: str
) -> int | None:
    """How many are left after this one; None when it isn't one of the account's."""
    row = connection.execute(
        statement("store", "account_recovery_take"),
        {"city_code": city_code, "account_id": account_id, "code_sha256": code_sha256},
    ).one_or_none()
    return None if row is None else int(row.remaining)


def insert(
    connection: Connection, city_code: str, *, kind: str, name: str, email: str | None
) -> int | None:
    """The new account's id; None when the city knows the address already."""
    return _id(connection, "account_insert", city_code=city_code, kind=kind, name=name, email=email)


def insert_grant(
    connection: Connection, city_code: str, account_id: int, grant: Grant, granted_by: str
) -> int:
    """The new grant's id."""
    found: int = connection.execute(
        statement("store", "account_grant_insert"),
        {
            "city_code": city_code,
            "account_id": account_id,
            "role": grant.role.value,
            "agency_code": grant.agency_code,
            "kelurahan": sorted(grant.kelurahan),
            "kecamatan": sorted(grant.kecamatan),
            "service_areas": sorted(grant.service_areas),
            "granted_by": granted_by,
        },
    ).scalar_one()
    return found


def revoke_grant(
    connection: Connection, city_code: str, account_id: int, grant_id: int
) -> StaffRole | None:
    """The role that was held; None when the account holds no such grant."""
    row = connection.execute(
        statement("store", "account_grant_revoke"),
        {"city_code": city_code, "account_id": account_id, "grant_id": grant_id},
    ).one_or_none()
    return None if row is None else StaffRole(row.role)


def invite(
    connection: Connection,
    city_code: str,
    account_id: int,
    token_sha256: str,
    created_by: str,
    days: int,
) -> datetime | None:
    """When the new link runs out; None without such a person. Older links are void."""
    row = connection.execute(
        statement("store", "account_invite"),
        {
            "city_code": city_code,
            "account_id": account_id,
            "token_sha256": token_sha256,
            "created_by": created_by,
            "days": days,
        },
    ).one_or_none()
    return None if row is None else row.expires_at


def invited(connection: Connection, city_code: str, token_sha256: str) -> Row[Any] | None:
    """``account_id``, ``name``, ``email`` of a link that still opens; else None."""
    return connection.execute(
        statement("store", "account_invited"),
        {"city_code": city_code, "token_sha256": token_sha256},
    ).one_or_none()


def take_invitation(connection: Connection, city_code: str, token_sha256: str) -> int | None:
    """Whose link it was; it doesn't open again."""
    row = connection.execute(
        statement("store", "account_invitation_take"),
        {"city_code": city_code, "token_sha256": token_sha256},
    ).one_or_none()
    return None if row is None else int(row.account_id)


def switch(connection: Connection, city_code: str, account_id: int, *, active: bool) -> bool:
    """Whether this switched the account on or off; False when it was so before."""
    return (
        _id(
            connection,
            "account_switch",
            city_code=city_code,
            account_id=account_id,
            active=active,
        )
        is not None
    )


def insert_key(connection: Connection, **values: Any) -> Row[Any] | None:
    """``id`` and ``expires_at`` of a new key; None when the account is no machine in use."""
    return connection.execute(statement("store", "account_key_insert"), values).one_or_none()


def revoke_key(connection: Connection, city_code: str, key_id: int) -> int | None:
    """Whose key it was; None when there is none in force."""
    row = connection.execute(
        statement("store", "account_key_revoke"), {"city_code": city_code, "key_id": key_id}
    ).one_or_none()
    return None if row is None else int(row.account_id)


def accounts(
    connection: Connection, city_code: str, lifetime: Lifetime, account_id: int | None = None
) -> list[Account]:
    """The city's accounts with grants and keys; those in use first, by name."""
    asked = {"city_code": city_code, "account_id": account_id}
    keys: dict[int, list[ApiKey]] = defaultdict(list)
    for row in connection.execute(statement("store", "account_keys"), asked).mappings():
        values = dict(row)
        keys[values.pop("account_id")].append(
            ApiKey(**values | {"scopes": frozenset(values["scopes"])})
        )
    found = connection.execute(statement("store", "account_list"), asked | asdict(lifetime))
    return [
        Account(
            **dict(row) | {"grants": tuple(_grants(row["grants"])), "keys": tuple(keys[row["id"]])}
        )
        for row in found.mappings()
    ]


def any_account(connection: Connection, city_code: str) -> bool:
    """Whether the city has an account, in use or not."""
    found: bool = connection.execute(
        statement("store", "account_any"), {"city_code": city_code}
    ).scalar_one()
    return found


def busiest_kelurahan(connection: Connection, city_code: str, agency_code: str) -> list[str]:
    """Codes of the two kelurahan with the most open work of an agency; fewer, or none."""
    asked = {"city_code": city_code, "agency_code": agency_code}
    return list(connection.execute(statement("store", "account_demo_kelurahan"), asked).scalars())


def record(
    connection: Connection,
    city_code: str,
    actor: str,
    kind: str,
    subject: str,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write the administration's log."""
    connection.execute(
        statement("store", "account_event"),
        {
            "city_code": city_code,
            "actor": actor,
            "kind": kind,
            "subject": subject,
            "data": json.dumps(data or {}),
        },
    )


def _id(connection: Connection, question: str, /, **values: Any) -> int | None:
    found: int | None = connection.execute(
        statement("store", question), values
    ).scalar_one_or_none()
    return found
