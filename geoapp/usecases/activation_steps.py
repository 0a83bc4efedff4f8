"""The three steps of an activation: decide beforehand, switch in a moment, bring along.

Each is made of transactions of well under a second and notes how far it came in the
activation's row, in the very transaction that did it. So it may be killed at any moment and
carried on by anybody, even by two at once: a batch locks the row first.

Why nobody is missed: who moves is asked of one snapshot, and the mark noted with it says which
transactions that snapshot saw. Every change of a complaint writes an event that carries its
transaction, so what the snapshot didn't see is found in the feed: in rounds beforehand, and
the rest under the lock that every decision of a submission holds. Nothing decided by the old
sets can be committed after the switch.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from geoapp.domain.activation import (
    Activation,
    ActivationState,
    check_mapping,
)
from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.errors import Conflict, NotFound
from geoapp.spatial import assignment
from geoapp.store import activation as store
from geoapp.store import activation_codes as codes_store
from geoapp.store import administration
from geoapp.store import boundaries as boundary_store
from geoapp.store.database import Database, Role
from geoapp.usecases.activation_hands import HANDS, Pace, Progress, Stopping, Told, by_hands

log = logging.getLogger(__name__)

FEW = 200
"""So many changed complaints may be left for the moment of the switch: some 50 ms of work.

