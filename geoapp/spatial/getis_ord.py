"""Getis-Ord Gi*, the exact binomial tail, and Benjamini–Hochberg: arrays in, arrays out.

No database and no city here: any adjacency, any counts. `geoapp.spatial.hotspots` applies
it to hexagons. Sources:

* Ord, J. K. and Getis, A. (1995), Local spatial autocorrelation statistics:
  distributional issues and an application. Geographical Analysis 27(4), 286-306.
* Benjamini, Y. and Hochberg, Y. (1995), Controlling the false discovery rate.
  Journal of the Royal Statistical Society B 57(1), 289-300.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse, special
from scipy.sparse import csgraph

from geoapp.domain.hotspot import CORE_Q, FRINGE_Q

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
#: n × n symmetric 0/1 scipy.sparse.csr_array with ones on the diagonal.
Neighbourhoods: TypeAlias = Any


def neighbourhoods(neighbours: Sequence[Iterable[int]]) -> Neighbourhoods:
    """Binary neighbourhood matrix of n sites, each site in its own neighbourhood.

    Args:
        neighbours: for site i the indices of its neighbours; i itself may be left out.
    """
    rows: list[int] = []
    columns: list[int] = []
    for i, others in enumerate(neighbours):
        around = {i, *others}
        rows.extend([i] * len(around))
        columns.extend(around)
    size = len(neighbours)
    ones = np.ones(len(rows), dtype=np.float64)
    return sparse.csr_array((ones, (rows, columns)), shape=(size, size))


def neighbourhood_sums(values: npt.ArrayLike, around: Neighbourhoods) -> Floats:
    """Sum of *values* over each site's neighbourhood; the last axis of *values* is n."""
    flat = np.asarray(values, dtype=np.float64)
    # A @ x for each leading index; the matrix is symmetric only for symmetric adjacency,
    # so rows of A must meet the last axis of values.
    return np.asarray((around @ flat.T).T, dtype=np.float64)


def getis_ord_star(values: npt.ArrayLike, around: Neighbourhoods) -> Floats:
    """Gi* as a z-score for each site, with binary weights that include the site.

    Ord and Getis (1995), eq. for standardised Gi*: with W the number of sites in the
    neighbourhood, m the mean and s² = Σx²/n − m² over all n sites,
    z = (Σ_neighbourhood x − W m) / (s √((n W − W²)/(n − 1))).

    Args:
        values: n numbers, or several rows of n (the last axis is the sites).
        around: from `neighbourhoods`.

    Returns:
        Array of the shape of *values*. A site whose z isn't defined (all values equal,
        or a neighbourhood that is everything) gets 0: nothing stands out.
    """
    x = np.asarray(values, dtype=np.float64)
    size = x.shape[-1]
    if size < 2:
        return np.zeros_like(x)
    mean = x.mean(axis=-1, keepdims=True)
    # The deviations' own mean square: Σx²/n − m² loses digits when m is large.
    spread = np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True))
    weight = np.asarray(around.sum(axis=1), dtype=np.float64)
    scale = spread * np.sqrt((size * weight - weight**2) / (size - 1))
    gap = neighbourhood_sums(x - mean, around)
    z = np.zeros_like(gap)
    np.divide(gap, scale, out=z, where=scale > 0)
    return z


def exact_tail(counts: npt.ArrayLike, total: npt.ArrayLike, share: npt.ArrayLike) -> Floats:
    """P(X ≥ count) for X ~ Binomial(total, share): the upper tail including the count.

    Given the total, a neighbourhood that holds *share* of the exposure gets Binomial
    many complaints when each falls anywhere in proportion to exposure. Exact at any
    size, where the normal p-value of z isn't (docs/hotspots.md).

    Computed as the regularised incomplete beta function I_share(k, total − k + 1)
    (Abramowitz and Stegun 26.5.24), which keeps its digits in the far tail.

    Args:
        counts: whole numbers 0 … total.
        total: whole numbers ≥ 0.
        share: from 0 to 1.
    """
    k, n, p = np.broadcast_arrays(
        np.asarray(counts, dtype=np.float64),
        np.asarray(total, dtype=np.float64),
        np.clip(np.asarray(share, dtype=np.float64), 0.0, 1.0),
    )
    inside = (k > 0) & (k <= n)
    tail = special.betainc(np.where(inside, k, 1.0), np.where(inside, n - k + 1.0, 1.0), p)
    return np.where(k <= 0, 1.0, np.where(inside, tail, 0.0))


def benjamini_hochberg(p: npt.ArrayLike) -> Floats:
    """Adjusted p-values (q): the smallest false discovery rate at which each is rejected.

    Step-up: q of the i-th smallest of m is the minimum over j ≥ i of p_j m / j, so q
    never falls as p rises; equal p get equal q. Discrete p-values (P(p ≤ α) ≤ α under
    the null) only make it more cautious. The last axis is adjusted; empty stays empty.
    """
    values = np.asarray(p, dtype=np.float64)
    size = values.shape[-1]
    if size == 0:
        return values.copy()
    order = np.argsort(values, axis=-1, kind="stable")
    ranked = np.take_along_axis(values, order, axis=-1) * (size / np.arange(1, size + 1))
    lowest = np.minimum.accumulate(ranked[..., ::-1], axis=-1)[..., ::-1]
    q = np.empty_like(values)
    np.put_along_axis(q, order, np.minimum(lowest, 1.0), axis=-1)
    return q


def components(members: Bools, around: Neighbourhoods) -> npt.NDArray[np.intp]:
    """Number the groups of *members* that hang together: 0, 1, …; −1 for other sites."""
    chosen = np.flatnonzero(members)
    labels = np.full(len(members), -1, dtype=np.intp)
    if len(chosen):
        linked = around[chosen][:, chosen]
        _, numbers = csgraph.connected_components(linked, directed=False)
        labels[chosen] = numbers
    return labels


def drawn(q: Floats, around: Neighbourhoods) -> Bools:
    """Which sites a map shows: hotspots (q ≤ 0.05) and the 90 % fringe attached to one.

    A site at q ≤ 0.10 alone is never shown: otherwise a map of pure noise would show
    something in up to 10 % of runs. With the core required, anything at all is shown
    exactly when some q ≤ 0.05, which Benjamini–Hochberg holds to 5 % of noise.
    """
    candidates = q <= FRINGE_Q
    labels = components(candidates, around)
    cores = np.unique(labels[q <= CORE_Q])
    return candidates & np.isin(labels, cores)
