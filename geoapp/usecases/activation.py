"""Putting boundary sets in force: previewed, switched in a moment, brought along in batches.

An activation is a row that remembers how far it has come, so that it can be killed at any
moment and carried on by whoever comes next (`geoapp.usecases.activation_steps`):

- `begin` checks what names codes that the set retires and stages what goes with it;
- `decide` takes the new decisions beforehand, in committed batches: the preview;
- `switch` is the moment: under a lock that submissions wait for, what came since is caught
  up, the set comes into force, grants and service areas go to their new codes;
- `apply` brings the complaints along in batches; each that moves gets a decision and an event.

Who may do it is asked by the caller. What is done is written into the administrators' log
here, in the name of *by*: ``system`` or ``account:<id>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from geoapp.domain.activation import Activation, ActivationState, Mapped, Reassigned
from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.errors import BoundarySetNotStaged, Conflict, GeoappError, NotFound
from geoapp.store import activation as store
from geoapp.store import administration
from geoapp.store import boundaries as boundary_store
from geoapp.store import roads as road_store
from geoapp.store.activation_codes import layer_of
from geoapp.store.database import Database, Role
from geoapp.usecases import activation_codes as codes
from geoapp.usecases import activation_steps as steps
from geoapp.usecases import feed
from geoapp.usecases.activation_codes import Settled, retiring, settle, shrinking
from geoapp.usecases.activation_hands import Progress, Stopping
from geoapp.usecases.activation_preview import preview

__all__ = [
    "activate",
    "apply",
    "begin",
    "decide",
    "get",
    "latest",
    "preview",
    "reactivate",
    "reassign",
    "resume",
    "retiring",
    "run",
    "shrinking",
    "switch",
    "under_way",
    "undo",
    "unfinished",
    "want",
]

_SWEPT = 10_000


def _quiet(_done: int, _all: int) -> None:
    pass


def _never() -> bool:
    return False


def begin(
    database: Database,
    city: City,
    set_id: int | None,
    valid_from: date | None,
    *,
    mapping: Mapping[str, Mapped] | None = None,
    other_codes: bool = False,
    by: str = "system",
) -> int:
    """Begin an activation; its id.

    Args:
        set_id: A staged set; None decides everything anew by the sets in force.
        valid_from: The first day the set holds, today or before.
        mapping: What becomes of the codes that `retiring` lists; other entries are left out.
        other_codes: The new set may have other codes than the one in force. Usually that
            means the wrong file (kecamatan instead of kelurahan, another code scheme).

    Raises:
        BoundarySetNotStaged: there is no such set, or it is active or retired already.
        InvalidInput: *valid_from* is to come; or names every retiring code without a mapping.
        Conflict: another activation is under way, or fewer than half of the codes in force
            occur in the new set.
    """
    _sweep(database, city)
    if valid_from is not None:
        codes.check_day(database, city, valid_from)
    with database.transaction(Role.WORKER, city.code) as connection:
        settled = Settled({}, None, ())
        if set_id is not None:
            if valid_from is None or not store.is_staged(connection, city.code, set_id):
                raise BoundarySetNotStaged(
                    f"Boundary set {set_id} of {city.code} isn't staged.",
                    "Stage a copy of a set that was in force; it is never changed itself.",
                )
            in_force, same = boundary_store.codes_kept(connection, city.code, set_id)
            if not other_codes and same < in_force / 2:
                raise Conflict(
                    f"Of the {in_force} kelurahan in force only {same} occur in set {set_id}, "
                    "which stays staged.",
                    "Is it the right layer and code attribute? If so, activate it with "
                    "--other-codes.",
                )
            settled = settle(connection, city, set_id, mapping or {}, by)
        activation_id = store.add(
            connection,
            city.code,
            set_id=set_id,
            companion_set=settled.companion,
            valid_from=valid_from if set_id is not None else None,
            mapping=settled.kept,
            started_by=by,
        )
        if activation_id is None:
            other = store.find(connection, city.code, under_way=True)
            raise Conflict(
                f"Activation {other[0][1].id if other else ''} is under way in {city.name.local}.",
                "Wait for it, carry it on, or undo it first.",
            )
        if by != "system":
            store.ask_worker(connection)  # who sits at a page waits for the preview
    if set_id is not None:
        data: dict[str, Any] = {"activation": activation_id}
        if settled.changed:
            data["service_areas_mapped"] = list(settled.changed)
        _log(database, city, by, "boundaries.begun", set_id, data)
    return activation_id


def decide(
    database: Database,
    city: City,
    activation_id: int,
    *,
    progress: Progress = _quiet,
    stopping: Stopping = _never,
) -> Activation:
    """Take the decisions beforehand; ends in state decided unless *stopping* said so."""
    steps.decide(database, city, activation_id, progress=progress, stopping=stopping)
    return get(database, city, activation_id)


def switch(database: Database, city: City, activation_id: int) -> Activation:
    """Put the set in force; submissions wait for less than a second.

    Raises:
        InvalidInput: a code that the set retires is named by something new since the begin.
        Conflict: it isn't decided yet, or its moment didn't come.
    """
    steps.switch(database, city, activation_id)
    done = get(database, city, activation_id)
    if done.state in {ActivationState.DECIDING, ActivationState.UNDONE}:
        raise Conflict(f"Activation {activation_id} is {done.state.value}: nothing to switch.")
    return done


def apply(
    database: Database,
    city: City,
    activation_id: int,
    *,
    progress: Progress = _quiet,
    stopping: Stopping = _never,
) -> Activation:
    """Bring the complaints along after the switch; ends in state done unless stopped."""
    steps.apply(database, city, activation_id, progress=progress, stopping=stopping)
    return get(database, city, activation_id)


def run(
    database: Database,
    city: City,
    activation_id: int,
    *,
    progress: Progress = _quiet,
    stopping: Stopping = _never,
) -> Activation:
    """Whatever is left to do: decide, switch, apply; everybody who follows is told.

    What keeps it from going on is written down as its problem, and raised.
    """
    try:
        now = decide(database, city, activation_id, progress=progress, stopping=stopping)
        if now.state is ActivationState.DECIDED and not stopping():
            now = switch(database, city, activation_id)
            feed.ring_once(database)
        if now.state is ActivationState.SWITCHED and not stopping():
            now = apply(database, city, activation_id, progress=progress, stopping=stopping)
            feed.ring_once(database)
    except GeoappError as problem:
        if not isinstance(problem, NotFound):
            _note_problem(database, city, activation_id, str(problem))
        raise
    return now


def resume(
    database: Database,
    city: City,
    activation_id: int,
    *,
    progress: Progress = _quiet,
    stopping: Stopping = _never,
) -> Activation:
    """Carry on as far as was asked for: a preview to its end, never into force.

    What somebody wants in force, or what is in force already, goes to its end.
    """
    now = get(database, city, activation_id)
    further = run if now.wanted or now.state is ActivationState.SWITCHED else decide
    return further(database, city, activation_id, progress=progress, stopping=stopping)


def undo(database: Database, city: City, activation_id: int, *, by: str = "system") -> Activation:
    """Give an activation up before the switch; nothing of it stays but the row itself.

    Raises:
        Conflict: the switch has happened (activate the former set again: `reactivate`).
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        given_up = steps.give_up(connection, city, activation_id)
    done = get(database, city, activation_id)
    if not given_up and done.state is not ActivationState.UNDONE:
        raise Conflict(
            f"Activation {activation_id} is {done.state.value} already.",
            "Its set is in force. Stage a copy of the former set and activate that.",
        )
    _sweep(database, city)
    if given_up and done.set_id is not None:
        data = {"activation": activation_id}
        _log(database, city, by, "boundaries.undone", done.set_id, data)
    return done


