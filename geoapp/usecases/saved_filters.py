"""Filters that staff keeps by name, for itself or for everybody who reads figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.catalogue import City
from geoapp.domain.saved_filter import MOST, SavedFilter
from geoapp.errors import Conflict, Forbidden, NotFound
from geoapp.store import saved_filters as store
from geoapp.store.database import Database, Role


def every(database: Database, city: City, actor: Actor) -> list[SavedFilter]:
    """The actor's own and those that are shared, by name.

    Raises:
        Forbidden: the actor reads no figures.
    """
    require(actor, Permission.READ_NUMBERS)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return store.every(connection, city.code)


def keeps(actor: Actor) -> None:
    """Let *actor* pass to keeping filters: people do, machines don't.

    Raises:
        Forbidden: a machine asks, or somebody who reads no figures.
    """
    require(actor, Permission.READ_NUMBERS)
    if actor.scopes is not None:
        raise Forbidden("Filters are kept by people.", "Sign in with a browser.")


def add(
    database: Database, city: City, actor: Actor, *, name: str, query: str, shared: bool
) -> SavedFilter:
    """Keep a filter; *query* has been read as one.

    Raises:
        Conflict: the account keeps one of that name, or as many as it may.
        Forbidden: as for `keeps`.
    """
    keeps(actor)
    with (
        _names(name),
        database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection,
    ):
        number = store.add(connection, city.code, actor.account_id, name, query, shared=shared)
        if number is None:
            raise Conflict(f"You keep {MOST} filters already.", "Remove one first.")
        return store.every(connection, city.code, number)[0]


def change(
    database: Database,
    city: City,
    actor: Actor,
    number: int,
    *,
    name: str | None = None,
    query: str | None = None,
    shared: bool | None = None,
) -> SavedFilter:
    """Rename, replace, share or unshare one; what isn't given stays.

    Raises:
        Conflict: its owner keeps another one of that name.
        Forbidden: it is somebody else's, or to be unshared by somebody else, who couldn't see
            what became of it; or as for `keeps`.
        NotFound: there is none that the actor sees.
    """
    keeps(actor)
    with (
        _names(name or ""),
        database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection,
    ):
        known = _changeable(store.every(connection, city.code, number))
        if shared is False and not known.mine:
            raise Forbidden(
                f"Only {known.owner} stops sharing this filter.", "Remove it, if nobody needs it."
            )
        if not store.change(connection, city.code, number, name=name, query=query, shared=shared):
            raise _gone()
        return store.every(connection, city.code, number)[0]


def remove(database: Database, city: City, actor: Actor, number: int) -> None:
    """Forget one.

    Raises:
        Forbidden: it is somebody else's; or as for `keeps`.
        NotFound: there is none that the actor sees.
    """
    keeps(actor)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        _changeable(store.every(connection, city.code, number))
        if not store.remove(connection, city.code, number):
            raise _gone()


def _changeable(found: list[SavedFilter]) -> SavedFilter:
    if not found:
        raise _gone()
    if not found[0].may_change:
        raise Forbidden(
            f"This filter is {found[0].owner}'s.", "Keep one of your own by another name."
        )
    return found[0]


def _gone() -> NotFound:
    return NotFound("There is no such filter.", "Load the list again.")


@contextmanager
def _names(name: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError as problem:
        if getattr(getattr(problem.orig, "diag", None), "constraint_name", "") != (
            "saved_filter_name"
        ):
            raise
        raise Conflict(
            f"There is a filter called {name!r} already.", "Choose another name."
        ) from None
