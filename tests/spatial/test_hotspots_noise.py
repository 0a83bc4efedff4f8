"""Hotspots stay quiet in pure noise and speak up for a planted one; no database."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from geoapp.spatial.getis_ord import benjamini_hochberg, neighbourhoods
from geoapp.spatial.hexagons import neighbour_indices
from geoapp.spatial.hotspots import judge

RUNS = 400
#: A city of 817 hexagons: a disc, as Kota Jambi has 869 of 500 m.
RADIUS = 16
CELLS = [
    (q, r)
    for q in range(-RADIUS, RADIUS + 1)
    for r in range(-RADIUS, RADIUS + 1)
    if abs(q + r) <= RADIUS
]
AROUND = neighbourhoods(neighbour_indices(CELLS))
#: Cells on the rim lie only partly inside the city.
AREA = np.array(
    [0.1 + 0.8 * ((7 * q + 3 * r) % 10) / 10 if max(abs(q), abs(r), abs(q + r)) == RADIUS else 1
     for q, r in CELLS]
)  # fmt: skip
SHARE = AREA / AREA.sum()


def noise(mean: float, seed: int) -> np.ndarray:
    """RUNS maps of complaints that fall anywhere in the city with equal chance."""
    return np.random.default_rng(seed).poisson(mean * AREA, (RUNS, len(CELLS)))


@pytest.mark.parametrize("mean", [0.1, 1, 10])
def test_at_most_one_map_of_noise_in_twenty_shows_anything(mean):
    shown = sum(judge(counts, SHARE, AROUND).drawn.any() for counts in noise(mean, 20261))
    # 5 % of 400 are 20; one-sided 99 % Monte Carlo bound of Binomial(400, 0.05): 31.
    assert stats.binom.ppf(0.99, RUNS, 0.05) == 31
    assert shown <= 31


@pytest.mark.parametrize("mean", [0.1, 1])
def test_the_normal_p_value_would_not_do(mean):
    # What this method is for: the same maps, judged by the normal tail of z.
    def false_alarm(counts: np.ndarray) -> bool:
        z = judge(counts, SHARE, AROUND).z
        return bool((benjamini_hochberg(stats.norm.sf(z)) <= 0.05).any())

    assert sum(map(false_alarm, noise(mean, 20261))) > 0.25 * RUNS


def test_each_p_value_keeps_its_promise_under_noise():
    # P(p ≤ α) ≤ α for a cell in the middle and for one on the rim; 400 runs, 99 % bound.
    middle, rim = CELLS.index((0, 0)), CELLS.index((RADIUS, 0))
    p = np.array([judge(counts, SHARE, AROUND).p for counts in noise(1, 77)])
    for cell in (middle, rim):
        for level in (0.05, 0.2):
            assert (p[:, cell] <= level).sum() <= stats.binom.ppf(0.99, RUNS, level)


def test_a_planted_cluster_is_found_where_it_is():
    planted = CELLS.index((5, -3))
    found = 0
    for counts in noise(0.3, 4)[:100]:
        counts[planted] += 15
        drawn = judge(counts, SHARE, AROUND).drawn
        found += bool(drawn[planted])
        # A neighbourhood reaches one cell; chance neighbours may carry it one further.
        far = [
            i for i in np.flatnonzero(drawn)
            if max(abs(CELLS[i][0] - 5), abs(CELLS[i][1] + 3), abs(sum(CELLS[i]) - 2)) > 3
        ]  # fmt: skip
        assert len(far) <= 7
    assert found == 100


def test_a_city_of_nothing_or_of_one_complaint_has_no_hotspot():
    nothing = judge(np.zeros(len(CELLS)), SHARE, AROUND)
    assert not nothing.drawn.any()
    assert (nothing.p == 1).all()
    assert (nothing.z == 0).all()
    one = np.zeros(len(CELLS))
    one[400] = 1
    assert not judge(one, SHARE, AROUND).drawn.any()


def test_four_reports_of_one_lamp_in_a_quiet_month_are_no_hotspot_yet():
    counts = np.zeros(len(CELLS))
    counts[400] = 4
    quiet = judge(counts, SHARE, AROUND)
    # Far beyond chance, and still four reports.
    assert quiet.q.min() < 1e-4
    assert not quiet.drawn.any()
    counts[400] = 5
    assert judge(counts, SHARE, AROUND).drawn.any()


def test_expected_numbers_follow_the_area_inside_the_city():
    counts = np.full(len(CELLS), 2)
    verdict = judge(counts, SHARE, AROUND)
    middle = CELLS.index((0, 0))
    # Seven whole cells of an area of AREA.sum() cells, 2 · 817 complaints.
    assert verdict.expected[middle] == pytest.approx(7 / AREA.sum() * 2 * 817)
    assert verdict.neighbourhood[middle] == 14
