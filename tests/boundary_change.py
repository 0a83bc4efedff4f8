"""Kota Jambi before and after January 2023: 62 kelurahan, then 68, from the real file.

The six units of 2023 are those with the newest codes of their kecamatan. The old set is made
by merging each back into the old unit it shares the longest border with. That isn't its whole
history (Aur Kenali came from Kenali Besar *and* Penyengat Rendah), but a change of the same
kind and size, across kecamatan lines too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely import unary_union
from shapely.geometry import mapping, shape
from sqlalchemy import Connection, text

NEW = (
    "15.71.01.1012",  # Aur Kenali
    "15.71.07.1011",  # Talang Gulo
    "15.71.07.1012",  # Kenali Asam
    "15.71.09.1006",  # Simpang Rimbo
    "15.71.09.1007",  # Pinang Merah
    "15.71.11.1006",  # Bakung Jaya
)
_HAIR = 2e-4  # degrees, some 20 m: real borders have gaps between them


def merged_back(real: Path, old: Path) -> dict[str, str]:
    """Write the 62 units to *old*, made from the 68 of *real*; new code → unit it went to."""
    document = json.loads(real.read_text(encoding="utf-8"))
    features = {one["properties"]["code"]: one for one in document["features"]}
    shapes = {code: shape(one["geometry"]).buffer(0) for code, one in features.items()}
    parents = {}
    for code in NEW:
        rim = shapes[code].boundary.buffer(_HAIR)
        parents[code] = max(
            (other for other in shapes if other not in NEW),
            key=lambda other: shapes[other].boundary.intersection(rim).length,
        )
    for parent in set(parents.values()):
        parts = [shapes[parent], *(shapes[code] for code in NEW if parents[code] == parent)]
        features[parent]["geometry"] = mapping(unary_union(parts))
    document["features"] = [one for code, one in features.items() if code not in NEW]
    old.write_text(json.dumps(document), encoding="utf-8")
    return parents


_EXPECTED = text("""
    -- Whole polygons and nothing else: no pieces, no functions of the program.
    CREATE TEMPORARY TABLE expected_{name} ON COMMIT PRESERVE ROWS AS
    WITH covered AS (
        SELECT complaint.id, min(area.code COLLATE "C") AS code
        FROM geoapp.area
        JOIN geoapp.complaint ON ST_Covers(area.geom, complaint.{point})
        WHERE area.set_id = {set_id}
        GROUP BY complaint.id
    ), near AS (
        SELECT DISTINCT ON (complaint.id) complaint.id, area.code
        FROM geoapp.complaint
        JOIN geoapp.area ON area.set_id = {set_id}
        JOIN geoapp.city ON city.code = area.city_code
        CROSS JOIN LATERAL (
            SELECT ST_Distance(ST_Transform(area.geom, city.metric_srid),
                               ST_Transform(complaint.{point}, city.metric_srid)) AS metres
        ) AS away
        WHERE NOT EXISTS (SELECT FROM covered WHERE covered.id = complaint.id)
          AND complaint.geom IS NOT NULL
          AND ST_DWithin(area.geom, complaint.{point}, 0.001) AND away.metres <= 50
        ORDER BY complaint.id, round(away.metres::numeric, 3), area.code COLLATE "C"
    )
    SELECT found.id, found.code, area.parent_code
    FROM (SELECT * FROM covered UNION ALL SELECT * FROM near) AS found
    JOIN geoapp.area ON area.set_id = {set_id} AND area.code = found.code
