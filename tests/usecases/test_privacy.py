"""What a person asks to go is gone, everywhere; what has served its time goes by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.domain.workflow import Step
from geoapp.embedded import Cluster
from geoapp.embedded.client import Client
from geoapp.errors import Forbidden, InvalidInput, NotFound
from geoapp.media.folder import FolderStorage
from geoapp.settings import Settings
from geoapp.store import keeping as store_keeping
from geoapp.store.database import Database, Role
from geoapp.usecases import erasure, erasure_list, keeping, privacy, replies
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.casework import World
from tests.clocks import ROOT, shifted
from tests.databases import clone, drop
from tests.privacy_world import Reporter, dump, files, left, photo, report
from tests.sealed_history import verified
from tests.support import send

EVERYTHING = text(
    "TRUNCATE geoapp.complaint, geoapp.assignment, geoapp.complaint_event, geoapp.intake_key,"
    " geoapp.seal, geoapp.event_digest, geoapp.erasure, geoapp.privacy_request, geoapp.contact"
    " CASCADE"
)


@pytest.fixture(scope="module")
def staffed(cluster: Cluster, jambi_template: str) -> Iterator[World]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield World.build(database)
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def world(staffed: World) -> World:
    with as_owner(staffed.database) as owner:
        owner.execute(EVERYTHING)
    return staffed


@pytest.fixture
def storage(settings: Settings) -> FolderStorage:
    return FolderStorage(settings.home / "photos")


def own_url(database: Database) -> str:
    return database.url.replace("//geoapp_app@", "//geoapp_owner@")


def erase(world: World, settings: Settings, storage: FolderStorage, ticket: str) -> erasure.Erased:
    return erasure.erase_own(
        world.database, world.city, settings.home, storage, ticket,
        secret=settings.secret(),
        key=replies.follow_key(settings.secret(), world.city.code, ticket),
        typed=ticket,
    )  # fmt: skip


def test_nothing_of_an_erased_reporter_is_left_anywhere_and_the_history_holds(
    world: World, settings: Settings, storage: FolderStorage, cluster: Cluster
) -> None:
    siti = report(world, settings, storage, "siti")
    budi = report(world, settings, storage, "budi")
    before = dump(cluster, own_url(world.database)) + files(settings.home)
    assert left(siti.marks, before) == siti.marks, "the marks must be there to be missed"

    done = erase(world, settings, storage, siti.ticket)

    after = dump(cluster, own_url(world.database)) + files(settings.home)
    assert left(siti.marks, after) == []
    assert left(budi.marks, after) == budi.marks
    checked = verified(world.database, settings.home / "seals" / f"{world.city.slug}.jsonl")
    assert checked.clean, checked.findings.named
    # submitted, note, assignment, answer, reply; verification had no words
    assert done.events == len(checked.erased) == 5
    assert (done.tickets, done.photos, done.contacts) == ([siti.ticket], 1, 1)


def test_the_public_record_without_the_person_stays(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti = report(world, settings, storage, "siti")
    before = world.row(siti.ticket)
    erase(world, settings, storage, siti.ticket)
    after = world.row(siti.ticket)
    for kept in ("service_code", "status", "submitted_at", "due_at", "public_geom", "agency_code",
                 "public_kelurahan_code", "first_response_at"):  # fmt: skip
        assert getattr(after, kept) == getattr(before, kept), kept
    assert before.geom != before.public_geom, "blurred, or this test says nothing"
    assert after.geom == after.public_geom
    assert after.kelurahan_code == after.public_kelurahan_code
    with world.database.transaction(Role.VISITOR, world.city.code) as connection:
        row = connection.execute(
            text("SELECT * FROM geoapp.complaint_public WHERE ticket = :t"), {"t": siti.ticket}
        ).one()
    assert (row.description, row.landmark) == (None, None)
    assert [event.kind for event in world.events(siti.ticket)][-1] == "erased"


def test_every_part_of_a_split_report_goes_and_the_count_of_people_stays(
    world: World, settings: Settings, storage: FolderStorage, cluster: Cluster
) -> None:
    siti = report(world, settings, storage, "siti")
    part = world.act(
        world.operator, Step.SPLIT, siti.ticket, service="pothole", text="mark-siti-part"
    ).other
    assert part is not None
    erase(world, settings, storage, siti.ticket)
    assert left(siti.marks, dump(cluster, own_url(world.database))) == []
    assert world.row(part).description is None
    assert world.row(part).geom == world.row(part).public_geom


def test_a_photo_that_somebody_else_sent_too_stays(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti, other = report(world, settings, storage, "siti"), world.new()
    with as_owner(world.database) as owner:
        owner.execute(text("SELECT 1"))
    photo(world.database, storage, other, b"mark-siti")  # the same bytes
    erase(world, settings, storage, siti.ticket)
    assert [storage.get(key)[:5] for key in siti.photos] == [b"large", b"small"]
    with as_owner(world.database) as owner:
        tickets = owner.execute(
            text(
                "SELECT ticket FROM geoapp.photo JOIN geoapp.complaint ON complaint.id = complaint_id"
            )
        ).scalars()
        assert list(tickets) == [other]


def test_only_the_key_and_the_typed_ticket_erase(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    ticket = world.new()
    key = replies.follow_key(settings.secret(), world.city.code, ticket)
    given: dict[str, Any] = {"secret": settings.secret(), "key": key, "typed": ticket}
    for wrong, refused in (
        ({"key": "A" * 16}, Forbidden),
        ({"typed": "JBI-0000-00"}, InvalidInput),
    ):
        with pytest.raises(refused):
            erasure.erase_own(
                world.database, world.city, settings.home, storage, ticket, **given | wrong
            )
    assert not erasure_list.path(settings.home, world.city.slug).exists()
    assert world.row(ticket).description is not None


def test_another_persons_address_typed_into_a_report_gives_its_key_nothing_of_theirs(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti = report(world, settings, storage, "siti")
    mallory = report(world, settings, storage, "mallory", contact=siti.contact)
    erase(world, settings, storage, mallory.ticket)
    assert "mark-siti-description" in world.row(siti.ticket).description


def test_the_city_finds_by_address_everything_that_has_it(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti = report(world, settings, storage, "siti")
    again = report(world, settings, storage, "again", contact=siti.contact)
    report(world, settings, storage, "budi")
    vault = Vault(settings)
    for asked in (
        {"email": siti.contact.email.upper()},
        {"phone": siti.contact.phone.replace("+62", "0")},
        {"ticket": again.ticket},
    ):
        found = privacy.find(world.database, vault, world.city, **asked)
        assert {one.ticket for one in found} == {siti.ticket, again.ticket}
    alone = privacy.find(world.database, vault, world.city, ticket=again.ticket, alone=True)
    assert [one.ticket for one in alone] == [again.ticket]
    with pytest.raises(NotFound):
        privacy.find(world.database, vault, world.city, email="nobody@example.org")


KILLED = """
import os, signal, sys
from pathlib import Path
from geoapp.media.folder import FolderStorage
from geoapp.settings import Settings
from geoapp.store import privacy as store
from geoapp.store.database import Database
from geoapp.usecases import audit, cities, erasure, erasure_list, replies
url, home, ticket, where = sys.argv[1:]
database, home = Database(url), Path(home)
def die(*_args, **_named):
    os.kill(os.getpid(), signal.SIGKILL)
