"""The practice city: made, played with, made anew; the real one isn't touched."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.access import StaffRole
from geoapp.domain.catalogue import City
from geoapp.domain.complaint import NewComplaint
from geoapp.domain.place import LonLat
from geoapp.errors import Conflict, InvalidInput, NotFound
from geoapp.settings import Settings
from geoapp.store import practice as store
from geoapp.store import tables
from geoapp.store.database import Database
from geoapp.usecases import audit, cities, demo_texts, passwords, practice, submit
from tests.asking import as_owner
from tests.people import hire
from tests.support import JELUTUNG, default_city, send

REAL, CODE = "15.71", "15.71.latihan"


def owner_url(database: Database) -> str:
    return database.url.replace("//geoapp_app@", "//geoapp_owner@")


def contents(database: Database, code: str) -> dict[str, str]:
    """A digest of every row of a city in every table."""
    found = {}
    with as_owner(database) as owner:
        for table in tables.metadata.sorted_tables:
            key = "code" if table.name == "city" else "city_code"
            if key in table.c:
                found[table.name] = owner.execute(
                    text(
                        "SELECT count(*) || md5(coalesce(string_agg(cast(t AS text), '|'"
                        f" ORDER BY cast(t AS text)), '')) FROM geoapp.{table.name} AS t"
                        f" WHERE {key} = :code"
                    ),
                    {"code": code},
                ).scalar_one()
    return found


def empty(found: dict[str, str]) -> bool:
    return all(digest.startswith("0d41d8") for digest in found.values())


def reset(database: Database, home: Path) -> practice.Practice:
    return practice.reset(database, owner_url(database), home, default_city(database), days=3)


def test_two_resets_in_a_row_leave_the_real_city_as_it_was(jambi: Database, tmp_path: Path) -> None:
    send(jambi)
    hire(jambi, "operator")
    audit.seal_all(jambi, default_city(jambi), tmp_path / "seals")
    before = contents(jambi, REAL)

    first = reset(jambi, tmp_path)
    assert first.city.practice
    assert (first.city.slug, first.city.ticket_prefix) == ("latihan", "LAT")
    assert first.complaints > 0
    assert contents(jambi, REAL) == before
    assert audit.seal_all(jambi, first.city, tmp_path / "seals") == 1
    assert (tmp_path / "seals" / "latihan.jsonl").exists()

    second = reset(jambi, tmp_path)
    assert second.complaints == first.complaints
    assert not (tmp_path / "seals" / "latihan.jsonl").exists()
    assert contents(jambi, REAL) == before
    assert len(cities.every(jambi)) == 2
    assert {one.password for one in first.accounts}.isdisjoint(
        one.password for one in second.accounts
    )

    gone = practice.remove(jambi, owner_url(jambi), tmp_path, default_city(jambi))
    assert gone.code == CODE
    assert not second.file.exists()
    assert empty(contents(jambi, CODE))
    assert contents(jambi, REAL) == before
    with pytest.raises(NotFound):
        practice.remove(jambi, owner_url(jambi), tmp_path, default_city(jambi))


def test_it_has_the_real_citys_catalogue_boundaries_and_rules(
    jambi: Database, tmp_path: Path
) -> None:
    made = reset(jambi, tmp_path)
    real = default_city(jambi)
    here, there = (cities.catalogue(jambi, city) for city in (made.city, real))
    assert here.services == there.services
    assert here.agencies == there.agencies
    sent = send_to(jambi, made.city, JELUTUNG)
    assert sent["ticket"].startswith("LAT-")
    twin = send(jambi)
    assert sent["kelurahan"] == twin["kelurahan"]
    assert sent["agency"] == twin["agency"]
    with as_owner(jambi) as owner:
        for table in ("area", "area_piece", "service_area", "service_version", "holiday"):
            counted = owner.execute(
                text(f"SELECT city_code, count(*) FROM geoapp.{table} GROUP BY 1 ORDER BY 1")
            ).all()
            assert [row[0] for row in counted] == [REAL, CODE], table
            assert counted[0][1] == counted[1][1], table


def send_to(database: Database, city: City, position: LonLat) -> dict[str, Any]:
    new = NewComplaint(service="pothole", description="Lubang besar", position=position)
    return submit.submit(database, city, cities.catalogue(database, city), new)


def test_every_role_has_an_account_whose_password_stands_in_a_file_of_the_owner(
    jambi: Database, tmp_path: Path
) -> None:
    made = reset(jambi, tmp_path)
    assert {one.role for one in made.accounts} == set(StaffRole)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    written = made.file.read_text()
    for one in made.accounts:
        assert f"{one.email}\t{one.password}" in written
        with as_owner(jambi) as owner:
            kept = owner.execute(
                text("SELECT password_hash FROM geoapp.account WHERE email = :email"),
                {"email": one.email},
            ).scalar_one()
        assert passwords.CONTEXT.verify(one.password, kept)


def test_passwords_of_another_practice_city_stay_in_their_file(
    jambi: Database, tmp_path: Path
) -> None:
    made = reset(jambi, tmp_path)
    made.file.write_text("Kota Lain (latihan), /kota-lain-latihan/login\n")
    practice.remove(jambi, owner_url(jambi), tmp_path, default_city(jambi))
    assert made.file.exists()


def test_it_has_texts_to_answer_with_and_none_twice(jambi: Database, tmp_path: Path) -> None:
    assert demo_texts.add(jambi, default_city(jambi)) == 6
    assert demo_texts.add(jambi, default_city(jambi)) == 0
    made = reset(jambi, tmp_path)
    with as_owner(jambi) as owner:
        counted = owner.execute(
            text(
                "SELECT agency_code, count(*) FROM geoapp.answer_template"
                " WHERE city_code = :code GROUP BY 1 ORDER BY 1"
            ),
            {"code": made.city.code},
        ).all()
    assert [tuple(row) for row in counted] == [("perkim_lpju", 3), (None, 3)]


def test_a_real_city_is_never_removed(jambi: Database, tmp_path: Path) -> None:
    before = contents(jambi, REAL)
    with store.owner(owner_url(jambi)) as connection:
        assert store.remove(connection, REAL) == 0
    assert contents(jambi, REAL) == before
    with as_owner(jambi) as owner:
        owner.execute(
            text(
                "INSERT INTO geoapp.city (code, slug, name, name_en, timezone, metric_srid, locale,"
                " ticket_prefix, centre, envelope) SELECT '15.71.latihan', 'real', name, name_en,"
                " timezone, metric_srid, locale, 'RL', centre, envelope FROM geoapp.city"
            )
        )
    before = contents(jambi, CODE)
    with pytest.raises(Conflict, match="isn't a practice city"):
        reset(jambi, tmp_path)
    assert contents(jambi, CODE) == before


def test_it_needs_a_real_city_and_one_alone_or_a_name(jambi: Database, tmp_path: Path) -> None:
    assert practice.chosen(jambi, None).code == REAL
    reset(jambi, tmp_path)
    assert practice.chosen(jambi, None).code == REAL
    with pytest.raises(InvalidInput, match="itself"):
        practice.chosen(jambi, "latihan")


def test_its_pages_say_so_and_the_real_city_needs_no_prefix_beside_it(
    jambi: Database, settings: Settings
) -> None:
    made = reset(jambi, settings.home)
    app = create_app(settings, jambi)
    client = app.test_client()
    mark = "Latihan<span>: tidak ada yang nyata di sini"
    for path in ("/", "/about", "/report", "/login", "/no-such-page"):
        page = client.get(f"/latihan{path}", headers={"Accept": "text/html"})
        assert mark in page.get_data(as_text=True), path
        page = client.get(path, headers={"Accept": "text/html"})
        assert mark not in page.get_data(as_text=True), path
    assert "nothing here is real" in client.get("/latihan/?lang=en").get_data(as_text=True)
    told = client.get("/latihan/api/v1/city").get_json()
    assert (told["code"], told["practice"]) == (made.city.code, True)
    told = client.get("/api/v1/city").get_json()
    assert (told["code"], told["practice"]) == (REAL, False)
    app.extensions["geoapp"].hub.close()
