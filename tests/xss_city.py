"""A default city whose own data is hostile: every name that the city gives, as its owner wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import Connection, text

from geoapp.embedded import Cluster
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.roads import beside, draw_roads
from tests.support import JELUTUNG
from tests.xss_texts import Texts, texts

_ROWS = {
    "area": text("SELECT set_id, code FROM geoapp.area ORDER BY code"),
    "parent": text("SELECT DISTINCT parent_code FROM geoapp.area ORDER BY 1"),
    "agency": text("SELECT agency_code FROM geoapp.agency_version ORDER BY 1"),
    "service": text("SELECT service_code FROM geoapp.service_version ORDER BY 1"),
    "group": text("SELECT code FROM geoapp.service_group ORDER BY 1"),
    "rule": text("SELECT code FROM geoapp.service_area ORDER BY 1"),
}
_NAMES: dict[str, tuple[str, str]] = {
    # field: whose rows, and how one is named
    "area": ("area", "UPDATE geoapp.area SET name = :text WHERE code = :code"),
    "parent": ("parent", "UPDATE geoapp.area SET parent_name = :text WHERE parent_code = :code"),
    "agency": ("agency", "UPDATE geoapp.agency_version SET name = :text WHERE agency_code = :code"),
    "agencyen": (
        "agency", "UPDATE geoapp.agency_version SET name_en = :text WHERE agency_code = :code"
    ),
    "short": (
        "agency", "UPDATE geoapp.agency_version SET short_name = :text WHERE agency_code = :code"
    ),
    "unit": ("agency", "UPDATE geoapp.agency_version SET unit = :text WHERE agency_code = :code"),
    "service": (
        "service", "UPDATE geoapp.service_version SET name = :text WHERE service_code = :code"
    ),
    "serviceen": (
        "service", "UPDATE geoapp.service_version SET name_en = :text WHERE service_code = :code"
    ),
    "group": ("group", "UPDATE geoapp.service_group SET name = :text WHERE code = :code"),
    "groupen": ("group", "UPDATE geoapp.service_group SET name_en = :text WHERE code = :code"),
    "rule": ("rule", "UPDATE geoapp.service_area SET name = :text WHERE code = :code"),
}  # fmt: skip
_SET = text("""
    INSERT INTO geoapp.boundary_set (city_code, layer, version, source, licence, sha256, status)
    VALUES ('15.71', 'kelurahan', :version, :source, :licence, repeat('0', 64), 'staged')
""")
_IN_FORCE = text("""
    UPDATE geoapp.boundary_set
    SET version = :version, source = :source, licence = :licence, approximate = false
    WHERE layer = 'kelurahan' AND status = 'active'
""")
_HOLIDAY = text("""
    INSERT INTO geoapp.holiday (city_code, day, name, kind)
    VALUES ('15.71', :day, :name, 'local')
    ON CONFLICT (city_code, day) DO UPDATE SET name = excluded.name
""")
_REQUEST = text("""
    INSERT INTO geoapp.privacy_request (city_code, kind, actor, reason, data)
    VALUES ('15.71', 'export', 'system', :reason, '{"tickets": [], "ticket": "JBI-2222-2222"}')
""")
CITY = text("UPDATE geoapp.city SET name = :text, name_en = :text WHERE code = '15.71'")
ROADS = 2
"""Those that are offered for what lies beside them."""


@contextmanager
def hostile_template(cluster: Cluster, template: str, found: Texts) -> Iterator[str]:
    """Name of a database like *template*, whose names are all hostile; *found* knows them."""
    name = clone(cluster, template)
    database = Database(cluster.url("geoapp_app", name))
    with as_owner(database) as owner:
        for field, (whose, statement) in _NAMES.items():
            codes = [row[-1] for row in owner.execute(_ROWS[whose])]
            for code, value in zip(codes, found.spread(field, len(codes)), strict=True):
                owner.execute(text(statement), {"code": code, "text": value.text})
        _sets(owner, found)
        _days(owner, found)
        for reason in found.cut("request", 300):
            owner.execute(_REQUEST, {"reason": reason.text})
        # Shown on nearly every page: a few at a time here, all of them in a test of its own.
        del found.spread("city", 60)[1:]
        owner.execute(CITY, {"text": found.fields["city"][0].text})
    draw_roads(
        database,
        [
            beside(JELUTUNG, 6 + 12 * n, f"n-{n:03}", "nation", name=value.text, ref=value.text)
            for n, value in enumerate(found.spread("road", ROADS))
        ],
    )
    database.dispose()
    yield name
    drop(cluster, name)


def _sets(owner: Connection, found: Texts) -> None:
    fields = ("version", "source", "licence")
    columns = [texts(found.spread(f"map{name}", 12)) for name in fields]
    for n, row in enumerate(zip(*columns, strict=True)):
        owner.execute(_IN_FORCE if n == 0 else _SET, dict(zip(fields, row, strict=True)))


def _days(owner: Connection, found: Texts) -> None:
    first = date(owner.execute(text("SELECT extract(year FROM now())::int")).scalar_one(), 1, 1)
    for n, value in enumerate(found.spread("holiday", 60)):
        owner.execute(_HOLIDAY, {"day": first + timedelta(days=6 * n), "name": value.text})
