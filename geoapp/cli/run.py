"""``geoapp run``: from nothing to a served map, and back to nothing on Ctrl-C."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType

import click

from geoapp import resources
from geoapp.cli.supervisor import Child, Supervisor, python
from geoapp.embedded import Cluster
from geoapp.errors import ClusterError, GeoappError, SettingsError
from geoapp.settings import Settings
from geoapp.store.database import Database

DATABASE = "geoapp"
_PORT_PATIENCE_S = 8
_HEALTH_PATIENCE_S = 60
_DRAWING_PATIENCE_S = 15
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
def run() -> None:
    """Start the database, the worker and the web server; Ctrl-C stops all of it.

    Without GEOAPP_DATABASE_URL a private PostGIS is found, installed or unpacked and
    started. An empty database gets the default city and, unless GEOAPP_DEMO is 0, a
    simulated season of complaints, marked as such, and an account per role.
    """
    settings = Settings.from_env()
    settings.check_secret()
    with _interruptible():
        supervisor = Supervisor(_say)
        cluster: Cluster | None = None
        try:
            # The database first: it knows, and says, if another `run` is on already.
            cluster, settings = _database(settings)
            _wait_for_port(settings)
            told = _fill(settings)
            _serve(settings, supervisor, told)
            while True:
                if cluster is not None and cluster.pid is None:
                    _say("The database died; starting it again.")
                    cluster.start()
                supervisor.look_after()
                time.sleep(0.2)
        except KeyboardInterrupt:
            click.echo()
            _say("Stopping")
        finally:
            # A second Ctrl-C must not leave half of it behind; every step here is bounded.
            for number in _STOPPING:
                signal.signal(number, signal.SIG_IGN)
            supervisor.stop()
            if cluster is not None:
                cluster.stop()
    _say("Stopped. The data stays; `make run` goes on where this ended.")


def _say(line: str) -> None:
    """Print a line of progress: steps start at the margin, details are indented."""
    click.echo(line if line.startswith(" ") else f"{click.style('▸', bold=True)} {line}")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM and SIGHUP (a closed terminal) end us the way Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_for_port(settings: Settings) -> None:
    """Make sure we can listen; servers of a killed run may take seconds to notice.

    Raises:
        SettingsError: somebody else listens there.
    """
    deadline = time.monotonic() + _PORT_PATIENCE_S
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind((settings.host, settings.port))
            except OSError as error:
                if time.monotonic() > deadline:
                    raise SettingsError(
                        f"Can't listen on {settings.host}, port {settings.port} "
                        f"({error.strerror or error}).",
                        "Stop what listens there, or set GEOAPP_PORT to another port.",
                    ) from error
            else:
                return
        time.sleep(0.1)


def _database(settings: Settings) -> tuple[Cluster | None, Settings]:
    """Start the private cluster unless a server was given; return settings with addresses."""
    if settings.database_url:
        _say("Using the database server of GEOAPP_DATABASE_URL")
        return None, settings
    _say("Starting the private database")
    cluster = Cluster.prepare(settings.home, progress=_say)
    cluster.start()
    try:
        cluster.create_database(DATABASE)
    except BaseException:
        cluster.stop()
        raise
    return cluster, replace(
        settings,
        database_url=cluster.url("geoapp_app", DATABASE),
        owner_database_url=cluster.url("geoapp_owner", DATABASE),
    )


def _fill(settings: Settings) -> list[str]:
    """Bring the schema up to date; give an empty database a city, a history and people.

    Returns:
        What is told when all is up: the people's passwords, the one time they are made.
    """
    # Imported here, so that a refused port or home is told at once.
    from geoapp.store import migrate  # noqa: PLC0415
    from geoapp.usecases import cities  # noqa: PLC0415

    _say("Migrating the database")
    migrate.upgrade(settings.owner_database_url or settings.database_url)
    database = Database(settings.database_url)
    try:
        if not cities.every(database):
            _say("Loading the default city")
            cities.load_default(database, progress=lambda line: _say(f"  {line}"))
        return _simulate(database, settings) if settings.demo else []
    finally:
        database.dispose()


def _simulate(database: Database, settings: Settings) -> list[str]:
    """Give the city we shipped a season of history, clearly marked as simulated, and people.

    Another city is never filled: whoever loaded it wants to see its own complaints.
    """
    from geoapp.cli import demo_accounts  # noqa: PLC0415 - see above
    from geoapp.media.storage import open_storage  # noqa: PLC0415
    from geoapp.usecases import (  # noqa: PLC0415
        cities,
        city_files,
        simulation,
        simulation_scenes,
    )

    shipped = city_files.read_folder(resources.path("boundaries") / cities.DEFAULT_CITY)
    there = cities.every(database)
    if [city.code for city in there] != [shipped.city.city.code]:
        return []
    [city] = there
    told = -1

    def tell(done: int, days: int) -> None:
        nonlocal told
        quarter = 4 * done // days
        if quarter > told:
            if told < 0:
                _say(f"Simulating {days} days of complaints, each marked as simulated (once)")
            told = quarter
            if quarter:
                _say(f"  {25 * quarter} %")

    if simulation.seed_if_empty(database, city, settings, progress=tell):
        simulation_scenes.furnish(database, city, open_storage(settings))
    return demo_accounts.create(database, settings, city)


def _serve(settings: Settings, supervisor: Supervisor, told: Sequence[str]) -> None:
    """Start web server and worker, wait until the server answers, print the addresses."""
    _say("Starting the web server and the worker")
    environment = {
        "GEOAPP_DATABASE_URL": settings.database_url,
        "GEOAPP_OWNER_DATABASE_URL": settings.owner_database_url,
    }
    config = Path(str(resources.__file__)).with_name("gunicorn_conf.py")
    web = Child(
        "web server",
        python("gunicorn", "--config", str(config), "geoapp.wsgi:application"),
        environment,
    )
    supervisor.add(web)
    supervisor.add(Child("worker", python("geoapp", "worker"), environment))
    drawing = threading.Thread(target=_draw, args=(settings,), daemon=True)
    drawing.start()
    deadline = time.monotonic() + _HEALTH_PATIENCE_S
    while not _healthy(settings):
        if time.monotonic() > deadline or not web.alive:
            raise ClusterError("The web server doesn't answer.", "Its messages are above.")
        time.sleep(0.05)
    # Who opens the address as soon as it stands there finds the map drawn.
    drawing.join(timeout=_DRAWING_PATIENCE_S)
    address = f"http://{_reachable(settings.host)}:{settings.port}"
    click.echo(
        f"\n  Map     {click.style(address + '/', bold=True)}\n"
        f"  Report  {address}/report\n"
        f"  API     {address}/api/v1/openapi.json\n"
        f"  Staff   {address}/login\n"
    )
    for line in [*told, ""] if told else []:
        click.echo(f"  {line}".rstrip())
    click.echo("  Ctrl-C stops everything.\n")


def _draw(settings: Settings) -> None:
    """Draw every city's map while the web server starts, so that no visitor waits for it.

    Where it fails the first visitor's request draws it, and says what is wrong.
    """
    from geoapp.maps import kept  # noqa: PLC0415 - see above
    from geoapp.usecases import cities, livemap  # noqa: PLC0415

    database = Database(settings.database_url)
    try:
        for city in cities.every(database):
            version = livemap.areas_version(database, city)
            kept.shell_of(settings, city, version, partial(livemap.areas, database, city))
    except (GeoappError, OSError, subprocess.SubprocessError) as problem:
        _say(f"  The map will be drawn when it is first asked for: {problem}")
    finally:
        database.dispose()


def _healthy(settings: Settings) -> bool:
    """Ask /health once, directly: a proxy of the environment is no way to ourselves."""
    connection = http.client.HTTPConnection(_reachable(settings.host), settings.port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    """Return an address a browser on this machine can open for what we listen on."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared
