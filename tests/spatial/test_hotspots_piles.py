"""Default points are told from honest hotspots: the rule alone, on piles made by hand."""

from __future__ import annotations

import pytest

from geoapp.domain.hotspot import Pile, confidence_label, is_default_point


def pile(**changes) -> Pile:
    """A default point of 60 among 800 complaints of nine groups in a year, changed."""
    values = {
        "count": 60,
        "others": 45,
        "groups": 8,
        "same_day": 1 / 250,
        "city_count": 800,
        "city_others": 640,
        "city_groups": 9,
        "city_same_day": 1 / 250,
    }
    return Pile(**{**values, **changes})


def test_many_of_everything_all_year_on_one_coordinate_is_a_default_point():
    assert is_default_point(pile())


def test_fifteen_reports_of_one_junction_box_in_ten_days_are_not():
    # All one group; 5 pairs of days with 2 each: 5 of 105 pairs share their day.
    assert not is_default_point(pile(count=15, others=0, groups=1, same_day=5 / 105))


def test_a_lamp_reported_all_year_with_a_few_strays_is_not():
    assert not is_default_point(pile(count=60, others=5, groups=4))


def test_a_storm_on_one_crossing_is_not():
    # 30 reports of five groups within three days: a third of the pairs share their day.
    assert not is_default_point(pile(count=30, others=20, groups=5, same_day=1 / 3))


def test_a_busy_place_of_a_large_city_is_not():
    # A mixed place (the crossing by the market) that holds half a percent of the city.
    assert not is_default_point(pile(count=600, others=400, city_count=120_000, city_others=90_000))


def test_an_accidental_same_day_pair_makes_no_burst_of_a_small_default():
    # One pair among the 190 of twenty; 0.76 are expected.
    assert is_default_point(pile(count=20, others=14, same_day=1 / 190))


@pytest.mark.parametrize(("count", "answer"), [(30, True), (20, False)])
def test_where_there_is_one_group_only_time_and_size_decide(count, answer):
    alone = {"others": 0, "groups": 1, "city_others": 0, "city_groups": 1}
    assert is_default_point(pile(count=count, city_count=800, **alone)) is answer
    assert not is_default_point(pile(count=count, city_count=800, same_day=0.3, **alone))


@pytest.mark.parametrize(
    ("q", "label"),
    [(0.0, 99), (0.01, 99), (0.0101, 95), (0.05, 95), (0.0501, 90), (0.1, 90), (0.1001, None)],
)
def test_labels_follow_the_false_discovery_rate(q, label):
    assert confidence_label(q) == label
