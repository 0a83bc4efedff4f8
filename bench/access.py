"""What row-level security costs staff at a million complaints: `make bench-access`.

The same statements on the same server, in turn:

- ours: as the staff role, row-level security on, the account turned into settings first
  (``act_as()``), as every request of staff runs;
- theirs: as the tables' owner, whom no policy limits, with the account's grants written
  into the WHERE by hand.

Asked are a street's tile as density cells and as points, the list of a street's box, the
list of everything and the queue by deadline; lists have 100 rows and the exact total. By an
operator, an agency admin, a field officer of five kelurahan, one of an agency there, and
somebody with grants of two kinds. Medians, each side going first in half of the rounds; for
each answer the limit is 1.3.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, TextualSelect, create_engine, event, text

from geoapp.domain.access import Actor, Grant, Permission, StaffRole, reach
from geoapp.domain.catalogue import City
from geoapp.domain.complaint import OPEN
from geoapp.domain.place import TileId
from geoapp.domain.work_filter import Sort, WorkFilter
from geoapp.embedded import Cluster
from geoapp.spatial.tiles import tile_statement
from geoapp.store import migrate, work
from geoapp.store.database import Database, Role
from geoapp.store.sources import work as work_view
from geoapp.usecases import cities

SQL = Path(__file__).with_name("sql")
AGENCY = "pupr_bina_marga"
OTHER = "dlh"
MIXED = "mixed: agency, other's officer"
"""Its policy is an OR, which is decided row by row."""
LIMIT = 1.3


@dataclass(frozen=True)
class Question:
    """Something asked, by whom, and with the grants as a condition."""

    name: str
    who: str
    actor: Actor
    ours: TextualSelect
    theirs: TextualSelect


def main() -> None:
    """Build the world, ask in turn, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=22)
    options.add_argument("--explain", action="store_true", help="print the plans too")
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        Cluster.prepare(Path(home), progress=print, settings={"fsync": "off"}) as cluster,
    ):
        cluster.create_database("bench")
        owner_url = cluster.url("geoapp_owner", "bench")
        migrate.upgrade(owner_url)
        database = Database(cluster.url("geoapp_app", "bench"))
        owner = create_engine(owner_url)
        city = cities.load_default(database)
        fill(owner, city, chosen.points)
        questions = asked(database, owner, city)
        if chosen.explain:
            explain(database, owner, questions)
        report(database, owner, questions, chosen.points, chosen.rounds)
        owner.dispose()
        database.dispose()