""")


@dataclass(frozen=True)
class Answers:
    """How the stored answers compare with the independent join; all but *moved* must be 0."""

    moved: int
    wrong_now: int
    wrong_then: int
    wrong_public: int
    lost: int
    doubled: int
    uncalled: int
    """Decisions or events beyond one each for complaints that moved."""


def answers(owner: Connection, *, old: int, new: int, starts: str, acknowledged: int) -> Answers:
    """Ask every complaint's both answers of a join that shares nothing with the program.

    Args:
        owner: A connection as the tables' owner, in a transaction.
        old, new: The sets' ids; *starts*: first day of the new one.
        acknowledged: Complaints that there must be.
    """
    for name, set_id, point in (("then", old, "geom"), ("now", new, "geom")):
        _join(owner, name, set_id, point)
    row: Any = owner.execute(_COMPARED, {"starts": starts, "old": old, "new": new}).one()
    told = owner.execute(_HISTORY).one()
    return Answers(
        moved=row.moved,
        wrong_now=row.wrong_now,
        wrong_then=row.wrong_then,
        wrong_public=row.wrong_public,
        lost=acknowledged - row.complaints + told.without,
        doubled=told.doubled,
        uncalled=told.uncalled,
    )


def _join(owner: Connection, name: str, set_id: int, point: str) -> None:
    owner.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    owner.execute(text("SET LOCAL work_mem = '256MB'"))
    owner.exec_driver_sql(f"DROP TABLE IF EXISTS expected_{name}")
    owner.exec_driver_sql(_EXPECTED.text.format(name=name, set_id=int(set_id), point=point))
    owner.exec_driver_sql(f"CREATE UNIQUE INDEX ON expected_{name} (id)")
    owner.exec_driver_sql(f"ANALYZE expected_{name}")


_COMPARED = text("""
    SELECT count(*) AS complaints,
           count(*) FILTER (WHERE was.code IS DISTINCT FROM now.code) AS moved,
           count(*) FILTER (
               WHERE (complaint.kelurahan_code, complaint.kecamatan_code)
                     IS DISTINCT FROM (now.code, now.parent_code)) AS wrong_now,
           count(*) FILTER (
               WHERE (nullif(coalesce(then_kelurahan_code, kelurahan_code), ''),
                      nullif(coalesce(then_kecamatan_code, kecamatan_code), ''))
                     IS DISTINCT FROM
                     CASE WHEN early THEN (was.code, was.parent_code)
                          ELSE (now.code, now.parent_code) END) AS wrong_then,
           count(*) FILTER (
               WHERE shown_within_m = 0 AND
                     (public_kelurahan_code, public_kecamatan_code,
                      nullif(coalesce(public_then_kelurahan_code, public_kelurahan_code), ''))
                     IS DISTINCT FROM
                     (now.code, now.parent_code,
                      CASE WHEN early THEN was.code ELSE now.code END)) AS wrong_public
    FROM geoapp.complaint
    CROSS JOIN LATERAL (SELECT submitted_at < cast(:starts AS date)::timestamp
                               AT TIME ZONE 'Asia/Jakarta' AS early) AS day
    LEFT JOIN expected_then AS was ON was.id = complaint.id
    LEFT JOIN expected_now AS now ON now.id = complaint.id
    WHERE geom IS NOT NULL
""")
_HISTORY = text("""
    SELECT count(*) FILTER (WHERE submitted = 0) AS without,
           count(*) FILTER (WHERE submitted > 1 OR moves > 1 OR decisions > 1) AS doubled,
           count(*) FILTER (WHERE moves <> CASE WHEN moved THEN 1 ELSE 0 END
                               OR decisions < moves) AS uncalled
    FROM (
        SELECT complaint.id,
               coalesce(event.submitted, 0) AS submitted, coalesce(event.moves, 0) AS moves,
               coalesce(decision.decisions, 0) AS decisions,
               first.code IS DISTINCT FROM complaint.kelurahan_code AS moved
        FROM geoapp.complaint
        LEFT JOIN (
            SELECT complaint_id, count(*) FILTER (WHERE kind = 'submitted') AS submitted,
                   count(*) FILTER (WHERE kind = 'assignment') AS moves
            FROM geoapp.complaint_event GROUP BY complaint_id
        ) AS event ON event.complaint_id = complaint.id
        LEFT JOIN (
            SELECT complaint_id, count(*) FILTER (WHERE reason = 'boundaries changed') AS decisions
            FROM geoapp.assignment GROUP BY complaint_id
        ) AS decision ON decision.complaint_id = complaint.id
        -- what it was decided to be as it was stored
        LEFT JOIN LATERAL (
            SELECT kelurahan_code AS code FROM geoapp.assignment
            WHERE assignment.city_code = complaint.city_code
              AND assignment.complaint_id = complaint.id
            ORDER BY assignment.id LIMIT 1
        ) AS first ON true
    ) AS told
""")
