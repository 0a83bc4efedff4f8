"""Databases of a test's own: copies of a template, dropped afterwards."""

from __future__ import annotations

import uuid

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.embedded import Cluster


def clone(cluster: Cluster, template: str) -> str:
    """Name of a new database that is a copy of *template*."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(
        cluster.url("geoapp_owner", "postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return name


def drop(cluster: Cluster, name: str) -> None:
    """Remove a database that `clone` made, whoever is still connected."""
    engine = create_engine(
        cluster.url("postgres", "postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
