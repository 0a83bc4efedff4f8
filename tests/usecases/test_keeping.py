"""Backup and restore: the drill, from one cluster into another, and what must fail."""

from __future__ import annotations

import gzip
import itertools
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.app import create_app
from geoapp.channels.csv_profile import load_profile
from geoapp.domain.events import Cursor, Position
from geoapp.domain.seal import Fault
from geoapp.embedded import Cluster
from geoapp.embedded.client import Client
from geoapp.errors import BackupUnusable, Conflict, InvalidInput
from geoapp.settings import Settings
from geoapp.store import feed, migrate, tables
from geoapp.store.database import Database, Role
from geoapp.usecases import audit, cities, keeping, published_seals
from geoapp.usecases.intake_bulk import import_complaints
from tests.people import hire
from tests.support import default_city, send

pytestmark = pytest.mark.long  # two clusters are made and filled before the first test

BOSTON = Path(__file__).resolve().parent.parent / "data" / "boston"
ROWS = 2000
BURNT = 3000
"""Transactions the old cluster is ahead of a fresh one."""


def server(cluster: Cluster, home: Path, name: str = "geoapp") -> keeping.Server:
    return keeping.Server(
        cluster.url("geoapp_owner", name),
        home,
        Client.of(cluster.binaries),
        cluster.create_database,
    )


def ask(url: str, query: str, **values: Any) -> Any:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # no pool: it is closed with the block
        result = connection.execute(text(query), values)
        return result.all() if result.returns_rows else []


def digests(url: str) -> dict[str, tuple[int, str]]:
    """Rows and a digest of all contents of every table; of events without the transaction."""
    found = {}
    for table in tables.metadata.sorted_tables:
        if table.name in {"rate_window", "feed_epoch"}:
            continue
        row = "to_jsonb(t) - 'xid'" if table.name == "complaint_event" else "t"
        found[table.name] = ask(
            url,
            f"SELECT count(*), md5(coalesce(string_agg(md5(cast({row} AS text)), ''"
            f" ORDER BY md5(cast({row} AS text))), '')) FROM geoapp.{table.name} AS t",
        )[0]
    return found


def feed_order(url: str) -> list[int]:
    return [row.id for row in ask(url, "SELECT id FROM geoapp.complaint_event ORDER BY xid, id")]


