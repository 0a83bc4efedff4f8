"""Whether those who are connected are still who they were, asked for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection

from geoapp.domain.access import Actor
from geoapp.domain.account import Lifetime
from geoapp.store.accounts import actor_of
from geoapp.store.statements import statement


def still(
    connection: Connection,
    city_code: str,
    digests: Sequence[str],
    lifetime: Lifetime,
    *,
    factor_needed: bool,
) -> dict[str, Actor]:
    """By digest of a session's token or a key, who holds it; those that are over are left out.

    As at the door: an account that lacks the second factor it needs comes without its grants.
    """
    rows = connection.execute(
        statement("store", "account_still"),
        {"city_code": city_code, "digests": list(digests), **asdict(lifetime)},
    )
    found: dict[str, Actor] = {}
    for row in rows:
        scopes = None if row.scopes is None else frozenset(row.scopes)
        actor = actor_of(row, city_code, scopes)
        if factor_needed and not row.has_factor:
            actor = replace(actor, grants=(), owes_factor=True)
        found[row.digest] = actor
    return found
