"""``geoapp density verify`` and ``rebuild``; and the job that counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from procrastinate.exceptions import JobAborted
from sqlalchemy import text

from geoapp.cli import main
from geoapp.store.database import Database
from geoapp.usecases import density
from geoapp.worker.density import count_cities
from tests.asking import as_owner
from tests.support import default_city, send

Run = Callable[[str], Result]


@pytest.fixture
def run(jambi: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GEOAPP_DATABASE_URL", jambi.url)
    return lambda verb: CliRunner().invoke(main, ["density", verb, "--city", "kota-jambi"])


def test_wrong_cells_are_named_and_counted_anew(run: Run, jambi: Database) -> None:
    for _ in range(3):
        send(jambi)
    assert "isn't counted yet" in run("verify").output
    assert count_cities(jambi, lambda: False) > 0
    told = run("verify")
    assert told.exit_code == 0, told.output
    assert "every cell is right" in told.output
    with as_owner(jambi) as owner:
        owner.execute(text("UPDATE geoapp.density_cell SET count = count + 1"))
    told = run("verify")
    assert told.exit_code == 1
    assert "cell: " in told.output
    assert "geoapp density rebuild" in told.output
    assert run("rebuild").exit_code == 0
    assert run("verify").exit_code == 0


def test_a_job_told_to_stop_ends_after_the_step_and_the_next_goes_on(jambi: Database) -> None:
    send(jambi)
    with pytest.raises(JobAborted):
        count_cities(jambi, lambda: True)
    count_cities(jambi, lambda: False)
    assert density.verify(jambi, default_city(jambi)) == []


def test_a_restored_database_is_counted_anew(jambi: Database) -> None:
    send(jambi)
    count_cities(jambi, lambda: False)
    with as_owner(jambi) as owner:
        # as a restore does: another life, in which numbers of transactions begin anew
        owner.execute(text("UPDATE geoapp.feed_epoch SET epoch = gen_random_uuid()"))
        owner.execute(text("UPDATE geoapp.density_state SET xid = '9000000000'"))
        moment = text("SELECT geoapp.density_moment('15.71')")
        assert owner.execute(moment).scalar_one() is None
    send(jambi)
    count_cities(jambi, lambda: False)
    with as_owner(jambi) as owner:
        assert owner.execute(moment).scalar_one() is not None
    assert density.verify(jambi, default_city(jambi)) == []
