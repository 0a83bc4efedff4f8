"""``geoapp boundaries report``, ``clean`` and ``discard``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner, Result

from geoapp.cli import main
from geoapp.embedded import Cluster
from geoapp.store.database import Database
from tests.usecases.boundary_world import bring_features, cell, feature

Run = Callable[..., Result]


@pytest.fixture
def run(jambi: Database, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``geoapp boundaries …`` on the test's own database with the default city."""
    monkeypatch.setenv("GEOAPP_DATABASE_URL", jambi.url)
    name = jambi.engine.url.database or ""
    monkeypatch.setenv("GEOAPP_OWNER_DATABASE_URL", cluster.url("geoapp_owner", name))
    return lambda *words: CliRunner().invoke(
        main, ["boundaries", *(str(word) for word in words), "--city", "kota-jambi"]
    )


def test_a_set_is_looked_at_cleaned_and_discarded(
    run: Run, jambi: Database, tmp_path: Path
) -> None:
    # 1 % of Beta's width lies on Alpha; a hole of 0.01 × 0.01 of a cell, 123 m², in Beta.
    hole = cell(1.5, 0.5, 0.01, 0.01)
    staged = bring_features(
        jambi, tmp_path,
        feature(1001, "Alpha", cell(0, 0)),
        feature(1002, "Beta", shapely.difference(cell(0.99, 0), hole)),
    )  # fmt: skip

    told = run("report", staged)
    assert told.exit_code == 0, told.output
    assert "1 interior gap, 123 m² in all" in told.output
    assert "1 overlapping pair" in told.output
    assert "compared with set 1 in force" in told.output
    assert "66 codes retired" in told.output
    plain = json.loads(run("report", staged, "--json").output)
    assert plain["set"]["id"] == staged
    assert len(plain["comparison"]["codes_retired"]) == 66

    refused = run("clean", staged, "--gaps-under", 200)
    assert refused.exit_code == 2
    assert "1002 Beta (1.01%)" in refused.stderr
    assert "--max-change" in refused.stderr
    cleaned = run("clean", staged, "--gaps-under", 200, "--max-change", "0.02")
    assert cleaned.exit_code == 0, cleaned.output
    assert "1 → 0 gaps" in cleaned.output
    assert "1 → 0 overlaps" in cleaned.output
    assert "changed 15.71.01.1002 Beta" in cleaned.output
    assert f"Set {staged + 1} is staged" in cleaned.output
    assert "no interior gaps" in run("report", staged + 1).output

    gone = run("discard", staged)
    assert (gone.exit_code, gone.output) == (0, f"Set {staged} is discarded.\n")
    assert run("report", staged).exit_code == 1
    in_force = run("discard", 1)
    assert in_force.exit_code == 1
    assert "what was in force is kept" in in_force.stderr
