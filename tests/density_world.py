"""A city full of complaints, changed at random, and its cells held against counts by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import mapbox_vector_tile
from sqlalchemy import Connection, text

from geoapp.domain import density as rules
from geoapp.domain.access import Actor, Permission, reach
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import TileId
from geoapp.domain.work_filter import WorkFilter
from geoapp.errors import GeoappError
from geoapp.spatial import density
from geoapp.store import density as store
from geoapp.store.database import Role
from geoapp.usecases import tiles
from tests.asking import as_owner
from tests.casework import World
from tests.complaint_rows import CITY, ZONE
from tests.spatial.test_tiles import tile_of

SPREAD = text("""
    WITH dice AS MATERIALIZED (
        SELECT number, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e
        FROM generate_series(1, :number) AS number
    ),
    kelurahan AS (
        SELECT row_number() OVER (ORDER BY code) - 1 AS n, count(*) OVER () AS of, set_id, code,
               parent_code
        FROM geoapp.area WHERE city_code = '15.71'
    ),
    kind AS (
        SELECT row_number() OVER (ORDER BY service.code) - 1 AS n, count(*) OVER () AS of,
               service.code, service.group_code, version.agency_code
        FROM geoapp.service
        JOIN geoapp.service_version AS version
          ON version.city_code = service.city_code AND version.service_code = service.code
        WHERE service.city_code = '15.71'
          AND service.group_code IN ('road', 'waste', 'street_light', 'drainage')
    ),
    stored AS (
        INSERT INTO geoapp.complaint (
            city_code, ticket, channel, service_code, group_code, description, status,
            submitted_at, due_at, resolved_at, closed_at, location_kind, geom, public_geom,
            shown_within_m, kelurahan_set, kelurahan_code, kecamatan_code, public_kelurahan_code,
            public_kecamatan_code, agency_code, assignment_method, confidential)
        SELECT '15.71', :prefix || number, 'import', kind.code, kind.group_code, 'Lubang',
               (ARRAY['submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened',
                      'resolved', 'closed', 'rejected', 'out_of_authority', 'duplicate'])
                   [1 + floor(11 * a)],
               cast(:now AS timestamptz) - 200 * b * interval '1 day',
               cast(:now AS timestamptz) + (2 * c - 1) * interval '1 day'
                   * CASE WHEN number % 2 = 0 THEN 4 ELSE 0.02 END,
               CASE WHEN floor(11 * a) IN (6, 7)
                    THEN cast(:now AS timestamptz) - 4 * d * interval '1 day' END,
               NULL, 'point', place, shown, CASE WHEN number % 3 = 0 THEN 250 ELSE 0 END,
               here.set_id, here.code, here.parent_code,
               CASE WHEN number % 3 = 0 THEN near.code ELSE here.code END,
               CASE WHEN number % 3 = 0 THEN near.parent_code ELSE here.parent_code END,
               kind.agency_code, 'covers', number % 9 = 0
        FROM dice
        JOIN kind ON kind.n = floor(e * kind.of)
        JOIN kelurahan AS here ON here.n = floor(d * here.of)
        JOIN kelurahan AS near ON near.n = (here.n + 1) % here.of
        CROSS JOIN LATERAL (SELECT
            ST_SetSRID(ST_MakePoint(103.56 + 0.1 * a, -1.66 + 0.1 * c * c), 4326) AS place,
            ST_SetSRID(ST_MakePoint(
                103.56 + 0.1 * a + CASE WHEN number % 3 = 0 THEN 0.002 ELSE 0 END,
                -1.66 + 0.1 * c * c), 4326) AS shown) AS placed
        RETURNING city_code, id, ticket
    )
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, actor)
    SELECT city_code, id, ticket, 'submitted', 'submitted', 'system' FROM stored
""")

OPEN = ("submitted", "verified", "assigned", "in_progress", "on_hold", "reopened")
RUNS = ("submitted", "verified", "assigned", "in_progress", "reopened")


@dataclass
class Asked:
    """A question twice: as the API's arguments and as conditions written by hand."""

    args: dict[str, str]
    conditions: list[str]
    values: dict[str, Any]