def fill(database: Database, home: Path, boston: Path | None) -> None:
    """Kota Jambi with complaints and people; Boston with real ones, where they are at hand."""
    cities.load_default(database)
    send(database)
    send(database, confidential=True)
    hire(database, "operator")
    if boston is not None:
        other = cities.load(database, BOSTON)
        part = home / "part.csv"
        with gzip.open(boston / "complaints.csv.gz", "rt", encoding="utf-8") as source:
            part.write_text("".join(itertools.islice(source, ROWS + 1)), encoding="utf-8")
        import_complaints(
            database, other, part, load_profile("boston_311"), rejected_to=home / "rejected.csv"
        )
    for each in cities.every(database):
        audit.seal_all(database, each, home / "seals", most=700)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A filled cluster, backed up and destroyed; what was in it."""
    home = tmp_path_factory.mktemp("old")
    boston = Path(__file__).resolve().parents[2].parent / "shared/data/boston-311-2015"
    with Cluster.prepare(home, progress=lambda _: None, settings={"fsync": "off"}) as cluster:
        cluster.create_database("geoapp")
        url = cluster.url("geoapp_owner", "geoapp")
        migrate.upgrade(url)
        ask(url, f"DO $$ BEGIN FOR n IN 1..{BURNT} LOOP PERFORM pg_current_xact_id();"
            " COMMIT; END LOOP; END $$")  # fmt: skip
        database = Database(cluster.url("geoapp_app", "geoapp"))
        fill(database, home, boston if boston.is_dir() else None)
        # As a late committer leaves it: a lower id after a higher one; not sealed yet.
        ask(
            url,
            "INSERT INTO geoapp.complaint_event (city_code, id, complaint_id, ticket, kind, actor)"
            " OVERRIDING SYSTEM VALUE SELECT city_code, 900000 - n, complaint_id, ticket, 'note', 'x'"
            " FROM geoapp.complaint_event, generate_series(1, 1) AS n WHERE city_code = '15.71'"
            " AND id = (SELECT min(id) FROM geoapp.complaint_event WHERE city_code = '15.71')",
        )
        send(database)
        with database.transaction(Role.LISTENER) as connection:
            position = feed.position(connection)
        (home / "secret_key").write_text("a key that must not be lost")
        file = home / "kept.geoapp"
        told: list[str] = []
        manifest = keeping.backup(
            server(cluster, home), file, lambda what, _done, _of: told.append(what)
        )
        database.dispose()
        before = {
            "file": file, "home": home, "manifest": manifest, "digests": digests(url),
            "order": feed_order(url), "position": position, "told": set(told),
            "roles": rights(url),
        }  # fmt: skip
    cluster.destroy()
    return before


def rights(url: str) -> list[Any]:
    return sorted(
        ask(
            url,
            "SELECT grantee, table_schema, table_name, privilege_type FROM"
            " information_schema.role_table_grants WHERE table_schema IN ('geoapp', 'procrastinate')"
            " UNION SELECT member::regrole::text, roleid::regrole::text, '', '' FROM pg_auth_members",
        )
    )


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    home = tmp_path_factory.mktemp("fresh")
    with Cluster.prepare(home, progress=lambda _: None, settings={"fsync": "off"}) as cluster:
        cluster.create_database("geoapp")
        yield cluster
    cluster.destroy()


@pytest.fixture(scope="module")
def new(old: dict[str, Any], fresh: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup restored into the fresh cluster; its new home."""
    home = tmp_path_factory.mktemp("new")
    here = int(
        ask(fresh.url("geoapp_owner", "geoapp"), "SELECT cast(pg_current_xact_id() AS text)")[0][0]
    )
    assert here < old["position"].cursor.xid, "the drill needs an older cluster"
    done = keeping.restore(server(fresh, home), old["file"])
    assert done.before is None
    assert done.notes == []
    return home


def owner(cluster: Cluster) -> str:
    return cluster.url("geoapp_owner", "geoapp")


# -- the backup ----------------------------------------------------------------------------


def test_a_backup_is_readable_to_its_owner_alone_and_leaves_nothing_beside(
    old: dict[str, Any],
) -> None:
    assert stat.S_IMODE(old["file"].stat().st_mode) == 0o600
    assert [path.name for path in old["home"].glob(".kept*")] == []
    assert {"reading", "hashing"} <= old["told"]


def test_a_backup_tells_what_it_holds(old: dict[str, Any]) -> None:
    manifest = old["manifest"]
    assert manifest.revision == migrate.head()
    assert {city["slug"] for city in manifest.cities} >= {"kota-jambi"}
    rows = {name: count for name, (count, _) in old["digests"].items()}
    assert {name: manifest.counts[name] for name in rows} == rows
    with tarfile.open(old["file"]) as tar:
        assert {"manifest.json", "database.dump", "seals/kota-jambi.jsonl", "secret_key"} <= set(
            tar.getnames()
        )