def reactivate(database: Database, city: City, set_id: int, *, by: str = "system") -> int:
    """Stage a copy of a set, such as one that was in force before; the copy's id.

    Raises:
        NotFound: the city has no such set.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        today = codes.today(database, city)
        copy = store.copy_set(connection, city.code, set_id, day=today, made_by=by)
        if copy is not None and layer_of(connection, city.code, copy) is Layer.ROAD:
            road_store.refresh_statistics(connection)
    if copy is None:
        raise NotFound(f"There is no boundary set {set_id} in {city.name.local}.")
    _log(database, city, by, "boundaries.staged", copy, {"copy_of": set_id})
    return copy


def want(database: Database, city: City, activation_id: int, *, by: str = "system") -> Activation:
    """Ask the worker to carry an activation out, to its end: now, or when it is back."""
    with database.transaction(Role.WORKER, city.code) as connection:
        run_ = steps.get(connection, city, activation_id)
        if run_.is_open:
            store.note(connection, city.code, activation_id, wanted=True, problem=None)
            store.ask_worker(connection)
    if run_.is_open and run_.set_id is not None:
        data = {"activation": activation_id}
        _log(database, city, by, "boundaries.wanted", run_.set_id, data)
    return replace(run_, wanted=run_.is_open)


def get(database: Database, city: City, activation_id: int) -> Activation:
    """An activation as it stands.

    Raises:
        NotFound: the city has no such activation.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        return steps.get(connection, city, activation_id)