room, name = where.split(".")
setattr({"audit": audit, "store": store, "list": erasure_list, "erasure": erasure}[room], name, die)
city = cities.find(database, "15.71")
secret = "test-only" * 8
erasure.erase_own(database, city, home, FolderStorage(home / "photos"), ticket, secret=secret,
    key=replies.follow_key(secret, city.code, ticket), typed=ticket)
"""


@pytest.mark.parametrize(
    ("where", "promised"),
    [
        ("list.append", False),
        ("audit.seal_all", True),
        ("store.erase_report", True),
        ("store.note", True),
        ("erasure.remove_photos", True),
        ("store.delete_photo", True),
    ],
)
def test_an_erasure_that_is_killed_is_carried_on_or_never_began(
    world: World,
    settings: Settings,
    storage: FolderStorage,
    cluster: Cluster,
    where: str,
    promised: bool,
) -> None:
    siti = report(world, settings, storage, "siti")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, world.database.url, settings.home, siti.ticket, where],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    # All of the database's part, or nothing of it.
    marks = left(siti.marks[:-2], dump(cluster, own_url(world.database)))
    assert marks in ([], siti.marks[:-2])

    erasure.carry_on(world.database, world.city, settings.home, storage)
    everything = dump(cluster, own_url(world.database)) + files(settings.home)
    assert left(siti.marks, everything) == ([] if promised else siti.marks)
    assert verified(world.database).clean
    assert len([one for one in world.events(siti.ticket) if one.kind == "erased"]) == promised


def test_an_older_backup_brings_nothing_back(
    world: World, settings: Settings, storage: FolderStorage, cluster: Cluster, tmp_path: Path
) -> None:
    siti, budi = (report(world, settings, storage, name) for name in ("siti", "budi"))
    server = keeping.Server(
        own_url(world.database), settings.home, Client.of(cluster.binaries), cluster.create_database
    )
    keeping.backup(server, tmp_path.with_suffix(".backup"))
    erase(world, settings, storage, siti.ticket)

    beside = f"restored_{os.getpid()}"
    elsewhere = keeping.Server(
        store_keeping.at(own_url(world.database), beside),
        settings.home, server.client, cluster.create_database,
    )  # fmt: skip
    keeping.restore(elsewhere, tmp_path.with_suffix(".backup"))
    database = Database(elsewhere.url)
    try:
        brought = dump(cluster, elsewhere.url)
        assert "mark-siti-description" in brought, "the backup is from before"
        done = erasure.carry_on(database, world.city, settings.home, storage)
        assert done.tickets == [siti.ticket]
        after = dump(cluster, elsewhere.url) + files(settings.home)
        assert left(siti.marks, after) == []
        assert left(budi.marks, after) == budi.marks
        assert verified(database).clean
        assert erasure.carry_on(database, world.city, settings.home, storage).tickets == []
    finally:
        database.dispose()
        drop(cluster, beside)


def test_a_later_request_about_the_same_report_is_one_of_its_own(
    world: World, settings: Settings, storage: FolderStorage, cluster: Cluster
) -> None:
    siti = report(world, settings, storage, "siti")
    erase(world, settings, storage, siti.ticket)
    replies.reply(
        world.database, world.city, siti.ticket,
        secret=settings.secret(),
        key=replies.follow_key(settings.secret(), world.city.code, siti.ticket),
        text="mark-siti-later", solved=False,
    )  # fmt: skip
    assert erasure.carry_on(world.database, world.city, settings.home, storage).tickets == []
    assert "mark-siti-later" in dump(cluster, own_url(world.database))
    erase(world, settings, storage, siti.ticket)
    assert "mark-siti" not in dump(cluster, own_url(world.database))
    assert verified(world.database).clean


def _closed(world: World, reporter: Reporter, ago: str) -> None:
    world.set(
        reporter.ticket,
        f"status = 'closed', closed_at = now() - interval '{ago}'",
    )
    with as_owner(world.database) as owner:
        owner.execute(text("UPDATE geoapp.contact SET created_at = now() - interval '3 years'"))


def kept(world: World) -> dict[str, tuple[bool, bool]]:
    """By ticket: whether the contact is there, whether the browser's mark is."""
    with as_owner(world.database) as owner:
        rows = owner.execute(
            text(
                "SELECT ticket, email_sealed IS NOT NULL AS contact, person NOT LIKE 'gone:%' AS mark"
                " FROM geoapp.complaint JOIN geoapp.contact ON contact.complaint_id = complaint.id"
                " JOIN geoapp.complaint_sender AS sender ON sender.complaint_id = complaint.id"
            )
        )
        return {row.ticket: (row.contact, row.mark) for row in rows}


