"""Servers that others wrote, each from PyPI in an environment of its own, for benchmarks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from geoapp.embedded import Cluster
from tests.servers import free_port
from tests.support import eventually

HOME = Path(".bench")
"""Environments are kept here between runs."""
TIPG = ("tipg==1.6.1", "uvicorn==0.54.0")
PYGEOAPI = (
    "pygeoapi==0.21.0", "gunicorn==27.0.1", "psycopg2-binary", "geoalchemy2", "sqlalchemy<2.1",
    "pygeofilter[backend-sqlalchemy]",
)  # fmt: skip


def environment(name: str, packages: tuple[str, ...]) -> Path:
    """The folder of programs of an environment with *packages*, made if need be."""
    place = HOME / name
    made = place / "made"
    if not made.exists() or made.read_text(encoding="utf-8") != repr(packages):
        print(f"  making an environment with {', '.join(packages)}", flush=True)
        venv.create(place, with_pip=True, clear=True)
        pip = place / "bin" / "pip"
        subprocess.run([pip, "install", "--quiet", *packages], check=True)
        made.write_text(repr(packages), encoding="utf-8")
    return (place / "bin").resolve()


@contextmanager
def tipg(cluster: Cluster, database: str, schema: str, workers: int, home: Path) -> Iterator[str]:
    """tipg on the tables of *schema*; its address."""
    programs = environment("tipg", TIPG)
    port = free_port()
    # asyncpg takes a folder of sockets as the host, written so that it can stand in an address.
    host = quote(str(cluster.sockets), safe="")
    variables = {
        "DATABASE_URL": f"postgresql://geoapp_owner@{host}/{database}",
        "TIPG_DB_SCHEMAS": json.dumps([schema]),
        "TIPG_DB_EXCLUDE_FUNCTION_SCHEMAS": json.dumps(["public", "geoapp"]),
    }
    command = [
        str(programs / "python"), "-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--log-level", "warning", "--timeout-keep-alive", "60",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with _running(command, variables, home / "tipg", f"{url}/healthz"):
        yield url


@contextmanager
def pygeoapi(
    cluster: Cluster, database: str, schema: str, table: str, workers: int, home: Path
) -> Iterator[str]:
    """pygeoapi with *table* as the collection ``complaints``; its address."""
    programs = environment("pygeoapi", PYGEOAPI)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    here = home / "pygeoapi"
    here.mkdir()
    # YAML is a superset of JSON.
    (here / "config.yml").write_text(
        json.dumps(_pygeoapi_config(cluster, database, schema, table, url)), encoding="utf-8"
    )
    variables = {
        "PYGEOAPI_CONFIG": str(here / "config.yml"),
        "PYGEOAPI_OPENAPI": str(here / "openapi.yml"),
    }
    subprocess.run(
        [
            programs / "pygeoapi", "openapi", "generate", here / "config.yml",
            "--output-file", here / "openapi.yml",
        ],
        env=_variables(variables), check=True, capture_output=True,
    )  # fmt: skip
    command = [
        str(programs / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
        "--worker-class", "gthread", "--threads", "8", "--keep-alive", "60", "pygeoapi.flask_app:APP",
    ]  # fmt: skip
    with _running(command, variables, here, f"{url}/conformance"):
        yield url


def _pygeoapi_config(
    cluster: Cluster, database: str, schema: str, table: str, url: str
) -> dict[str, object]:
    texts = {"title": "Complaints", "description": "Complaints", "keywords": ["complaints"]}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 0},
            "url": url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 100, "max_items": 10000},
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": texts
            | {"keywords_type": "theme", "terms_of_service": url, "url": url},
            "license": {"name": "none", "url": url},
            "provider": {"name": "bench", "url": url},
            "contact": {"name": "bench"},
        },
        "resources": {
            "complaints": texts
            | {
                "type": "collection",
                "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
                "providers": [
                    {
                        "type": "feature",
                        "name": "PostgreSQL",
                        "data": {
                            "host": str(cluster.sockets),
                            "dbname": database,
                            "user": "geoapp_owner",
                            "password": "",
                            "search_path": [schema, "public"],
                        },
                        "id_field": "id",
                        "table": table,
                        "geom_field": "geom",
                    }
                ],
            }
        },
    }


def _variables(more: Mapping[str, str]) -> dict[str, str]:
    """The environment without what is ours, so that nothing of it gets into theirs."""
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return foreign | dict(more)


@contextmanager
def _running(
    command: list[str], variables: Mapping[str, str], home: Path, probe: str
) -> Iterator[None]:
    home.mkdir(exist_ok=True)
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command, env=_variables(variables), cwd=home, stdout=log, stderr=log
        )
    try:
        eventually(lambda: _answers(probe), within_s=90, what=f"{probe}, see {home}/server.log")
        yield
    except BaseException:
        print((home / "server.log").read_text(encoding="utf-8")[-2000:], file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