def read(name: str) -> Any:
    """The statement in ``bench/sql/<name>.sql``."""
    return text((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def fill(owner: Engine, city: City, points: int) -> None:
    """A city with *points* complaints."""
    begun = time.perf_counter()
    with owner.begin() as connection:
        connection.execute(read("access_complaints"), {"city_code": city.code, "points": points})
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE geoapp.complaint")
    print(f"{points:,} complaints stored in {time.perf_counter() - begun:.0f} s")


def street(owner: Engine, city: City, zoom: int, wanted: int) -> TileId:
    """The tile of *zoom* with nearly *wanted* complaints."""
    with owner.begin() as connection:
        key = connection.execute(
            read("access_tile"), {"city_code": city.code, "zoom": zoom, "wanted": wanted}
        ).scalar_one()
    x = sum((key >> 2 * bit & 1) << bit for bit in range(zoom))
    y = sum((key >> 2 * bit + 1 & 1) << bit for bit in range(zoom))
    return TileId(zoom, x, y)


def hire(database: Database, city: City, name: str, *grants: Grant) -> Actor:
    """An account with *grants*."""
    with database.transaction(Role.WORKER, city.code) as connection:
        account = connection.execute(
            read("access_account"), {"city_code": city.code, "name": name}
        ).scalar_one()
        for grant in grants:
            connection.execute(
                read("access_grant"),
                {
                    "city_code": city.code,
                    "account": account,
                    "role": grant.role.value,
                    "agency": grant.agency_code,
                    "kelurahan": sorted(grant.kelurahan),
                },
            )
    return Actor(account_id=account, city_code=city.code, name=name, grants=grants)


def asked(database: Database, owner: Engine, city: City) -> list[Question]:
    """Every question, by everybody."""
    cells, points = street(owner, city, 16, 3000), street(owner, city, 16, 1900)
    ranges = (*cells.morton_range, *points.morton_range)
    names = ("first", "last", "second_first", "second_last")
    with owner.begin() as connection:
        kelurahan = tuple(
            connection.execute(
                read("access_kelurahan"),
                {"city_code": city.code, **dict(zip(names, ranges, strict=True))},
            ).scalars()
        )
    everything = WorkFilter(now=database.now())
    box = replace(everything, bbox=cells.bounds())
    queue = replace(everything, statuses=OPEN)
    officer = partial(Grant, role=StaffRole.FIELD_OFFICER, kelurahan=frozenset(kelurahan))
    mixed = (Grant(role=StaffRole.AGENCY_HEAD, agency_code=AGENCY), officer(agency_code=OTHER))
    # Who, their grants, and the grants as a condition.
    everybody: tuple[tuple[str, tuple[Grant, ...], dict[str, Any]], ...] = (
        ("operator", (Grant(role=StaffRole.OPERATOR),), {}),
        (
            "agency admin",
            (Grant(role=StaffRole.AGENCY_ADMIN, agency_code=AGENCY),),
            {"agencies": (AGENCY,)},
        ),
        ("officer, 5 kelurahan", (officer(),), {"kelurahan": kelurahan}),
        (
            "agency's officer, 5 kelurahan",
            (officer(agency_code=AGENCY),),
            {"agencies": (AGENCY,), "kelurahan": kelurahan},
        ),
        (MIXED, mixed, {"reach": mixed}),
    )
    ways: tuple[tuple[str, WorkFilter, Callable[[WorkFilter], TextualSelect]], ...] = (
        ("tile, cells", everything, lambda w: tile_statement(city.code, w, cells, work_view)),
        ("tile, points", everything, lambda w: tile_statement(city.code, w, points, work_view)),
        ("list, box", box, lambda w: work.page_statement(city.code, w, Sort.NEWEST, 101)),
        ("list, all", everything, lambda w: work.page_statement(city.code, w, Sort.NEWEST, 101)),
        ("queue, due", queue, lambda w: work.page_statement(city.code, w, Sort.DUE, 101)),
    )
    questions = []
    for who, grants, condition in everybody:
        actor = hire(database, city, who, *grants)
        for name, wanted, make in ways:
            ours = make(replace(wanted, reach=reach(actor, Permission.READ)))
            questions.append(Question(name, who, actor, ours, make(replace(wanted, **condition))))
    return questions


def ask_ours(database: Database, question: Question) -> Any:
    """As staff: settings, policies, statement, commit."""
    actor = question.actor
    with database.transaction(Role.STAFF, actor.city_code, account=actor.account_id) as connection:
        return connection.execute(question.ours).all()


def ask_theirs(owner: Engine, question: Question) -> Any:
    """As the owner: statement, commit."""
    with owner.begin() as connection:
        return connection.execute(question.theirs).all()


def explain(database: Database, owner: Engine, questions: list[Question]) -> None:
    """Print what the server does for each question, both ways."""

    def prefix(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
        return "EXPLAIN (ANALYZE, COSTS OFF) " + statement, parameters

    def plan(connection: Connection, asked: TextualSelect) -> str:
        event.listen(connection, "before_cursor_execute", prefix, retval=True)
        return "\n".join(row[0] for row in connection.execute(asked))

    for question in questions:
        actor = question.actor
        print(f"--- {question.name}, {question.who}")
        with database.transaction(
            Role.STAFF, actor.city_code, account=actor.account_id
        ) as connection:
            connection.execute(text("SELECT 1"))
            print(plan(connection, question.ours))
        with owner.begin() as connection:
            print("--- the same by the owner")
            print(plan(connection, question.theirs))


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and the answer."""
    begun = time.perf_counter()
    answer = ask()
    return (time.perf_counter() - begun) * 1000, answer


def middle(taken: list[float]) -> float:
    """The median of when one went first and the median of when one came second, halfway."""
    return statistics.fmean(statistics.median(taken[half::2]) for half in (0, 1))


def report(
    database: Database, owner: Engine, questions: list[Question], points: int, rounds: int
) -> None:
    """Ask in turn, so that a busy neighbour hits both; see that both get the same."""
    taken: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    sizes: dict[tuple[str, str], int] = {}
    for number in range(rounds + 1):
        for question in questions:
            key = (question.name, question.who)
            # Who asks second finds what the first has just read: each goes first half the time.
            if number % 2:
                mine, ours = timed(partial(ask_ours, database, question))
                other, theirs = timed(partial(ask_theirs, owner, question))
            else:
                other, theirs = timed(partial(ask_theirs, owner, question))
                mine, ours = timed(partial(ask_ours, database, question))
            assert ours == theirs, f"{key}: the account sees something else than its grants say"
            sizes[key] = len(ours[0].mvt or b"") if "tile" in question.name else ours[0].matched
            if number:  # the first round only warms the caches
                lists = taken.setdefault(key, ([], []))
                lists[0].append(mine)
                lists[1].append(other)
    with owner.begin() as connection:
        version = connection.execute(text("SELECT version(), postgis_lib_version()")).one()
    print(
        f"\n{points:,} complaints; {version[0].split(' on ')[0]}, PostGIS {version[1]};"
        f" {os.cpu_count()} cores, {platform.machine()}; medians of {rounds}\n"
    )
    print("| what | who | staff, row-level security | owner, WHERE | ratio | bytes or matches |")
    print("|---|---|---|---|---|---|")
    worst = 0.0
    for (name, who), (ours_ms, theirs_ms) in taken.items():
        mine, other = middle(ours_ms), middle(theirs_ms)
        worst = max(worst, mine / other)
        print(
            f"| {name} | {who} | {mine:.1f} ms | {other:.1f} ms | {mine / other:.2f} |"
            f" {sizes[name, who]:,} |"
        )
    print(f"\nworst ratio: {worst:.2f} (limit {LIMIT})")


if __name__ == "__main__":
    main()
