"""Boundary files for the tests of /admin/boundaries, made from the shipped default."""

from __future__ import annotations

import copy
import io
import json
import re
from typing import Any

import shapely
from shapely.geometry import mapping, shape
from sqlalchemy import text

from geoapp import resources
from geoapp.store.database import Database
from geoapp.usecases import boundary_quality, cities
from tests.asking import as_owner
from tests.web.admin_office import HTML, Office

CITY = "15.71"
_UNDO = text("DELETE FROM geoapp.pending_decision; DELETE FROM geoapp.activation")


def shipped() -> dict[str, Any]:
    """The default kelurahan of Kota Jambi, as they are shipped."""
    file = resources.path("boundaries") / "kota-jambi" / "kelurahan.geojson"
    collection: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return collection


def merged(gone: str, into: str) -> dict[str, Any]:
    """The same with the ground of one code given to a neighbour; the other code is gone."""
    collection = copy.deepcopy(shipped())
    by_code = {feature["properties"]["code"]: feature for feature in collection["features"]}
    whole = shapely.union_all(
        [shapely.set_precision(shape(by_code[code]["geometry"]), 1e-7) for code in (gone, into)]
    )
    by_code[into]["geometry"] = mapping(whole)
    collection["features"] = [one for code, one in by_code.items() if code != gone]
    return collection


def upload(office: Office, content: Any, *, name: str = "batas.geojson", **fields: Any) -> Any:
    """Send a file to the form; *content* is bytes, or what becomes JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    sent = {"layer": "kelurahan", "version": "Uji", **fields, "csrf_token": office.token()}
    return office.client.post(
        f"{office.base}/admin/boundaries",
        data={**sent, "file": (io.BytesIO(raw), name)},
        headers=HTML,
        content_type="multipart/form-data",
    )


def number_of(answer: Any) -> int:
    """The set to whose page an upload leads."""
    assert answer.status_code == 303, answer.text[:2000]
    found = re.search(r"/admin/boundaries/(\d+)", answer.headers["Location"])
    assert found is not None
    return int(found[1])


def sets(database: Database) -> list[tuple[int, str]]:
    """Every set of the city with its status, the oldest first."""
    with as_owner(database) as connection:
        rows = connection.execute(
            text("SELECT id, status FROM geoapp.boundary_set WHERE city_code = :city ORDER BY id"),
            {"city": CITY},
        )
        return [(row.id, row.status) for row in rows]


def only_what_is_in_force(database: Database) -> None:
    """Without anything staged or under way."""
    with as_owner(database) as connection:
        connection.execute(_UNDO)
    city = cities.find(database, CITY)
    for number, status in reversed(sets(database)):
        if status == "staged":
            boundary_quality.discard(database, city, number)


def plain(page: str) -> str:
    """A page's text: no tags, spaces in order."""
    return " ".join(
        re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL).split()
    )
