"""`make soak-live` in small: clients drop, listeners are cut off, web workers are killed."""

from __future__ import annotations

import pytest

from bench.soak_live import BLIND, soak, world


@pytest.mark.long
def test_nobody_misses_an_event_or_hears_what_is_not_theirs_while_everything_breaks(tmp_path):
    with world(tmp_path, clients=2) as here:
        found = soak(here, events=1000, rate=15, every_s=10, seed=11)
    assert found.failures == []
    assert found.events >= 1000
    assert found.breaks["web worker killed"]
    assert found.breaks["listeners cut off"]
    for kind, verdict in found.verdicts.items():
        assert verdict.heard > 100, kind
        if kind not in BLIND:
            assert verdict.drops > verdict.clients, kind
            assert verdict.wrong == 0, (kind, verdict)
    assert found.contradictions == 0
    assert found.blind == []  # who forgets, who repeats and who is judged wrongly is found
