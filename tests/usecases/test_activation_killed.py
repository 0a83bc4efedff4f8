"""A real `geoapp boundaries activate` is killed, again and again: nothing is half done."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from geoapp.domain.activation import ActivationState
from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.history import told_by
from geoapp.domain.place import LonLat
from geoapp.spatial.bulk import Filed
from geoapp.store.database import Database
from geoapp.usecases import activation
from geoapp.usecases.intake_bulk import Loader
from tests.activating import CODE, MERGED, STARTS, WEST, ask, changing
from tests.support import eventually

MANY = 6_000
_ACTIVE = "SELECT version FROM geoapp.boundary_set WHERE layer = 'kelurahan' AND status = 'active'"
_TOLD = """
    SELECT count(*), count(*) FILTER (WHERE kelurahan_code = :now AND then_kelurahan_code = :was),
           (SELECT count(*) FROM geoapp.assignment WHERE reason = 'boundaries changed'),
           (SELECT count(DISTINCT complaint_id) FROM geoapp.complaint_event
            WHERE kind = 'assignment'),
           (SELECT count(*) FROM geoapp.complaint_event WHERE kind = 'assignment')
    FROM geoapp.complaint
"""


def geoapp(database: Database, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "geoapp", "boundaries", *words, "--city", CODE],
        env=os.environ | {"GEOAPP_DATABASE_URL": database.url, "GEOAPP_SECRET_KEY": "test" * 10},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def killed_at(
    database: Database, process: subprocess.Popen[bytes], state: ActivationState, after: int
) -> None:
    """SIGKILL once the activation is in *state* and has come *after* complaints far, or ended."""
    newest = (
        "SELECT state, looked_at, moved FROM geoapp.activation WHERE state <> 'undone'"
        " ORDER BY id DESC LIMIT 1"
    )
    order = list(ActivationState)

    def there() -> bool:
        found = ask(database, newest)
        if process.poll() is not None:
            return True
        if not found:
            return False
        stands, looked_at, moved = found[0]
        far = moved if state is ActivationState.SWITCHED else looked_at
        return order.index(ActivationState(stands)) > order.index(state) or (
            stands == state.value and far >= after
        )

    eventually(there, within_s=120, what=f"{state.value} after {after}")
    process.kill()
    process.communicate()


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_in_every_phase_it_is_resumed_to_the_very_same_end(
    jambi: Database, tmp_path: Path, seed: int
) -> None:
    city, staged = changing(jambi, tmp_path)
    dice = random.Random(seed)
    new = [
        NewComplaint(
            service="pothole",
            position=LonLat(dice.uniform(103.551, 103.569), dice.uniform(-1.629, -1.611)),
            channel=Channel.IMPORT,
            source="test",
            external_id=str(number),
        )
        for number in range(MANY)
    ]
    Loader(jambi, city, actor="import", keep_outside=True).store(
        [Filed(one, told_by(one)) for one in new]
    )
    # All that is imported came before the set's first day.
    ask(jambi, "UPDATE geoapp.complaint SET submitted_at = '2025-06-01'")
    words = ("activate", str(staged), "--from", STARTS.isoformat())

    killed_at(jambi, geoapp(jambi, *words), ActivationState.DECIDING, dice.randrange(MANY // 2))
    begun = activation.latest(jambi, city)
    assert begun is not None
    if not begun.switched_at:
        assert ask(jambi, _ACTIVE) == [("before",)]
        assert ask(jambi, _TOLD, now=MERGED, was=WEST)[0][1:] == (0, 0, 0, 0)
        assert activation.undo(jambi, city, begun.id).state is ActivationState.UNDONE
        assert ask(jambi, "SELECT count(*) FROM geoapp.pending_decision") == [(0,)]
    killed_at(jambi, geoapp(jambi, *words), ActivationState.DECIDED, 0)
    killed_at(jambi, geoapp(jambi, *words), ActivationState.SWITCHED, dice.randrange(MANY))
    stands = activation.latest(jambi, city)
    assert stands is not None
    # In force whole or not at all, whatever was brought along so far.
    in_force = ask(jambi, _ACTIVE)
    assert in_force == ([("after",)] if stands.switched_at else [("before",)])
    _all, moved, decisions, told, events = ask(jambi, _TOLD, now=MERGED, was=WEST)[0]
    assert moved == decisions == told == events == stands.moved
    if stands.is_open:
        killed_at(jambi, geoapp(jambi, "resume"), ActivationState.SWITCHED, dice.randrange(MANY))
    stands = activation.latest(jambi, city)
    if stands is not None and stands.is_open:
        ended = geoapp(jambi, "resume")
        output = ended.communicate(timeout=120)[0].decode()
        assert ended.returncode == 0, output
        assert "done" in output
    assert ask(jambi, _ACTIVE) == [("after",)]
    assert ask(jambi, _TOLD, now=MERGED, was=WEST) == [(MANY, MANY, MANY, MANY, MANY)]
