"""Fixtures every test may use: a real PostGIS cluster, migrated databases, cities.

``db`` is one connection in a transaction that is rolled back; ``database`` is a
database of its own for tests that commit. Both come in two sorts: empty, and with the
default city loaded (``jambi_db``, ``jambi``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from geoapp.embedded import Cluster
from geoapp.settings import Settings
from geoapp.store import migrate
from geoapp.store.database import Database
from tests.databases import clone, drop

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real boundaries and complaints beside the checkout."""
    if not (SHARED / "boundaries").is_dir():
        pytest.skip("absent: ../shared (real boundaries and complaints)")
    return SHARED


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A private PostGIS cluster for this test run; durability off, it dies with the run."""
    home = tmp_path_factory.mktemp("cluster")
    with Cluster.prepare(home, progress=lambda _: None, settings={"fsync": "off"}) as running:
        yield running
    # Where the home is closed to the database's user its data lies elsewhere: remove it too.
    running.destroy()


@pytest.fixture(scope="session")
def empty_template(cluster: Cluster) -> str:
    """A database migrated to head, without a city."""
    cluster.create_database("empty_template")
    migrate.upgrade(cluster.url("geoapp_owner", "empty_template"))
    return "empty_template"


@pytest.fixture(scope="session")
def jambi_template(cluster: Cluster, empty_template: str) -> str:
    """A database with the default city, its catalogue and its approximate boundaries."""
    from geoapp.usecases import cities

    name = clone(cluster, empty_template)
    database = Database(cluster.url("geoapp_app", name))
    cities.load_default(database)
    database.dispose()
    return name


def _rolled_back(cluster: Cluster, name: str) -> Iterator[Connection]:
    engine = create_engine(cluster.url("geoapp_owner", name), poolclass=NullPool)
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()
    engine.dispose()


@pytest.fixture(scope="session")
def empty_copy(cluster: Cluster, empty_template: str) -> str:
    return clone(cluster, empty_template)


@pytest.fixture(scope="session")
def jambi_copy(cluster: Cluster, jambi_template: str) -> str:
    return clone(cluster, jambi_template)


@pytest.fixture
def db(cluster: Cluster, empty_copy: str) -> Iterator[Connection]:
    """The owner's connection to an empty migrated database; rolled back afterwards."""
    yield from _rolled_back(cluster, empty_copy)


@pytest.fixture
def jambi_db(cluster: Cluster, jambi_copy: str) -> Iterator[Connection]:
    """The owner's connection to a database with the default city; rolled back afterwards."""
    yield from _rolled_back(cluster, jambi_copy)


def _own(cluster: Cluster, template: str) -> Iterator[Database]:
    name = clone(cluster, template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def database(cluster: Cluster, empty_template: str) -> Iterator[Database]:
    """An empty migrated database of the test's own, through the runtime login."""
    yield from _own(cluster, empty_template)


@pytest.fixture
def jambi(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    """A database of the test's own with the default city, through the runtime login."""
    yield from _own(cluster, jambi_template)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings for tests: no base tiles, no limit on intake, a home of their own."""
    return Settings(home=tmp_path, tile_url="none", intake_limit=0, secret_key="test-only" * 8)