def test_contacts_and_marks_go_when_their_days_are_over_and_not_before(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    before, after, open_ = (
        report(world, settings, storage, name) for name in ("before", "after", "open")
    )
    _closed(world, before, "364 days 23 hours 59 minutes")
    _closed(world, after, "365 days 1 minute")
    gone = privacy.retain(world.database, world.city, days=365)
    assert gone == privacy.Forgotten(contacts=1, marks=1)
    assert kept(world) == {
        before.ticket: (True, True), after.ticket: (False, False), open_.ticket: (True, True),
    }  # fmt: skip
    assert world.row(after.ticket).description.startswith("mark-after")
    with world.database.transaction(Role.ADMIN, "15.71", account=world.city_admin.account_id) as c:
        noted = c.execute(text("SELECT kind, actor, data FROM geoapp.privacy_request")).all()
    assert [tuple(row) for row in noted] == [
        ("retention", "system", {"contacts": 1, "marks": 1, "days": 365})
    ]


def test_a_merged_report_keeps_its_contact_as_long_as_what_it_was_merged_into(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    lead, merged = (report(world, settings, storage, name) for name in ("lead", "merged"))
    world.act(world.operator, Step.MERGE, merged.ticket, lead=lead.ticket)
    _closed(world, lead, "364 days")
    assert privacy.retain(world.database, world.city, days=365).contacts == 0
    _closed(world, lead, "366 days")
    assert privacy.retain(world.database, world.city, days=365, batch=1).contacts == 2


RETAIN = """
import sys
from geoapp.store.database import Database
from geoapp.usecases import cities, privacy
database = Database(sys.argv[1])
print(privacy.retain(database, cities.find(database, "15.71"), days=365).contacts)
"""


def test_a_machine_with_a_wrong_date_removes_nothing_early(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti = report(world, settings, storage, "siti")
    _closed(world, siti, "300 days")
    ran = subprocess.run(
        [sys.executable, "-c", RETAIN, world.database.url],
        cwd=ROOT, env={**os.environ, **shifted("+400d")}, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == "0"
    assert kept(world)[siti.ticket] == (True, True)


def test_many_go_in_batches(world: World, settings: Settings, storage: FolderStorage) -> None:
    siti = report(world, settings, storage, "siti")
    tickets = [send(world.database)["ticket"] for _ in range(7)]
    with as_owner(world.database) as owner:
        owner.execute(
            text(
                "INSERT INTO geoapp.supporter (city_code, complaint_id, person)"
                " SELECT '15.71', id, 'somebody' FROM geoapp.complaint WHERE ticket = ANY (:tickets)"
            ),
            {"tickets": tickets},
        )
        owner.execute(
            text(
                "UPDATE geoapp.complaint SET status = 'closed', closed_at = now() - interval '2 years'"
            )
        )
        owner.execute(text("UPDATE geoapp.contact SET created_at = now() - interval '3 years'"))
    assert siti.ticket not in tickets
    assert privacy.retain(world.database, world.city, days=365, batch=3) == privacy.Forgotten(1, 8)
    with as_owner(world.database) as owner:
        marks = owner.execute(text("SELECT count(DISTINCT person) FROM geoapp.supporter")).scalar()
    assert marks == 7, "the same person is nobody's track through seven complaints any more"
