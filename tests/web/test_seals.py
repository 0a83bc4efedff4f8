"""The seals as the public and the auditors see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.errors import InvalidInput
from geoapp.store.database import Database
from geoapp.usecases import audit, published_seals
from tests.asking import as_owner
from tests.people import hire, sign_in
from tests.support import default_city, send


@pytest.fixture
def sealed(emptied: Database, tmp_path: Path) -> Iterator[Path]:
    """Seven events in four seals and one more event; the published file."""
    clear = text("TRUNCATE geoapp.seal, geoapp.event_digest, geoapp.erasure")
    with as_owner(emptied) as owner:
        owner.execute(clear)
    for _ in range(7):
        send(emptied)
    city = default_city(emptied)
    audit.seal_all(emptied, city, tmp_path, most=2)
    send(emptied, confidential=True)
    yield published_seals.path(tmp_path, city.slug)
    with as_owner(emptied) as owner:
        owner.execute(clear)


def test_the_list_says_what_the_published_file_says(client: FlaskClient, sealed: Path) -> None:
    lines = [json.loads(line) for line in sealed.read_text().splitlines()]
    assert [line["count"] for line in lines] == [2, 2, 2, 1]
    told = client.get("/api/v1/seals").get_json()
    shown = [
        {**seal, "sealed_at": seal["sealed_at"].replace("Z", "+00:00")} for seal in told["seals"]
    ]
    public = ("city", "number", "previous", "sealed_at", "hash")
    assert shown == [{name: line[name] for name in public} for line in lines[::-1]]
    assert told["latest"] == told["seals"][0]
    assert told["links"] == []


def copies(client: FlaskClient, form: str) -> str:
    """What somebody may have kept of the public answers."""
    pages = [client.get("/api/v1/seals?limit=3"), client.get("/api/v1/seals?before=3&limit=2")]
    if form == "answers":
        return "\n".join(page.text for page in pages)
    if form == "indented":
        return json.dumps(pages[0].get_json(), indent=2)
    return "\n".join(json.dumps(seal) for page in pages for seal in page.get_json()["seals"])


@pytest.mark.parametrize("form", ["answers", "indented", "lines"])
def test_a_copy_of_the_public_answer_gives_a_new_chain_away(
    client: FlaskClient, emptied: Database, sealed: Path, tmp_path: Path, form: str
) -> None:
    city = default_city(emptied)
    copy = tmp_path / "copy.json"
    copy.write_text(copies(client, form))
    audit.seal_all(emptied, city, tmp_path)
    report = audit.verify(emptied, city, copy)
    assert report.clean, report.findings.named
    assert report.notes == ["The last 1 seals are younger than the copy."]

    genuine = client.get("/api/v1/seals").get_json()["seals"][1]["hash"]
    assert genuine in copy.read_text()
    copy.write_text(copy.read_text().replace(genuine, genuine[::-1]))
    report = audit.verify(emptied, city, copy)
    assert "Seal 4 was published with the hash" in report.findings.named[0].text


def test_the_end_cut_off_is_found_by_a_copy(
    client: FlaskClient, emptied: Database, sealed: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.json"
    copy.write_text(client.get("/api/v1/seals").text)
    with as_owner(emptied) as owner:
        owner.execute(text("DELETE FROM geoapp.event_digest WHERE seal_number > 2"))
        owner.execute(text("DELETE FROM geoapp.seal WHERE number > 2"))
    report = audit.verify(emptied, default_city(emptied), copy)
    assert any("the end of the history was cut off" in f.text for f in report.findings.named)


@pytest.mark.parametrize("held", ["[]x", '{"seals": 3}', '{"seals": [{"number": 1}]}', "no\n"])
def test_what_is_no_copy_is_refused(
    emptied: Database, sealed: Path, tmp_path: Path, held: str
) -> None:
    copy = tmp_path / "copy.json"
    copy.write_text(held)
    with pytest.raises(InvalidInput):
        audit.verify(emptied, default_city(emptied), copy)


def test_the_list_is_read_page_by_page(client: FlaskClient, sealed: Path) -> None:
    first = client.get("/api/v1/seals?limit=3").get_json()
    assert [seal["number"] for seal in first["seals"]] == [4, 3, 2]
    rest = client.get(first["links"][0]["href"]).get_json()
    assert [seal["number"] for seal in rest["seals"]] == [1]
    assert rest["latest"]["number"] == 4
    assert rest["links"] == []


@pytest.mark.parametrize(
    "query", ["before=0", "before=-1", "before=x", "limit=0", "limit=1001", "a=1"]
)
def test_what_cannot_be_a_page_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/v1/seals?{query}").status_code == 422


def test_without_seals_the_list_is_empty(client: FlaskClient) -> None:
    told = client.get("/api/v1/seals").get_json()
    assert told == {"latest": None, "seals": [], "numberReturned": 0, "links": []}


@pytest.mark.parametrize("role", ["auditor", "city_admin"])
@pytest.mark.parametrize(("lang", "waiting"), [("id", "Belum disegel"), ("en", "Not sealed yet")])
def test_auditors_see_the_chain_and_what_waits(
    client: FlaskClient, emptied: Database, sealed: Path, role: str, lang: str, waiting: str
) -> None:
    sign_in(client, hire(emptied, role))
    page = client.get(f"/audit?lang={lang}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for line in sealed.read_text().splitlines():
        assert json.loads(line)["hash"] in page.text
    assert f"<dt>{waiting}</dt><dd>1" in page.text
    assert "/admin/log" in page.text
    assert "<button" not in page.text


def test_a_worker_that_does_not_seal_is_told_of(
    client: FlaskClient, emptied: Database, sealed: Path
) -> None:
    with as_owner(emptied) as owner:
        owner.execute(text("UPDATE geoapp.complaint_event SET at = at - interval '10 minutes'"))
    sign_in(client, hire(emptied, "auditor"))
    assert "Is the worker running?" in client.get("/audit?lang=en").text


@pytest.mark.parametrize("role", ["operator", "agency_admin", "agency_head"])
def test_others_do_not(client: FlaskClient, emptied: Database, role: str) -> None:
    agency = None if role == "operator" else "dinas_pupr"
    with as_owner(emptied) as owner:
        code = owner.execute(text("SELECT code FROM geoapp.agency LIMIT 1")).scalar_one()
    sign_in(client, hire(emptied, role, agency=agency and code))
    assert client.get("/audit").status_code == 403


def test_visitors_are_sent_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/audit").status_code in {302, 303, 401}