As many are caught up in one transaction: each takes the whole decision.
"""
TRIES = 100


def get(connection: Connection, city: City, activation_id: int) -> Activation:
    """An activation as it stands.

    Raises:
        NotFound: the city has no such activation.
    """
    found = store.find(connection, city.code, activation_id)
    if not found:
        raise NotFound(f"There is no activation {activation_id} in {city.name.local}.")
    return found[0][1]


def decide(
    database: Database, city: City, activation_id: int, *, progress: Progress, stopping: Stopping
) -> None:
    """Take the decisions beforehand: whoever may move, batch by batch, in the order of ids.

    Two hands do it, half of the ids each.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        run = _read(connection, city, activation_id)
        if run.state is not ActivationState.DECIDING:
            return
        # Before the complaints are read: what is in sight from here on is below the mark.
        mark = store.horizon(connection)
        found = assignment.movers(connection, city.code, run.staged, starts=run.starts)
    with database.transaction(Role.WORKER, city.code) as connection:
        begun = _batch(connection, city, activation_id, ActivationState.DECIDING)
        if begun is None:
            return
        if begun.seen_xid is None:
            half = found[len(found) // 2].id if found else 0
            store.note(
                connection,
                city.code,
                activation_id,
                seen_xid=mark,
                halfway=half,
                decided_beyond=half,
            )
            begun = _read(connection, city, activation_id)
        # A run cut short keeps its first mark: that is what it has decided by so far.
        left = (
            [one for one in found if begun.decided_through < one.id <= begun.halfway],
            [one for one in found if one.id > begun.decided_beyond],
        )
        total = begun.looked_at + sum(map(len, left))
        store.note(connection, city.code, activation_id, waiting=total, problem=None)
    told = Told(begun.looked_at, total, progress, stopping)
    by_hands(lambda hand: _decide_half(database, city, activation_id, hand, left[hand], told), told)
    if told.ending:
        return
    _catch_up(database, city, activation_id, ActivationState.DECIDING)
    with database.transaction(Role.WORKER, city.code) as connection:
        if _batch(connection, city, activation_id, ActivationState.DECIDING) is not None:
            _count(connection, city, activation_id)
            store.halve(connection, city.code, activation_id)
            store.note(
                connection,
                city.code,
                activation_id,
                stamp="decided_at",
                state=ActivationState.DECIDED.value,
            )


def _decide_half(
    database: Database,
    city: City,
    activation_id: int,
    hand: int,
    left: Sequence[assignment.Mover],
    told: Told,
) -> None:
    """One hand's half, to its end or until it is told to stop."""
    pace = Pace(1_000)
    position = 0
    while position < len(left) and not told.ending:
        with pace, database.transaction(Role.WORKER, city.code) as connection:
            assignment.commit_unhurried(connection)
            batch = left[position : position + pace.size]
            position += len(batch)
            assignment.lock_in_batch(connection, city.code, hand)
            now = _read(connection, city, activation_id)
            if now.state is not ActivationState.DECIDING:
                told.ending = True
                return
            # Somebody else may have been here meanwhile.
            through = now.decided_beyond if hand else now.decided_through
            mine = [one for one in batch if one.id > through]
            if mine:
                _decide_anew(connection, city, activation_id, now, mine)
                # last: its row is the one that both hands write
                store.note_decided(
                    connection, city.code, activation_id, hand, mine[-1].id, len(mine)
                )
        told.batch(len(batch))


def switch(database: Database, city: City, activation_id: int) -> None:
    """Put the sets in force, as one transaction under the lock that submissions wait for.

    Raises:
        InvalidInput: a code that the set retires is named by something new since the begin.
        Conflict: the lock couldn't be had, or the service areas in force are others by now.
    """
    for _ in range(TRIES):
        _catch_up(database, city, activation_id, ActivationState.DECIDED)
        try:
            with database.transaction(Role.WORKER, city.code) as connection:
                assignment.wait_briefly(connection)
                run = _batch(connection, city, activation_id, ActivationState.DECIDED)
                if run is None:
                    return
                assignment.lock_out_submissions(connection, city.code)
                changed = store.changed_since(connection, city.code, run.seen_xid or "0")
                if len(changed) > FEW:
                    continue  # a flood came in between: outside the lock first
                _decide_again(connection, city, activation_id, run, changed)
                _put_in_force(connection, city, activation_id, run)
                return
        except OperationalError as problem:
            if getattr(problem.orig, "pgcode", None) != "55P03":  # lock_not_available
                raise
            # Those who waited behind us come first now.
            threading.Event().wait(0.05)
    raise Conflict(
        f"Activation {activation_id} didn't get its moment: something holds submissions up.",
        "Is an import running? Carry the activation on when it has ended.",
    )


def apply(
    database: Database, city: City, activation_id: int, *, progress: Progress, stopping: Stopping
) -> None:
    """Bring what was decided to the complaints, batch by batch; ends in state done.

    Two hands do it, each with half of the ids and a connection of its own: it is the database
    that works, and it uses one core for each.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        begun = _read(connection, city, activation_id)
    told = Told(begun.moved, begun.moving, progress, stopping)
    by_hands(lambda hand: _bring(database, city, activation_id, hand, told), told)
    if told.ending:
        return
    with database.transaction(Role.WORKER, city.code) as connection:
        run = _batch(connection, city, activation_id, ActivationState.SWITCHED)
        if run is not None:
            store.note(
                connection,
                city.code,
                activation_id,
                stamp="finished_at",
                state=ActivationState.DONE.value,
                wanted=False,
                problem=None,
            )


def _bring(database: Database, city: City, activation_id: int, hand: int, told: Told) -> None:
    """One hand's half: from where it came to, to its end or until it is told to stop."""
    pace = Pace(500)
    while not told.ending:
        with pace, database.transaction(Role.WORKER, city.code) as connection:
            assignment.commit_unhurried(connection)
            assignment.lock_in_batch(connection, city.code, hand)
            run = _read(connection, city, activation_id)
            if run.state is not ActivationState.SWITCHED:
                return
            after, upto = (
                (run.applied_beyond, store.LAST) if hand else (run.applied_through, run.halfway)
            )
            ids = store.next_ids(connection, city.code, activation_id, after, pace.size, upto)
            if not ids:
                return
            stale = store.lock_complaints(connection, city.code, activation_id, ids[0], ids[-1])
            _decide_again(connection, city, activation_id, run, stale)
            moved = assignment.apply(connection, city.code, activation_id, ids, starts=run.starts)
            # last: its row is the one that both hands write
            store.note_brought(connection, city.code, activation_id, hand, ids[-1], moved)
        told.batch(moved)


def give_up(connection: Connection, city: City, activation_id: int) -> bool:
    """End an activation that hasn't switched; False when it has, or was given up before."""
    _alone(connection, city, activation_id)
    run = _read(connection, city, activation_id)
    if run.state not in {ActivationState.DECIDING, ActivationState.DECIDED}:
        return False
    store.note(
        connection,
        city.code,
        activation_id,
        stamp="finished_at",
        state=ActivationState.UNDONE.value,
        companion_set=None,
        wanted=False,
    )
    if run.companion_set is not None:
        store.drop_companion(connection, city.code, run.companion_set)
    return True


def _read(connection: Connection, city: City, activation_id: int) -> store.Standing:
    run = store.standing(connection, city.code, activation_id)
    if run is None:
        raise NotFound(f"There is no activation {activation_id} in {city.name.local}.")
    return run


def _alone(connection: Connection, city: City, activation_id: int) -> None:
    """Keep both hands of every run out, until the transaction ends."""
    for hand in range(HANDS):
        assignment.lock_in_batch(connection, city.code, hand)
    store.lock(connection, city.code, activation_id)


def _batch(
    connection: Connection, city: City, activation_id: int, state: ActivationState
) -> store.Standing | None:
    """The activation, this transaction's alone; None when it isn't in *state* any more."""
    _alone(connection, city, activation_id)
    run = _read(connection, city, activation_id)
    return run if run.state is state else None


def _decide_again(
    connection: Connection,
    city: City,
    activation_id: int,
    run: store.Standing,
    ids: Sequence[int],
) -> None:
    if ids:
        again = [assignment.Mover(one) for one in ids]
        _decide_anew(connection, city, activation_id, run, again)


def _decide_anew(
    connection: Connection,
    city: City,
    activation_id: int,
    run: store.Standing,
    asked: Sequence[assignment.Mover],
) -> None:
    """Decide these, in the order of ids; whatever was pending for one of them is forgotten."""
    store.forget_decisions(connection, city.code, activation_id, [one.id for one in asked])
    assignment.decide(connection, city.code, activation_id, asked, run.staged, starts=run.starts)


def _catch_up(database: Database, city: City, activation_id: int, state: ActivationState) -> None:
    """Decide what came or changed since, until only few are left for the switch."""
    for _ in range(TRIES):
        with database.transaction(Role.WORKER, city.code) as connection:
            run = _read(connection, city, activation_id)
            mark = store.horizon(connection)
            changed = store.changed_since(connection, city.code, run.seen_xid or "0")
        if run.state is not state:
            return
        for start in range(0, len(changed), FEW):
            with database.transaction(Role.WORKER, city.code) as connection:
                if _batch(connection, city, activation_id, state) is None:
                    return
                _decide_again(connection, city, activation_id, run, changed[start : start + FEW])
        with database.transaction(Role.WORKER, city.code) as connection:
            if _batch(connection, city, activation_id, state) is None:
                return
            store.note(connection, city.code, activation_id, seen_xid=mark)
        if len(changed) <= FEW:
            return


def _count(connection: Connection, city: City, activation_id: int) -> None:
    moving = store.counts(connection, city.code, activation_id).moving
    store.note(connection, city.code, activation_id, moving=moving)


def _put_in_force(
    connection: Connection, city: City, activation_id: int, run: store.Standing
) -> None:
    """The switch itself, in the transaction that holds the lock."""
    if run.set_id is not None and run.valid_from is not None:
        # a filter that somebody has kept since holds nothing up: it goes on asking for the old code
        retiring = [
            code
            for code in store.retiring(connection, city.code, run.set_id)
            if code.binds or code.code in run.mapping
        ]
        known = store.known_codes(connection, city.code, run.set_id)
        check_mapping(retiring, run.mapping, known)
        if run.companion_set is not None:
            in_force = boundary_store.active(connection, city.code, Layer.SERVICE_AREA)
            made_from = store.made_from(connection, city.code, run.companion_set)
            if in_force is None or in_force.id != made_from:
                raise Conflict(
                    "Other service areas came into force since this activation began.",
                    "Undo it and begin anew.",
                )
            boundary_store.activate(connection, city.code, run.companion_set, run.valid_from)
        levels: dict[str, dict[str, list[str]]] = {}
        for code in retiring:
            levels.setdefault(code.level, {})[code.code] = list(run.mapping[code.code].into)
        boundary_store.activate(connection, city.code, run.set_id, run.valid_from)
        grants = store.map_grants(connection, city.code, activation_id, levels) if levels else 0
        filters = codes_store.map_filters(connection, city.code, levels) if levels else 0
        administration.record(
            connection,
            city.code,
            "system",
            "boundaries.activated",
            f"boundary_set:{run.set_id}",
            {
                "activation": activation_id,
                "by": run.started_by,
                "layer": run.layer,
                "version": run.version,
                "valid_from": run.valid_from.isoformat(),
                "companion_set": run.companion_set,
                "grants_mapped": grants,
                "filters_mapped": filters,
            },
        )
    _count(connection, city, activation_id)
    store.note(
        connection,
        city.code,
        activation_id,
        stamp="switched_at",
        state=ActivationState.SWITCHED.value,
    )
