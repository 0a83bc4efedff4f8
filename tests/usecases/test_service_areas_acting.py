"""Once in force, the agency of any point is what its polygons and priorities say: asked of shapely."""

from __future__ import annotations

import random
from datetime import date

import pytest
import shapely
from sqlalchemy import text

from geoapp.domain.service_area import Coverage, ServiceArea
from geoapp.domain.shape import Shape
from geoapp.store.database import Role
from geoapp.usecases import activation, cities
from geoapp.usecases import service_areas as use
from tests.asking import as_owner
from tests.service_area_world import default_city
from tests.usecases.areas_reference import Rule, acting_agency

SERVICES = {
    "pothole": "road",
    "road_damaged": "road",
    "drain_blocked": "drainage",
    "waste_pile": "waste",
    "tree_fallen": "tree",
}
AGENCIES = ("dlh", "pupr_bina_marga", "pupr_sda", "perkim_lpju", None)


@pytest.fixture(scope="module")
def world(cluster, jambi_template):
    with default_city(cluster, jambi_template) as database:
        yield database


def a_polygon(dice, land):
    """A triangle to a heptagon somewhere in the city, often with a kelurahan's own corner in it."""
    corners = [corner for area in land.values() for corner in area.geoms[0].exterior.coords]
    middle = shapely.Point(dice.choice(corners))
    cloud = [
        (middle.x + dice.uniform(-0.03, 0.03), middle.y + dice.uniform(-0.03, 0.03))
        for _ in range(dice.randint(3, 7))
    ]
    hull = shapely.MultiPoint([*cloud, middle, *dice.sample(corners, 2)]).convex_hull
    if dice.random() < 0.3:  # a hole
        hull = hull.difference(shapely.box(middle.x, middle.y, middle.x + 0.004, middle.y + 0.004))
    return hull if hull.geom_type == "Polygon" else max(hull.geoms, key=lambda one: one.area)


def rules_of(dice, land):
    found = []
    for number in range(14):
        service = dice.choice([None, None, *SERVICES])
        group = (
            dice.choice([None, SERVICES[service]])
            if service
            else dice.choice([None, "road", "drainage", "waste"])
        )
        coverage = dice.choice(list(Coverage))
        polygon = a_polygon(dice, land)
        found.append(
            ServiceArea(
                code=dice.choice("aZ_b0")[0].replace("_", "c") + f"{dice.randint(10, 99)}_{number}",
                name=f"Rule {number}",
                agency_code=dice.choice(AGENCIES),
                group_code=group,
                service_code=service,
                priority=dice.choice([10, 10, 20, 30]) if coverage is not Coverage.CITY else 40,
                coverage=coverage,
                area_codes=tuple(sorted(dice.sample(sorted(land), 9)))
                if coverage is Coverage.AREAS
                else (),
                geometry=Shape.from_geojson(shapely.geometry.mapping(polygon))
                if coverage is Coverage.POLYGON
                else None,
            )
        )
    return found


def kelurahan(database):
    with as_owner(database) as connection:
        rows = connection.execute(
            text(
                "SELECT area.code, ST_AsBinary(area.geom) AS wkb FROM geoapp.area"
                " JOIN geoapp.boundary_set AS sets ON sets.id = area.set_id"
                " WHERE sets.status = 'active'"
            )
        ).all()
    return {row.code: shapely.from_wkb(bytes(row.wkb)) for row in rows}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_points_agency_is_what_polygons_and_priorities_say(world, seed):
    dice = random.Random(seed)
    city = cities.find(world, "15.71")
    land = kelurahan(world)
    rules = rules_of(dice, land)
    draft = use.draft(world, city, "system")
    for held in use.areas(world, city, draft):
        use.remove(world, city, draft, held.area.code, "system")
    use.put_all(world, city, draft, rules, "system")
    activation.activate(world, city, draft, date(2026, 11, 1 + seed), by="system")
    assert use.standing(world, city).active.id == draft
    defaults = {
        service: cities.catalogue(world, city).services[service].agency_code for service in SERVICES
    }
    west, south, east, north = shapely.union_all(list(land.values())).bounds
    corners = [corner for rule in rules if rule.geometry for corner in rule.geometry.corners]
    points = [
        (dice.uniform(west, east), dice.uniform(south, north)) for _ in range(150)
    ] + dice.sample(corners, min(40, len(corners)))
    reference = [Rule.of(rule) for rule in rules]
    asked, wrong = 0, []
    with world.transaction(Role.INTAKE, "15.71") as connection:
        for lon, lat in points:
            for service, group in SERVICES.items():
                got = connection.execute(
                    text(
                        "SELECT kelurahan_code, agency_code, service_area_code, method"
                        " FROM geoapp.decide('15.71', :service,"
                        " ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), NULL, NULL, now())"
                    ),
                    {"service": service, "lon": lon, "lat": lat},
                ).one()
                if got.method == "nearest":
                    continue  # within 50 m of the city's edge: the kelurahan is another test's
                covering = sorted(
                    code for code, area in land.items() if area.covers(shapely.Point(lon, lat))
                )
                expected = acting_agency(
                    reference, lon, lat, covering[0] if covering else None, service, group
                )
                asked += 1
                if (got.agency_code, got.service_area_code) != (
                    expected.agency or defaults[service], expected.code
                ):  # fmt: skip
                    wrong.append((lon, lat, service, got, expected))
    assert asked > 700
    assert wrong == []
