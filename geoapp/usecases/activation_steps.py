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
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

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
from geoapp.store import administration
from geoapp.store import boundaries as boundary_store
from geoapp.store.database import Database, Role

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""
Stopping = Callable[[], bool]
"""Asked after each batch; True leaves the activation as it is, to be carried on later."""

FEW = 200
"""So many changed complaints may be left for the moment of the switch: some 50 ms of work.

As many are caught up in one transaction: each takes the whole decision.
"""
BATCHES = (100, 5_000)
"""Fewest and most complaints per transaction; in between whatever takes `AIM_S`."""
AIM_S = 0.2
"""How long a transaction of a batch should take: far below the second that the feed may lag."""
HANDS = 2
"""So many connections bring complaints along, each those of its own half."""
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


class _Pace:
    """How many complaints the next transaction takes, by how long the last one took."""

    def __init__(self, first: int) -> None:
        self.size = first
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.monotonic()

    def __exit__(self, *_problem: object) -> None:
        took = max(time.monotonic() - self._begun, 1e-3)
        factor = min(1.5, max(0.25, AIM_S / took))
        self.size = int(min(BATCHES[1], max(BATCHES[0], self.size * factor)))


def decide(
    database: Database, city: City, activation_id: int, *, progress: Progress, stopping: Stopping
) -> None:
    """Take the decisions beforehand: whoever may move, batch by batch, in the order of ids."""
    with database.transaction(Role.WORKER, city.code) as connection:
        run = _read(connection, city, activation_id)
        if run.state is not ActivationState.DECIDING:
            return
        # Before the complaints are read: what is in sight from here on is below the mark.
        mark = store.horizon(connection)
        found = assignment.movers(connection, city.code, run.staged, starts=run.starts)
    left = [one for one in found if one.id > run.decided_through]
    total = run.looked_at + len(left)
    with database.transaction(Role.WORKER, city.code) as connection:
        # A run cut short keeps its first mark: that is what it has decided by so far.
        store.note(
            connection,
            city.code,
            activation_id,
            seen_xid=run.seen_xid or mark,
            waiting=total,
            problem=None,
        )
    pace = _Pace(1_000)
    position = 0
    while position < len(left):
        with pace, database.transaction(Role.WORKER, city.code) as connection:
            assignment.commit_unhurried(connection)
            batch = left[position : position + pace.size]
            position += len(batch)
            now = _batch(connection, city, activation_id, ActivationState.DECIDING)
            if now is None:
                return
            # Somebody else may have been here meanwhile.
            mine = [one for one in batch if one.id > now.decided_through]
            if mine:
                assignment.decide(
                    connection, city.code, activation_id, mine, now.staged, starts=now.starts
                )
                store.note(
                    connection,
                    city.code,
                    activation_id,
                    decided_through=mine[-1].id,
                    looked_at=now.looked_at + len(mine),
                )
        progress(min(position + total - len(left), total), total)
        if stopping():
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
    told = _Told(begun.moved, begun.moving, progress, stopping)
    with ThreadPoolExecutor(HANDS) as pool:
        hands = [
            pool.submit(_bring, database, city, activation_id, hand, told) for hand in range(HANDS)
        ]
        try:
            for hand in hands:
                hand.result()
        except BaseException:  # Ctrl-C as well
            told.ending = True
            raise
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


class _Told:
    """What the two hands have moved together, and whether they are to stop."""

    def __init__(self, moved: int, moving: int, progress: Progress, stopping: Stopping) -> None:
        self.ending = False
        self._moved, self._moving = moved, moving
        self._progress, self._stopping = progress, stopping
        self._one_at_a_time = threading.Lock()

    def batch(self, moved: int) -> None:
        """A batch is committed; asks whether that is enough."""
        with self._one_at_a_time:
            self._moved += moved
            self._progress(min(self._moved, self._moving), self._moving)
            self.ending = self._stopping() or self.ending


def _bring(database: Database, city: City, activation_id: int, hand: int, told: _Told) -> None:
    """One hand's half: from where it came to, to its end or until it is told to stop."""
    pace = _Pace(500)
    try:
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
                moved = assignment.apply(
                    connection, city.code, activation_id, ids, starts=run.starts
                )
                # last: its row is the one that both hands write
                store.note_brought(connection, city.code, activation_id, hand, ids[-1], moved)
            told.batch(moved)
    except BaseException:
        told.ending = True
        raise


def give_up(connection: Connection, city: City, activation_id: int) -> bool:
    """End an activation that hasn't switched; False when it has, or was given up before."""
    assignment.lock_in_batch(connection, city.code)
    store.lock(connection, city.code, activation_id)
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


def _batch(
    connection: Connection, city: City, activation_id: int, state: ActivationState
) -> store.Standing | None:
    """The activation, this transaction's alone; None when it isn't in *state* any more."""
    assignment.lock_in_batch(connection, city.code)
    store.lock(connection, city.code, activation_id)
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
        store.forget_decisions(connection, city.code, activation_id, ids)
        again = [assignment.Mover(one) for one in ids]
        assignment.decide(
            connection, city.code, activation_id, again, run.staged, starts=run.starts
        )


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
        retiring = store.retiring(connection, city.code, run.set_id)
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
