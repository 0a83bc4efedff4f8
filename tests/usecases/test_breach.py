"""A breach looked into: what is known of it, whom to tell, by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from geoapp.domain.contact import Contact
from geoapp.embedded import Cluster
from geoapp.errors import Forbidden, InvalidInput
from geoapp.media.folder import FolderStorage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import breach, contacts, privacy
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.casework import World
from tests.databases import clone, drop
from tests.people import hire
from tests.privacy_world import report


@pytest.fixture(scope="module")
def world(cluster: Cluster, jambi_template: str) -> Iterator[World]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield World.build(database)
    database.dispose()
    drop(cluster, name)


def test_whose_contact_was_shown_is_known_and_only_they_are_written_to(
    world: World, settings: Settings
) -> None:
    storage = FolderStorage(settings.home / "photos")
    vault = Vault(settings)
    siti, budi, tuti = (
        report(
            world, settings, storage, name,
            contact=Contact(name=f"={name}", email=f"{name}@example.org"),
        )
        for name in ("siti", "budi", "tuti")
    )  # fmt: skip
    reader = hire(world.database, "operator")
    now = world.database.now()
    contacts.read(world.database, vault, world.city, reader, siti.ticket, "curious")
    contacts.read(world.database, vault, world.city, reader, budi.ticket, "too early")
    with as_owner(world.database) as owner:
        owner.execute(
            text("UPDATE geoapp.contact_access SET at = :at WHERE purpose = 'too early'"),
            {"at": now - timedelta(days=2)},
        )
    question = {
        "accounts": [reader.account_id],
        "since": now - timedelta(days=1),
        "until": world.database.now(),
        "discovered_at": now,
        "what": "A notebook was stolen.",
    }
    made = breach.look_into_as(world.database, world.city, world.city_admin, **question)

    assert made.deadline == now + timedelta(hours=72)
    assert [one["ticket"] for one in made.told["shown"]] == [siti.ticket]
    assert made.told["reach"]["complaints"] == 3
    assert made.told["reach"]["reachable"] == 3
    assert set(made.told["categories"]) == {"contact", "report"}
    rows = breach.people(world.database, vault, world.city, world.city_admin, made.number)
    assert [row[0] for row in rows[1:]] == [siti.ticket]
    assert rows[1][1:3] == ["'=siti", "siti@example.org"], "no spreadsheet takes it for a formula"
    # Who writes to them has read their contact, and that is written down.
    newest = privacy.accesses(world.database, world.city, world.city_admin, most=1)[0]
    assert (newest.actor, newest.ticket, newest.purpose) == (
        world.city_admin.label, siti.ticket, f"breach notice {made.number}",
    )  # fmt: skip
    again = breach.one(world.database, world.city, world.city_admin, made.number)
    assert (again.told, again.what) == (made.told, "A notebook was stolen.")
    for kept in (str(made.told), breach.notice(world.city, made, "https://aduan.example")):
        assert "siti@example.org" not in kept

    wide = breach.look_into_as(
        world.database, world.city, world.city_admin, **question | {"everybody": True}
    )
    everybody = breach.people(world.database, vault, world.city, world.city_admin, wide.number)
    assert {row[0] for row in everybody[1:]} == {siti.ticket, budi.ticket, tuti.ticket}
    assert (made.number, wide.number) == (1, 2), "breaches are counted by themselves"
    with pytest.raises(Forbidden):
        breach.look_into_as(world.database, world.city, world.operator, **question)


def test_who_sent_several_reports_is_written_to_once(world: World, settings: Settings) -> None:
    storage, vault = FolderStorage(settings.home / "photos"), Vault(settings)
    since = world.database.now()
    first, second, other = (
        report(world, settings, storage, name, contact=Contact(email=email))
        for name, email in (
            ("one", "wati@example.org"), ("two", "Wati@example.org"), ("three", "eko@example.org"),
        )
    )  # fmt: skip
    now = world.database.now()
    made = breach.look_into_as(
        world.database, world.city, world.city_admin,
        accounts=[world.operator.account_id], since=since, until=now, discovered_at=now,
    )  # fmt: skip
    assert made.told["to_tell"] == {"reports": 3, "addresses": 2}
    rows = breach.people(world.database, vault, world.city, world.city_admin, made.number)
    told = {row[2].lower(): set(row[0].split(", ")) for row in rows[1:]}
    assert told == {
        "wati@example.org": {first.ticket, second.ticket},
        "eko@example.org": {other.ticket},
    }
    assert "To notify: 3 reports, 2 addresses" in breach.lines(world.city, made)


def test_the_notice_says_when_in_words_of_the_city(world: World) -> None:
    made = breach.look_into(
        world.database, world.city,
        accounts=[world.officer.account_id],
        since=datetime(2026, 3, 2, 1, 42, tzinfo=UTC),
        until=datetime(2026, 3, 3, 17, 0, tzinfo=UTC),
        discovered_at=datetime(2026, 3, 4, 2, 0, tzinfo=UTC),
        by="system",
    )  # fmt: skip
    told = breach.notice(world.city, made, "")
    # 01:42 UTC is 08.42 in Jambi; 2 March 2026 is a Monday.
    assert "Antara Senin, 2 Maret 2026 pukul 08.42 WIB" in told
    assert "dan Rabu, 4 Maret 2026 pukul 00.00 WIB" in told
    assert made.deadline == datetime(2026, 3, 7, 2, 0, tzinfo=UTC)


def test_an_unknown_account_and_times_that_cannot_be_are_refused(world: World) -> None:
    now = world.database.now()
    sound = {
        "accounts": [world.officer.account_id],
        "since": now - timedelta(days=1), "until": now, "discovered_at": now, "by": "system",
    }  # fmt: skip
    for wrong in (
        {"accounts": [999_999]},
        {"accounts": []},
        {"keys": [999_999], "accounts": []},
        {"since": now + timedelta(days=1)},
        {"discovered_at": now + timedelta(hours=1)},
        {"until": now + timedelta(hours=1)},
    ):
        with pytest.raises(InvalidInput):
            breach.look_into(world.database, world.city, **sound | wrong)