def latest(database: Database, city: City) -> Activation | None:
    """The newest activation of the city, under way or not."""
    with database.transaction(Role.WORKER, city.code) as connection:
        found = store.find(connection, city.code)
    return found[0][1] if found else None


def under_way(database: Database, city: City) -> Activation | None:
    """The city's activation that hasn't ended; there is one at most."""
    with database.transaction(Role.WORKER, city.code) as connection:
        found = store.find(connection, city.code, under_way=True)
    return found[0][1] if found else None


def unfinished(database: Database) -> list[tuple[str, Activation]]:
    """Activations of all cities that the worker has to carry on, with their city's code.

    Those to be decided beforehand, those that somebody asked for, and those that switched and
    weren't finished.
    """
    with database.transaction(Role.WORKER) as connection:
        found = store.find(connection, None, under_way=True, at_most=10_000)
    return [
        (code, one) for code, one in found if one.wanted or one.state is not ActivationState.DECIDED
    ]


def activate(
    database: Database,
    city: City,
    set_id: int,
    valid_from: date,
    *,
    mapping: Mapping[str, Mapped] | None = None,
    other_codes: bool = False,
    by: str = "system",
    progress: Progress = _quiet,
) -> Reassigned:
    """All of it: begin, or carry on what was begun for this set, and run to the end.

    Raises:
        Conflict: it was begun with another first day; and as `begin` says.
    """
    begun = under_way(database, city)
    if begun is None or begun.set_id != set_id:
        activation_id = begin(
            database, city, set_id, valid_from, mapping=mapping, other_codes=other_codes, by=by
        )
    elif begun.valid_from != valid_from:
        raise Conflict(
            f"Activation {begun.id} was begun to hold from {begun.valid_from}.",
            f"Say --from {begun.valid_from}, or undo it first.",
        )
    else:
        activation_id = begun.id
    _ask_for(database, city, activation_id)
    return _summary(database, city, run(database, city, activation_id, progress=progress))


def reassign(
    database: Database, city: City, *, by: str = "system", progress: Progress = _quiet
) -> Reassigned:
    """Decide everything anew by the sets in force, as after a change of the catalogue.

    An activation that switched and wasn't finished is finished first.
    """
    begun = under_way(database, city)
    if begun is not None and begun.state is ActivationState.SWITCHED:
        run(database, city, begun.id, progress=progress)
        begun = None
    if begun is not None and begun.set_id is None:
        activation_id = begun.id
    else:
        activation_id = begin(database, city, None, None, by=by)
    _ask_for(database, city, activation_id)
    return _summary(database, city, run(database, city, activation_id, progress=progress))


def _ask_for(database: Database, city: City, activation_id: int) -> None:
    """Note that it is to be carried out: killed, it isn't mistaken for a preview."""
    with database.transaction(Role.WORKER, city.code) as connection:
        if steps.get(connection, city, activation_id).is_open:
            store.note(connection, city.code, activation_id, wanted=True, problem=None)


def _summary(database: Database, city: City, ended: Activation) -> Reassigned:
    with database.transaction(Role.WORKER, city.code) as connection:
        nowhere = boundary_store.complaints_nowhere(connection, city.code)
    return Reassigned(ended.looked_at, ended.moved, nowhere, ended.id)


def _sweep(database: Database, city: City) -> None:
    """Remove what activations that ended have decided, in small transactions."""
    swept = _SWEPT
    while swept == _SWEPT:
        with database.transaction(Role.WORKER, city.code) as connection:
            swept = store.sweep(connection, city.code, _SWEPT)


def _note_problem(database: Database, city: City, activation_id: int, problem: str) -> None:
    with database.transaction(Role.WORKER, city.code) as connection:
        store.note(connection, city.code, activation_id, problem=problem, wanted=False)


def _log(
    database: Database, city: City, by: str, kind: str, set_id: int, data: dict[str, Any]
) -> None:
    """Write it into the administrators' log: under an administrator's own name, or the system's."""
    account = int(by.removeprefix("account:")) if by.startswith("account:") else None
    role = Role.WORKER if account is None else Role.ADMIN
    with database.transaction(role, city.code, account=account) as connection:
        actor = "system" if account is None else by
        subject = f"boundary_set:{set_id}"
        administration.record(connection, city.code, actor, kind, subject, data)