def spread(world: World, number: int, now: datetime, prefix: str = "SPR-") -> None:
    """Store *number* complaints of every sort, with the event each begins with."""
    with as_owner(world.database) as owner:
        owner.execute(SPREAD, {"number": number, "now": now, "prefix": prefix})


def codes(world: World, column: str) -> list[str]:
    """Every value that complaints have in *column*."""
    with as_owner(world.database) as owner:
        found = owner.execute(
            text(f"SELECT DISTINCT {column} FROM geoapp.complaint WHERE {column} IS NOT NULL")
        ).scalars()
        return sorted(found)


def random_question(dice: random.Random, world: World, now: datetime) -> Asked:
    """A question that cells can answer."""
    asked = Asked({}, [], {"now": now})

    def choose(field: str, column: str, chance: float) -> None:
        if dice.random() < chance:
            known = codes(world, column)
            wanted = dice.sample(known, min(len(known), dice.randint(1, 3)))
            asked.args[field] = ",".join(wanted)
            asked.conditions.append(f"{column} = ANY (:{field})")
            asked.values[field] = wanted

    choose("group", "group_code", 0.4)
    choose("kelurahan", "kelurahan_code", 0.2)
    choose("kecamatan", "kecamatan_code", 0.2)
    choose("agency", "agency_code", 0.3)
    status = dice.choice(
        ("all", "open", "done", "current", "closed", "verified,on_hold", "resolved,current")
    )
    asked.args["status"] = status
    by_name = {
        "open": "status = ANY (:open)",
        "done": "status IN ('resolved', 'closed')",
        "current": "(status = ANY (:open) OR (status IN ('resolved', 'closed') AND"
        " coalesce(resolved_at, closed_at) >= :two_days_ago))",
        "closed": "status = 'closed'",
        "verified,on_hold": "status IN ('verified', 'on_hold')",
        "resolved,current": "(status = 'resolved' OR status = ANY (:open) OR (status = 'closed' AND"
        " coalesce(resolved_at, closed_at) >= :two_days_ago))",
    }
    asked.values |= {"open": list(OPEN), "two_days_ago": now - timedelta(hours=48)}
    if status in by_name:
        asked.conditions.append(by_name[status])
    late = dice.choice((None, None, None, True, False))
    if late is not None:
        asked.args["overdue"] = "true" if late else "false"
        asked.conditions.append("" if late else "NOT ")
        asked.conditions[-1] += "(status = ANY (:runs) AND due_at < :now)"
    asked.values["runs"] = list(RUNS)
    if dice.random() < 0.5:
        since = now - timedelta(days=dice.randint(40, 190), seconds=dice.randint(0, 80_000))
        if dice.random() < 0.4:
            since = since.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        asked.args["since"] = since.isoformat()
        asked.conditions.append("submitted_at >= :since")
        asked.values["since"] = since
    if dice.random() < 0.3:
        until = now - timedelta(days=dice.randint(1, 12), seconds=dice.randint(0, 80_000))
        asked.args["until"] = until.isoformat()
        asked.conditions.append("submitted_at < :until")
        # the API's end is included, the database counts microseconds
        asked.values["until"] = until + timedelta(microseconds=1)
    return asked


def parsed(asked: Asked, now: datetime, actor: Actor | None) -> ComplaintFilter:
    """The question as the program reads it, of *actor* or of everybody."""
    if actor is None:
        return ComplaintFilter.parse(asked.args, now=now, timezone=ZONE)
    read = WorkFilter.read(asked.args, now=now, timezone=ZONE, me=actor.account_id)
    return replace(read, reach=reach(actor, Permission.READ))


