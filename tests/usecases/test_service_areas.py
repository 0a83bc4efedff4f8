"""Service areas in a draft: stored when sound, refused by field, never overwritten unseen."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from geoapp.domain.service_area import Coverage, ServiceArea
from geoapp.domain.shape import Shape
from geoapp.errors import (
    BoundarySetNotStaged,
    ChangedMeanwhile,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
)
from geoapp.store.database import Role
from geoapp.usecases import cities, service_area_files
from geoapp.usecases import service_areas as use
from tests.asking import as_owner
from tests.people import hire
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


def test_a_draft_begins_as_a_copy_and_is_the_same_for_everybody(kept, city):
    first = use.draft(kept, city, "system")
    assert use.draft(kept, city, "system") == first
    active = use.standing(kept, city).active
    assert [held.area for held in use.areas(kept, city, first)] == [
        held.area for held in use.areas(kept, city, active.id)
    ]
    assert use.standing(kept, city).draft.made_from == active.id
    # boundaries/kota-jambi/service_areas.json
    assert {held.area.code for held in use.areas(kept, city, first)} == {
        "roads_city", "drainage_city", "street_lights_city", "waste_city"
    }  # fmt: skip


def test_two_that_begin_at_once_get_one_draft(kept, city):
    found, together = [], Barrier(4)

    def begin() -> None:
        together.wait()
        found.append(use.draft(kept, city, "system"))

    threads = [Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_what_is_put_is_what_is_there_to_the_last_bit(kept, city, drafted):
    area = polygon("sipin", Shape.parse("POLYGON((103.6100000000000012 -1.6,103.62 -1.6,103.62 -1.59,103.6100000000000012 -1.6))"))  # fmt: skip
    assert use.put(kept, city, drafted, area, "system", seen="") == area
    assert use.one(kept, city, drafted, "sipin") == area
    wkb = row(kept, "SELECT ST_AsBinary(geom) AS g FROM geoapp.service_area WHERE code = 'sipin'").g
    assert Shape.from_wkb(wkb) == area.geometry


def test_the_hash_of_a_draft_tells_its_content(kept, city, drafted):
    def sha() -> str:
        return use.standing(kept, city).draft.sha256

    before = sha()
    use.put(kept, city, drafted, polygon("a", square(103.6, -1.6)), "system")
    with_a = sha()
    assert with_a != before
    use.put(kept, city, drafted, polygon("a", square(103.6, -1.6)), "system")
    assert sha() == with_a
    use.put(kept, city, drafted, polygon("a", square(103.6, -1.6), priority=51), "system")
    assert sha() not in {before, with_a}
    use.remove(kept, city, drafted, "a", "system")
    assert sha() == before
    quality = row(kept, "SELECT quality FROM geoapp.boundary_set WHERE id = :i", i=drafted).quality
    assert quality["area_count"] == 4


BAD = {
    "code": (ServiceArea(code="no spaces", name="X"), "code"),
    "empty code": (ServiceArea(code="", name="X"), "code"),
    "name": (ServiceArea(code="a", name=" "), "name"),
    "long name": (ServiceArea(code="a", name="x" * 121), "name"),
    "agency": (ServiceArea(code="a", name="X", agency_code="nobody"), "agency"),
    "group": (ServiceArea(code="a", name="X", group_code="nothing"), "group"),
    "service": (ServiceArea(code="a", name="X", service_code="nothing"), "service"),
    "service of another group": (
        ServiceArea(code="a", name="X", service_code="pothole", group_code="waste"),
        "service",
    ),
    "priority below": (ServiceArea(code="a", name="X", priority=-1), "priority"),
    "priority above": (ServiceArea(code="a", name="X", priority=1001), "priority"),
    "no kelurahan": (ServiceArea(code="a", name="X", coverage=Coverage.AREAS), "area_codes"),
    "unknown kelurahan": (
        ServiceArea(code="a", name="X", coverage=Coverage.AREAS, area_codes=(SIPIN, "15.71.99")),
        "area_codes",
    ),
    "kelurahan of the whole city": (
        ServiceArea(code="a", name="X", area_codes=(SIPIN,)),
        "area_codes",
    ),
    "no polygon": (ServiceArea(code="a", name="X", coverage=Coverage.POLYGON), "geometry"),
    "polygon of the whole city": (
        ServiceArea(code="a", name="X", geometry=square(103.6, -1.6)),
        "geometry",
    ),
    "bow-tie": (
        polygon("a", Shape.parse("POLYGON((103.6 -1.6,103.62 -1.58,103.62 -1.6,103.6 -1.58,103.6 -1.6))")),
        "geometry",
    ),
    "no surface": (polygon("a", Shape.parse("POLYGON((103.6 -1.6,103.61 -1.6,103.62 -1.6))")), "geometry"),
    "hole outside": (
        polygon("a", Shape.parse("POLYGON((103.6 -1.6,103.61 -1.6,103.61 -1.59,103.6 -1.6),(103.7 -1.7,103.71 -1.7,103.71 -1.69,103.7 -1.7))")),
        "geometry",
    ),
    "another continent": (polygon("a", square(4.8, 52.3)), "geometry"),
    "axes swapped": (polygon("a", square(-1.6, 83.6)), "geometry"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_fault_names_its_field_and_nothing_is_stored(kept, city, drafted, name):
    area, field = BAD[name]
    before = use.areas(kept, city, drafted)
    with pytest.raises(InvalidInput) as refused:
        use.put(kept, city, drafted, area, "system")
    assert [fault.field for fault in refused.value.fields] == [field]
    assert refused.value.remedy
    assert use.areas(kept, city, drafted) == before


def test_a_line_that_crosses_itself_is_named_where_it_does(kept, city, drafted):
    with pytest.raises(InvalidInput) as refused:
        use.put(kept, city, drafted, BAD["bow-tie"][0], "system")
    # the diagonals of a square of 0.02 degrees meet in its middle
    assert refused.value.fields[0].value == "103.610000, -1.590000"


def test_a_kecamatan_stands_for_its_kelurahan(kept, city, drafted):
    area = ServiceArea(
        code="a", name="X", coverage=Coverage.AREAS, area_codes=("15.71.01", SIPIN, ARAB_MELAYU)
    )
    stored = use.put(kept, city, drafted, area, "system")
    inside = row(kept, "SELECT count(*) AS n FROM geoapp.area WHERE parent_code = '15.71.01'").n
    assert len(stored.area_codes) == inside + 1
    assert use.one(kept, city, drafted, "a").area_codes == stored.area_codes


def test_the_second_of_two_is_told_and_overwrites_nothing(kept, city, drafted):
    area = use.put(kept, city, drafted, polygon("a", square(103.6, -1.6)), "system", seen="")
    seen = area.revision
    admin = hire(kept, "city_admin", name="Rina")
    use.put(kept, city, drafted, replace(area, priority=10), admin, seen=seen)
    with pytest.raises(ChangedMeanwhile, match="Rina"):
        use.put(kept, city, drafted, replace(area, name="Lain"), "system", seen=seen)
    with pytest.raises(ChangedMeanwhile):
        use.remove(kept, city, drafted, "a", "system", seen=seen)
    with pytest.raises(ChangedMeanwhile):
        use.put(kept, city, drafted, replace(area, name="Lain"), "system", seen="")
    assert use.one(kept, city, drafted, "a") == replace(area, priority=10)
    # another rule of the same draft is nobody's clash
    use.put(kept, city, drafted, polygon("b", square(103.62, -1.6)), "system", seen="")
    use.remove(kept, city, drafted, "a", "system", seen=replace(area, priority=10).revision)
    with pytest.raises(ChangedMeanwhile):
        use.put(kept, city, drafted, area, "system", seen=seen)
    with pytest.raises(NotFound):
        use.remove(kept, city, drafted, "a", "system")


def test_of_two_at_the_same_moment_one_is_told(kept, city, drafted):
    area = use.put(kept, city, drafted, polygon("a", square(103.6, -1.6)), "system")
    told, together = [], Barrier(2)

    def change(priority: int) -> None:
        together.wait()
        try:
            use.put(
                kept, city, drafted, replace(area, priority=priority), "system", seen=area.revision
            )
            told.append("stored")
        except ChangedMeanwhile:
            told.append("told")

    threads = [Thread(target=change, args=(priority,)) for priority in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["stored", "told"]


def test_only_a_staged_set_of_service_areas_changes(kept, city, drafted):
    active = use.standing(kept, city).active
    area = polygon("a", square(103.6, -1.6))
    with pytest.raises(BoundarySetNotStaged):
        use.put(kept, city, active.id, area, "system")
    with pytest.raises(BoundarySetNotStaged):
        use.remove(kept, city, active.id, "roads_city", "system")
    kelurahan = row(kept, "SELECT id FROM geoapp.boundary_set WHERE layer = 'kelurahan'").id
    for unknown in (kelurahan, 10**9):
        with pytest.raises(NotFound):
            use.put(kept, city, unknown, area, "system")


def test_a_draft_that_is_being_put_in_force_does_not_change(kept, city, drafted):
    with kept.transaction(Role.WORKER, "15.71") as connection:
        connection.execute(
            text(
                "INSERT INTO geoapp.activation (city_code, set_id, valid_from, started_by)"
                " VALUES ('15.71', :set, '2026-11-22', 'system')"
            ),
            {"set": drafted},
        )
    assert use.standing(kept, city).draft.held
    with pytest.raises(Conflict, match="put in force"):
        use.put(kept, city, drafted, polygon("a", square(103.6, -1.6)), "system")
    with pytest.raises(Conflict, match="put in force"):
        use.draft(kept, city, "system")


def test_only_administrators_change_and_it_is_written_down(kept, city, drafted):
    area = polygon("a", square(103.6, -1.6))
    operator = hire(kept, "operator")
    for ask in (
        lambda: use.put(kept, city, drafted, area, operator),
        lambda: use.remove(kept, city, drafted, "roads_city", operator),
        lambda: use.draft(kept, city, operator),
        lambda: use.areas(kept, city, drafted, operator),
        lambda: use.acting(kept, city, drafted, "pothole", operator),
    ):
        with pytest.raises(Forbidden):
            ask()
    admin = hire(kept, "city_admin")
    use.put(kept, city, drafted, area, admin)
    use.put(kept, city, drafted, replace(area, priority=60), admin)
    use.put(kept, city, drafted, replace(area, priority=60), admin)  # changes nothing
    use.remove(kept, city, drafted, "a", "system")
    with as_owner(kept) as connection:
        events = connection.execute(
            text("SELECT actor, kind, subject, data FROM geoapp.admin_event ORDER BY id")
        ).all()
    assert [(one.actor, one.kind, one.subject) for one in events] == [
        (admin.label, "service_areas.changed", "a"),
        (admin.label, "service_areas.changed", "a"),
        ("system", "service_areas.changed", "a"),
    ]
    assert events[1].data["changes"] == {"priority": [50, 60]}


def test_what_is_exported_is_read_back_unchanged(kept, city, drafted):
    use.put(kept, city, drafted, polygon("a", square(103.6, -1.6)), "system")
    use.put(
        kept, city, drafted,
        ServiceArea(code="b", name="B", coverage=Coverage.AREAS, area_codes=(SIPIN,)), "system",
    )  # fmt: skip
    written = json.loads(json.dumps(service_area_files.geojson(kept, city, drafted)))
    held = [each.area for each in use.areas(kept, city, drafted)]
    assert service_area_files.from_features(written) == held
    assert use.put_all(kept, city, drafted, held, "system") == held


def test_of_several_one_fault_keeps_all_out_and_is_named_by_code(kept, city, drafted):
    before = use.areas(kept, city, drafted)
    with pytest.raises(InvalidInput) as refused:
        use.put_all(
            kept, city, drafted,
            [polygon("a", square(103.6, -1.6)), polygon("b", square(103.6, -1.6), agency_code="x")],
            "system",
        )  # fmt: skip
    assert [fault.field for fault in refused.value.fields] == ["b.agency"]
    assert use.areas(kept, city, drafted) == before


def test_a_city_without_kelurahan_or_rules_has_an_empty_draft(kept, city):
    with as_owner(kept) as connection:
        connection.execute(
            text("UPDATE geoapp.boundary_set SET status = 'retired', valid_to = '2026-01-01'")
        )
    try:
        drafted = use.draft(kept, city, "system")
        assert use.areas(kept, city, drafted) == []
        use.put(kept, city, drafted, ServiceArea(code="all", name="All"), "system")
        assert use.acting(kept, city, drafted, "pothole") == []
        assert use.neighbours(kept, city, drafted)["features"] == []
    finally:
        with as_owner(kept) as connection:
            connection.execute(
                text(
                    "UPDATE geoapp.boundary_set SET status = 'active', valid_to = NULL"
                    " WHERE status = 'retired'"
                )
            )