def test_a_backup_puts_no_other_file_out_of_the_way(
    old: dict[str, Any], fresh: Cluster, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Yth. Bapak Wali Kota")
    with pytest.raises(InvalidInput, match="no backup"):
        keeping.backup(server(fresh, old["home"]), letter)
    assert letter.read_text() == "Yth. Bapak Wali Kota"


# -- the drill -----------------------------------------------------------------------------


def test_every_row_of_every_table_comes_back(
    old: dict[str, Any], new: Path, fresh: Cluster
) -> None:
    assert digests(owner(fresh)) == old["digests"]


def test_the_feed_has_the_old_order_and_everything_lies_below_new_transactions(
    old: dict[str, Any], new: Path, fresh: Cluster
) -> None:
    assert feed_order(owner(fresh)) == old["order"]
    assert old["order"] != sorted(old["order"])
    hidden = ask(
        owner(fresh),
        "SELECT id FROM geoapp.complaint_event WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())",
    )
    assert hidden == []


def test_a_cursor_of_the_old_life_is_of_another_epoch(
    old: dict[str, Any], new: Path, fresh: Cluster
) -> None:
    database = Database(fresh.url("geoapp_app", "geoapp"))
    with database.transaction(Role.LISTENER) as connection:
        here = feed.position(connection)
    database.dispose()
    assert here.epoch != old["position"].epoch
    remembered = Position.parse(str(old["position"]))
    assert remembered is not None
    assert remembered.epoch != here.epoch


def test_a_browser_that_comes_back_with_an_old_cursor_is_told_to_reload(
    old: dict[str, Any], new: Path, fresh: Cluster
) -> None:
    database = Database(fresh.url("geoapp_app", "geoapp"))
    settings = Settings(home=new, tile_url="none", secret_key="test-only" * 8)
    app = create_app(settings, database)
    answer = app.test_client().get(
        "/kota-jambi/live", headers={"Last-Event-ID": str(old["position"])}, buffered=False
    )
    said = "".join(
        part.decode() if isinstance(part, bytes) else part
        for part in itertools.islice(answer.response, 2)
    )
    answer.close()
    app.extensions["geoapp"].hub.close()
    database.dispose()
    assert "event: reload" in said


def test_rights_and_files_come_back(old: dict[str, Any], new: Path, fresh: Cluster) -> None:
    assert rights(owner(fresh)) == old["roles"]
    assert (new / "secret_key").read_text() == "a key that must not be lost"
    assert stat.S_IMODE((new / "secret_key").stat().st_mode) == 0o600
    assert (new / "seals/kota-jambi.jsonl").read_bytes() == (
        old["home"] / "seals/kota-jambi.jsonl"
    ).read_bytes()


def test_seals_hold_and_sealing_goes_on(new: Path, fresh: Cluster) -> None:
    database = Database(fresh.url("geoapp_app", "geoapp"))
    city = default_city(database)
    file = published_seals.path(new / "seals", city.slug)
    before = audit.verify(database, city, file)
    assert before.clean
    assert before.events
    assert before.unsealed.count == 2
    assert audit.seal_all(database, city, new / "seals") == 1
    after = audit.verify(database, city, file)
    assert (after.clean, after.events) == (True, before.events + 2)
    database.dispose()


def test_submitting_works_and_the_feed_shows_it(new: Path, fresh: Cluster) -> None:
    database = Database(fresh.url("geoapp_app", "geoapp"))
    with database.transaction(Role.LISTENER) as connection:
        end = feed.position(connection)
    ticket = send(database)["ticket"]
    with database.transaction(Role.LISTENER) as connection:
        news = feed.after(connection, end.cursor)
        everything = feed.after(connection, Cursor(0, 0), most=100_000)
    database.dispose()
    assert [event.ticket for event in news] == [ticket]
    assert everything[-1].ticket == ticket


def test_where_the_cluster_is_too_young_for_the_order_transactions_are_spent(
    new: Path, fresh: Cluster
) -> None:
    url = owner(fresh)
    reached = int(ask(url, "SELECT cast(pg_current_xact_id() AS text)")[0][0])
    # Each event of a transaction of its own, with a lower id than the one before.
    ask(
        url,
        "INSERT INTO geoapp.complaint_event (city_code, id, xid, complaint_id, ticket, kind, actor)"
        " OVERRIDING SYSTEM VALUE SELECT city_code, 5000000 - n, cast(cast(9000000 + n AS text) AS"
        " xid8), complaint_id, ticket, 'note', 'x' FROM generate_series(1, :many) AS n,"
        " (SELECT * FROM geoapp.complaint_event WHERE city_code = '15.71' LIMIT 1) AS one",
        many=reached + 700,
    )
    before = feed_order(url)
    ask(url, "CALL geoapp.begin_epoch()")
    assert feed_order(url) == before
    hidden = (
        "SELECT id FROM geoapp.complaint_event WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())"
    )
    assert ask(url, hidden) == []
    ask(url, "DELETE FROM geoapp.complaint_event WHERE id BETWEEN 2000000 AND 5000000")


def test_a_backup_of_an_older_schema_is_brought_up_to_date(fresh: Cluster, tmp_path: Path) -> None:
    fresh.create_database("older")
    url = fresh.url("geoapp_owner", "older")
    migrate.upgrade(url)
    database = Database(fresh.url("geoapp_app", "older"))
    cities.load_default(database)
    database.dispose()
    migrate.downgrade(url, "0006")
    manifest = keeping.backup(server(fresh, tmp_path, "older"), tmp_path / "older.tar")
    assert manifest.revision == "0006"
    keeping.restore(server(fresh, tmp_path, "older"), tmp_path / "older.tar", replace=True)
    assert ask(url, "SELECT version_num FROM geoapp_migration")[0].version_num == migrate.head()
    assert ask(url, "SELECT name FROM geoapp.city")[0].name == "Kota Jambi"


# -- what must fail, and what is put aside ----------------------------------------------------


def databases(cluster: Cluster) -> set[str]:
    found = ask(cluster.url("geoapp_owner", "postgres"), "SELECT datname FROM pg_database")
    return {row.datname for row in found}


def test_a_database_with_cities_is_left_alone(
    old: dict[str, Any], new: Path, fresh: Cluster
) -> None:
    with pytest.raises(Conflict, match="--replace"):
        keeping.restore(server(fresh, new), old["file"])


def test_a_database_in_use_is_left_alone(old: dict[str, Any], new: Path, fresh: Cluster) -> None:
    engine = create_engine(owner(fresh), poolclass=NullPool)
    with engine.connect(), pytest.raises(Conflict, match="connected"):
        keeping.restore(server(fresh, new), old["file"], replace=True)
    engine.dispose()


@pytest.mark.parametrize("fault", ["cut", "half", "empty", "byte", "manifest", "text", "later"])
def test_a_spoilt_file_fails_with_words_and_leaves_nothing(
    old: dict[str, Any], fresh: Cluster, new: Path, tmp_path: Path, fault: str
) -> None:
    whole = old["file"].read_bytes()
    spoilt = {
        "cut": whole[:-20_000],
        "half": whole[: len(whole) // 2],
        "empty": b"",
        "byte": whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1])
        + whole[len(whole) // 2 + 1 :],
        "manifest": whole.replace(b'"format": 2', b'"format": x', 1),
        "text": b"ticket,status\n" * 2000,
        "later": whole.replace(b'"format": 2', b'"format": 9', 1),
    }[fault]  # fmt: skip
    file, home = tmp_path / "spoilt", tmp_path / "home"
    file.write_bytes(spoilt)
    before = databases(fresh), digests(owner(fresh))
    with pytest.raises(BackupUnusable) as caught:
        keeping.restore(server(fresh, home), file, replace=True)
    assert caught.value.remedy
    assert (databases(fresh), digests(owner(fresh))) == before
    assert list(home.iterdir()) == []


def test_replacing_keeps_the_database_of_before_and_notes_lost_seals(
    old: dict[str, Any], new: Path, fresh: Cluster
) -> None:
    database = Database(fresh.url("geoapp_app", "geoapp"))
    send(database)
    city = default_city(database)
    audit.seal_all(database, city, new / "seals")
    database.dispose()
    now = digests(owner(fresh))
    done = keeping.restore(server(fresh, new), old["file"], replace=True)
    assert done.before is not None
    assert digests(owner(fresh)) == old["digests"]
    assert digests(fresh.url("geoapp_owner", done.before)) == now
    assert "noted as lost" in done.notes[0]
    assert "--acknowledge-restore" in done.notes[0]
    database = Database(fresh.url("geoapp_app", "geoapp"))
    file = published_seals.path(new / "seals", city.slug)
    report = audit.verify(database, city, file)
    assert report.findings.counts == {Fault.RESTORED: 1}
    acknowledged = audit.verify(database, city, file, acknowledged=True)
    database.dispose()
    assert (acknowledged.clean, "was restored" in acknowledged.notes[0]) == (True, True)