def granted(actor: Actor | None) -> tuple[str, str, dict[str, Any]]:
    """What is counted by hand for *actor*: the source, a condition, its values."""
    if actor is None:
        return "geoapp.complaint_public", "true", {}
    grant = actor.grants[0]
    said, values = ["true"], {}
    if grant.agency_code is not None:
        said.append("agency_code = :grant_agency")
        values["grant_agency"] = grant.agency_code
    if grant.kelurahan:
        said.append("kelurahan_code = ANY (:grant_kelurahan)")
        values["grant_kelurahan"] = sorted(grant.kelurahan)
    return "geoapp.complaint", " AND ".join(said), values


def by_hand(
    connection: Connection, asked: Asked, tile: TileId, cell_zoom: int, actor: Actor | None
) -> dict[int, tuple[int, int]]:
    """Cell's Morton key → (count, overdue), counted from the complaints themselves."""
    source, said, values = granted(actor)
    first, last = tile.morton_range
    rows = connection.execute(
        text(
            f"SELECT tile18 >> {2 * (18 - cell_zoom)} AS key, count(*) AS n,"
            " count(*) FILTER (WHERE status = ANY (:runs) AND due_at < :now) AS late"
            f" FROM {source} WHERE city_code = '15.71' AND tile18 BETWEEN {first} AND {last}"
            f" AND location_kind = 'point' AND {said}"
            + "".join(f" AND {condition}" for condition in asked.conditions)
            + " GROUP BY key"
        ),
        asked.values | values,
    )
    return {row.key: (row.n, row.late) for row in rows}


def by_cells(
    connection: Connection, world: World, wanted: ComplaintFilter, tile: TileId
) -> tuple[dict[int, tuple[int, int]], int] | None:
    """The same from the cells, with the cells' zoom; None when they don't answer it."""
    asked = rules.plan(wanted, ZONE)
    moment = store.moment(connection, CITY)
    if asked is None:
        return None
    assert moment is not None
    reader = tiles.STAFF if isinstance(wanted, WorkFilter) else tiles.EVERYBODY
    found = density.cell_tile(
        connection,
        CITY,
        asked,
        tile,
        counted_for=moment,
        source=reader.complaints,
        cells=reader.cells,
    )
    assert found is not None
    if not found.body:
        assert found.total == 0
        return {}, tile.z
    layer = mapbox_vector_tile.decode(found.body, default_options={"y_coord_down": True})["cells"]
    side = layer["features"][0]["properties"].get("side", 64)
    zoom = tile.z + (4096 // side).bit_length() - 1
    cells = {}
    for feature in layer["features"]:
        x, y = feature["geometry"]["coordinates"]
        cell = TileId(
            zoom, tile.x * (4096 // side) + x // side, tile.y * (4096 // side) + y // side - 1
        )
        told = feature["properties"]
        cells[cell.morton_range[0] >> 2 * (18 - zoom)] = (told["count"], told["overdue"])
    assert sum(count for count, _ in cells.values()) == found.total
    return cells, zoom


def agree(world: World, dice: random.Random, now: datetime, actors: Iterable[Actor | None]) -> int:
    """Ask at random, everybody and staff; how many answers cells gave, all as by hand."""
    answered = 0
    for actor in actors:
        asked = random_question(dice, world, now)
        tile = tile_of(103.6, -1.64, dice.choice((9, 10, 11, 11, 12, 13, 14)))
        wanted = parsed(asked, now, actor)
        role = Role.VISITOR if actor is None else Role.STAFF
        account = None if actor is None else actor.account_id
        with world.database.transaction(role, CITY, account=account) as connection:
            told = by_cells(connection, world, wanted, tile)
        if told is None:
            continue
        cells, zoom = told
        with as_owner(world.database) as owner:
            expected = by_hand(owner, asked, tile, zoom, actor)
        assert cells == expected, (asked.args, tile, actor)
        answered += 1
    return answered


def attempt(world: World, *arguments: Any, **fields: Any) -> bool:
    """Take a step if the complaint's state allows it."""
    try:
        world.act(*arguments, **fields)
    except GeoappError:
        return False
    return True
