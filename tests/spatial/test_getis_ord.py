"""Gi*, the exact tail and Benjamini–Hochberg against answers from outside."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy import stats

from geoapp.spatial import getis_ord
from geoapp.spatial.getis_ord import (
    benjamini_hochberg,
    components,
    drawn,
    exact_tail,
    getis_ord_star,
    neighbourhoods,
)


def _example(name: str, contiguity: str = "Queen"):
    """A data set shipped with libpysal and its weights."""
    libpysal = pytest.importorskip("libpysal")
    geopandas = pytest.importorskip("geopandas")
    frame = geopandas.read_file(libpysal.examples.get_path(name))
    weights = getattr(libpysal.weights, contiguity).from_dataframe(frame, use_index=False)
    return frame, weights, [weights.neighbors[i] for i in range(weights.n)]


def test_the_highest_z_of_the_carolina_sids_rates_is_the_published_one():
    # Agreed by the closed form, esda with binary weights and R's spdep::localG.
    frame, _, neighbours = _example("sids2.shp")
    z = getis_ord_star(frame.SID79 / frame.BIR79, neighbourhoods(neighbours))
    assert z.max() == pytest.approx(3.1132463, abs=5e-8)


@pytest.mark.parametrize(
    ("file", "column", "contiguity"),
    [
        ("sids2.shp", "SID79", "Queen"),
        ("sids2.shp", "SIDR74", "Rook"),
        ("columbus.shp", "CRIME", "Queen"),
        ("columbus.shp", "HOVAL", "Rook"),
        ("stl_hom.shp", "HR8893", "Queen"),
    ],
)
def test_z_agrees_with_esda_under_binary_weights(file, column, contiguity):
    esda = pytest.importorskip("esda")
    frame, weights, neighbours = _example(file, contiguity)
    values = frame[column].to_numpy(dtype=float)
    theirs = esda.G_Local(values, weights, transform="B", star=True, permutations=0).Zs
    ours = getis_ord_star(values, neighbourhoods(neighbours))
    assert np.abs(ours - theirs).max() < 1e-9


def test_z_by_hand_on_a_row_of_four():
    # x = 0 0 0 4: m = 1, s² = 16/4 − 1 = 3. Last site: W = 2 (itself and its left
    # neighbour), sum 4, so z = (4 − 2) / (√3 · √((4·2 − 4)/3)) = 2 / (√3 · √(4/3)) = 1.
    around = neighbourhoods([[1], [0, 2], [1, 3], [2]])
    assert getis_ord_star([0, 0, 0, 4], around)[3] == pytest.approx(1.0, abs=1e-15)


def test_rows_of_values_are_computed_each_for_itself():
    around = neighbourhoods([[1], [0, 2], [1, 3], [2]])
    rows = np.array([[0, 0, 0, 4], [1, 2, 3, 4], [4, 4, 0, 0]], dtype=float)
    together = getis_ord_star(rows, around)
    for row, z in zip(rows, together, strict=True):
        assert np.allclose(getis_ord_star(row, around), z, atol=1e-15)


def test_nothing_stands_out_where_all_values_are_equal_or_there_is_one_site():
    assert getis_ord_star([7, 7, 7], neighbourhoods([[1], [0, 2], [1]])).tolist() == [0, 0, 0]
    assert getis_ord_star([3], neighbourhoods([[]])).tolist() == [0]
    # A neighbourhood that is everything: n W − W² = 0.
    assert getis_ord_star([1, 2], neighbourhoods([[1], [0]])).tolist() == [0, 0]


def test_the_tail_by_hand():
    # P(X ≥ 2), X ~ Binomial(3, 1/4): 3 · 1/16 · 3/4 + 1/64 = 10/64.
    assert exact_tail(2, 3, 0.25) == pytest.approx(10 / 64, rel=1e-14)
    # P(X ≥ 1) = 1 − (3/4)³.
    assert exact_tail(1, 3, 0.25) == pytest.approx(1 - 0.75**3, rel=1e-14)


def test_the_tail_keeps_its_digits_far_out():
    # Rational arithmetic, nothing rounded: P(X ≥ 40), X ~ Binomial(50, 1/100).
    p = Fraction(1, 100)
    exact = sum(comb(50, k) * p**k * (1 - p) ** (50 - k) for k in range(40, 51))
    assert exact_tail(40, 50, 0.01) == pytest.approx(float(exact), rel=1e-12)
    assert float(exact) < 1e-69


def test_the_tail_agrees_with_scipys_binomial_everywhere():
    rng = np.random.default_rng(5)
    total = rng.integers(0, 5000, 4000)
    share = rng.random(4000) ** 3
    count = np.minimum(rng.poisson(total * share), total)
    theirs = stats.binom.sf(count - 1, total, share)
    assert np.allclose(exact_tail(count, total, share), theirs, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize(
    ("count", "total", "share", "tail"),
    [
        (0, 0, 0.5, 1.0),
        (0, 10, 0.0, 1.0),
        (1, 10, 0.0, 0.0),
        (10, 10, 1.0, 1.0),
        (1, 0, 0.5, 0.0),
        # A share that is a whole by summing rounded areas.
        (10, 10, 1.0 + 1e-12, 1.0),
    ],
)
def test_the_tail_at_its_edges(count, total, share, tail):
    assert exact_tail(count, total, share) == tail


# Benjamini and Hochberg (1995), section 3.2: fifteen hypotheses of a myocardial
# infarction trial, ordered. At 0.05 Bonferroni rejects three and their procedure four.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip


def test_the_papers_own_example_rejects_the_first_four():
    q = benjamini_hochberg(PUBLISHED)
    assert (q <= 0.05).tolist() == [True] * 4 + [False] * 11
    # The paper compares p(4) = 0.0095 with 4/15 · 0.05 = 0.013: q(4) = 0.0095 · 15/4.
    assert q[3] == pytest.approx(0.035625, abs=1e-12)


def test_q_agrees_with_scipy_in_any_order_and_with_ties():
    rng = np.random.default_rng(8)
    p = np.round(rng.random(300) ** 2, 2)
    assert np.allclose(benjamini_hochberg(p), stats.false_discovery_control(p), atol=1e-14)


def test_q_steps_up_never_falls_with_p_and_is_at_most_one():
    rng = np.random.default_rng(9)
    p = rng.random((20, 50))
    q = benjamini_hochberg(p)
    for p_row, q_row in zip(p, q, strict=True):
        order = np.argsort(p_row)
        assert (np.diff(q_row[order]) >= 0).all()
    assert (q >= p).all()
    assert (q <= 1).all()


def test_q_of_nothing_is_nothing():
    assert benjamini_hochberg([]).tolist() == []


def test_components_follow_the_adjacency():
    around = neighbourhoods([[1], [0, 2], [1, 3], [2, 4], [3]])
    labels = components(np.array([True, True, False, True, True]), around)
    assert labels[2] == -1
    assert labels[0] == labels[1]
    assert labels[3] == labels[4]
    assert labels[0] != labels[3]
    assert components(np.zeros(5, dtype=bool), around).tolist() == [-1] * 5


def test_a_fringe_is_drawn_only_when_it_hangs_on_a_hotspot():
    around = neighbourhoods([[1], [0, 2], [1, 3], [2, 4], [3, 5], [4]])
    q = np.array([0.03, 0.08, 0.5, 0.09, 0.07, 0.9])
    # Sites 3 and 4 are at 90 % but touch no hotspot.
    assert drawn(q, around).tolist() == [True, True, False, False, False, False]
    assert not drawn(np.array([0.06, 0.07, 0.08, 1, 1, 1]), around).any()


def test_module_takes_asymmetric_adjacency_by_rows():
    around = neighbourhoods([[1], [], []])
    assert getis_ord.neighbourhood_sums([1, 10, 100], around).tolist() == [11, 10, 100]
