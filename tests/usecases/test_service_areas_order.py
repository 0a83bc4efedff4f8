"""Which rule acts where: the order of the list, the cut kelurahan, and what only the code decides."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from sqlalchemy import text

from geoapp.domain.boundary import Layer
from geoapp.domain.service_area import Coverage, ServiceArea, in_order
from geoapp.domain.shape import Shape
from geoapp.store import boundaries as boundary_store
from geoapp.store import service_areas as store
from geoapp.store.database import Role
from geoapp.usecases import cities
from geoapp.usecases import service_areas as use
from tests.asking import as_owner
from tests.service_area_world import (
    ARAB_MELAYU,
    SIPIN,
    default_city,
    polygon,
    row,
    square,
    without_drafts,
)


@pytest.fixture(scope="module")
def module_city(cluster, jambi_template):
    with default_city(cluster, jambi_template) as database:
        yield database


@pytest.fixture
def kept(module_city):
    without_drafts(module_city)
    return module_city


@pytest.fixture
def city(kept):
    return cities.find(kept, "15.71")


@pytest.fixture
def drafted(kept, city):
    return use.draft(kept, city, "system")


# The order of the rules, by hand from the words of docs/boundaries.md: priority, then a service
# of its own, then a group of its own, then the code in the order of its bytes.
ORDER = [
    ServiceArea(code="z", name="x", agency_code="dlh", priority=1),
    ServiceArea(code="s", name="x", agency_code="dlh", priority=5, service_code="pothole"),
    ServiceArea(code="B", name="x", agency_code="dlh", priority=5, group_code="road"),
    ServiceArea(code="a", name="x", agency_code="dlh", priority=5, group_code="road"),
    ServiceArea(code="0", name="x", agency_code="dlh", priority=5),
    ServiceArea(code="9", name="x", agency_code="dlh", priority=5),
    ServiceArea(code="_first", name="x", agency_code="dlh", priority=100, group_code="road"),
]


def test_the_list_is_in_the_order_the_database_tries(kept, city):
    with kept.transaction(Role.WORKER, "15.71") as connection:
        made = boundary_store.add_set(
            connection, "15.71", Layer.SERVICE_AREA, version="o", source="", licence="",
            sha256="0" * 64, approximate=False, quality={},
        )  # fmt: skip
        store.put(connection, "15.71", made, list(reversed(ORDER)))
    assert [held.area for held in use.areas(kept, city, made)] == ORDER == in_order(ORDER[::-1])
    for left in range(len(ORDER)):
        # what the deciding function takes is the first that is left
        with as_owner(kept) as connection:
            taken = connection.execute(
                text(
                    "SELECT code FROM geoapp.acting_area('15.71', :set, 'pothole', 'road', :k,"
                    " true, ST_SetSRID(ST_MakePoint(103.6105, -1.6125), 4326))"
                ),
                {"set": made, "k": ARAB_MELAYU},
            ).scalar_one()
        assert taken == ORDER[left].code
        use.remove(kept, city, made, taken, "system")


def test_who_acts_where_cuts_a_kelurahan_along_a_polygon(kept, city, drafted):
    land = {
        feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
        for feature in use.neighbours(kept, city, drafted)["features"]
    }
    west, south, east, north = land[ARAB_MELAYU].bounds
    half = shapely.box(west - 0.001, south - 0.001, (west + east) / 2, north + 0.001)
    use.put(
        kept, city, drafted,
        polygon("half", Shape.from_geojson(shapely.geometry.mapping(half))), "system",
    )  # fmt: skip
    parts = use.acting(kept, city, drafted, "pothole")
    assert {part.kelurahan_code for part in parts} == set(land)
    whole = land[ARAB_MELAYU].area
    shares = {part.rule_code: part.m2 for part in parts if part.kelurahan_code == ARAB_MELAYU}
    assert set(shares) == {"half", "roads_city"}
    # Shares of the surface agree with plane geometry: the earth bends little within 3 km.
    assert shares["half"] / sum(shares.values()) == pytest.approx(
        land[ARAB_MELAYU].intersection(half).area / whole, abs=1e-4
    )
    untouched = [part for part in parts if not land[part.kelurahan_code].intersects(half)]
    assert {part.rule_code for part in untouched} == {"roads_city"}
    # a service that no rule speaks of goes to its own agency
    assert {part.rule_code for part in use.acting(kept, city, drafted, "tree_fallen")} == {None}


def test_equal_rank_on_the_same_ground_is_told_with_its_size(kept, city, drafted):
    side = 0.01
    use.put(kept, city, drafted, polygon("a", square(103.60, -1.60, side)), "system")
    use.put(kept, city, drafted, polygon("b", square(103.605, -1.60, side)), "system")
    use.put(kept, city, drafted, polygon("beside", square(103.615, -1.60, side)), "system")
    use.put(kept, city, drafted, polygon("later", square(103.6, -1.6, side), priority=60), "system")
    use.put(
        kept, city, drafted,
        polygon("other", square(103.6, -1.6, side), group_code="waste"), "system",
    )  # fmt: skip
    found = use.clashes(kept, city, drafted)
    assert [(one.first_code, one.second_code) for one in found] == [("a", "b")]
    # 0.005 by 0.01 degrees at the equator: 556.6 m by 1105.7 m on WGS 84
    assert found[0].m2 == pytest.approx(556.6 * 1105.7, rel=0.002)
    whole = [ServiceArea(code=code, name="x", group_code="water") for code in ("p", "q")]
    use.put_all(kept, city, drafted, whole, "system")
    largest = use.clashes(kept, city, drafted)[0]
    assert (largest.first_code, largest.m2) == ("p", None)
    same = [
        ServiceArea(code=code, name="x", group_code="tree", coverage=Coverage.AREAS,
                    area_codes=(SIPIN, other))
        for code, other in (("t", ARAB_MELAYU), ("u", "15.71.01.1002"))
    ]  # fmt: skip
    use.put_all(kept, city, drafted, same, "system")
    shared = next(one for one in use.clashes(kept, city, drafted) if one.first_code == "t")
    size = row(
        kept, "SELECT ST_Area(geom::geography) AS m2 FROM geoapp.area WHERE code = :c", c=SIPIN
    ).m2
    assert shared.m2 == pytest.approx(size)


def test_validity_of_a_date_is_not_for_drafts(kept, city, drafted):
    assert use.standing(kept, city).draft.valid_from is None
    assert use.standing(kept, city).active.valid_from == date(2018, 1, 1)
