"""Photos under erasure are nobody's; photos that are only hidden stay, whatever the reason says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geoapp.domain.workflow import Step
from geoapp.embedded import Cluster
from geoapp.errors import NotFound, StepRefused, StorageUnavailable
from geoapp.media.folder import FolderStorage
from geoapp.settings import Settings
from geoapp.store.database import Database, Role
from geoapp.usecases import (
    contacts,
    erasure,
    erasure_list,
    photo_showing,
    privacy,
    replies,
    support,
    work,
)
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.casework import World
from tests.databases import clone, drop
from tests.privacy_world import photo, report


class AwayStorage(FolderStorage):
    """A storage that can't be reached for removals."""

    def delete(self, key: str) -> None:
        raise StorageUnavailable(f"The storage of {key} is away.", "Try again.")


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
        owner.execute(text("TRUNCATE geoapp.complaint, geoapp.privacy_request CASCADE"))
        owner.execute(text("TRUNCATE geoapp.seal, geoapp.event_digest, geoapp.erasure CASCADE"))
    return staffed


@pytest.fixture
def storage(settings: Settings) -> FolderStorage:
    return FolderStorage(settings.home / "photos")


def erase(world: World, settings: Settings, storage: FolderStorage, ticket: str) -> erasure.Erased:
    return erasure.erase_own(
        world.database, world.city, settings.home, storage, ticket,
        secret=settings.secret(),
        key=replies.follow_key(settings.secret(), world.city.code, ticket),
        typed=ticket,
    )  # fmt: skip


def photos_of(world: World, ticket: str) -> list[UUID]:
    with as_owner(world.database) as owner:
        return list(
            owner.execute(
                text(
                    "SELECT photo.id FROM geoapp.photo"
                    " JOIN geoapp.complaint ON complaint.id = complaint_id WHERE ticket = :ticket"
                ),
                {"ticket": ticket},
            ).scalars()
        )


def under_erasure(
    world: World, settings: Settings, storage: FolderStorage, hidden: bool
) -> tuple[str, UUID]:
    """A complaint that was erased while the storage was away, and its photo."""
    ticket = world.new()
    photo(world.database, storage, ticket, b"holiday")
    (one,) = photos_of(world, ticket)
    if hidden:
        photo_showing.hide(world.database, world.city, world.operator, one, "a face")
    with pytest.raises(StorageUnavailable):
        erase(world, settings, AwayStorage(settings.home / "photos"), ticket)
    assert photos_of(world, ticket) == [one], "or this test says nothing"
    return ticket, one


def test_a_photo_that_staff_hid_as_erased_is_only_hidden(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    ticket = world.new()
    keys = photo(world.database, storage, ticket, b"street")
    (one,) = photos_of(world, ticket)
    photo_showing.hide(world.database, world.city, world.operator, one, "erased")
    assert erasure.remove_photos(world.database, world.city, storage) == 0
    assert [storage.get(key)[:5] for key in keys] == [b"large", b"small"]
    photo_showing.hide(world.database, world.city, world.operator, one, "seen", hidden=False)
    shown = photo_showing.public(world.database, storage, world.city, one, "small")
    assert shown.data == b"small street"


@pytest.mark.parametrize("hidden", [False, True])
def test_nobody_sees_or_brings_back_a_photo_while_it_is_being_erased(
    world: World, settings: Settings, storage: FolderStorage, hidden: bool
) -> None:
    ticket, one = under_erasure(world, settings, storage, hidden)
    for wanted in (False, True):
        with pytest.raises(NotFound):
            photo_showing.hide(world.database, world.city, world.operator, one, "x", hidden=wanted)
    with pytest.raises(NotFound):
        photo_showing.public(world.database, storage, world.city, one, "large")
    with pytest.raises(NotFound):
        photo_showing.work(world.database, storage, world.city, world.operator, one, "large")
    with world.database.transaction(Role.INTAKE, world.city.code, ticket=ticket) as connection:
        told = connection.execute(
            text("SELECT geoapp.sender_view('15.71', :ticket) -> 'photos'"), {"ticket": ticket}
        ).scalar_one()
    assert told == []
    case = work.case(world.database, world.city, world.operator, ticket)
    assert str(one) not in repr(case)

    erasure.carry_on(world.database, world.city, settings.home, storage)
    assert photos_of(world, ticket) == []
    assert not list((settings.home / "photos").rglob("*.jpg"))


WRITES = [
    "UPDATE geoapp.photo SET erased_at = now()",
    "UPDATE geoapp.photo SET erased_at = NULL",
]


@pytest.mark.parametrize("role", [Role.STAFF, Role.INTAKE, Role.WORKER, Role.VISITOR])
@pytest.mark.parametrize("statement", WRITES)
def test_only_an_erasure_marks_a_photo_as_erased(world: World, role: Role, statement: str) -> None:
    account = world.operator.account_id if role is Role.STAFF else None
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        world.database.transaction(role, world.city.code, account=account) as connection,
    ):
        connection.execute(text(statement))


def test_staff_that_writes_past_the_program_changes_no_photo_under_erasure(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    under_erasure(world, settings, storage, hidden=True)
    with world.database.transaction(
        Role.STAFF, world.city.code, account=world.operator.account_id
    ) as connection:
        changed = connection.execute(
            text("UPDATE geoapp.photo SET hidden_at = NULL, hidden_by = NULL, hidden_reason = NULL")
        ).rowcount
    assert changed == 0


def test_an_erasure_that_is_asked_for_again_writes_nothing(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti = report(world, settings, storage, "siti")
    part = world.act(world.operator, Step.SPLIT, siti.ticket, service="pothole", text="x").other
    assert part is not None
    erase(world, settings, storage, siti.ticket)
    listed = erasure_list.path(settings.home, world.city.slug)

    def written() -> tuple[bytes, int, int]:
        with as_owner(world.database) as owner:
            events = owner.execute(text("SELECT count(*) FROM geoapp.complaint_event")).scalar_one()
            noted = owner.execute(text("SELECT count(*) FROM geoapp.privacy_request")).scalar_one()
        return Path(listed).read_bytes(), events, noted

    before = written()
    for ticket in (siti.ticket, part, siti.ticket):
        again = erase(world, settings, storage, ticket)
        assert ticket in again.tickets
        assert (again.events, again.photos, again.contacts) == (0, 0, 0)
    assert written() == before


def test_the_city_writes_one_line_for_a_report_of_several_parts(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti = report(world, settings, storage, "siti")
    part = world.act(world.operator, Step.SPLIT, siti.ticket, service="pothole", text="x").other
    assert part is not None
    found = privacy.find(world.database, Vault(settings), world.city, ticket=part)
    assert {one.ticket for one in found} == {siti.ticket, part}
    done = erasure.erase_by_city(
        world.database, world.city, world.city_admin, settings.home, storage, found, reason="asked"
    )
    lines = list(erasure_list.read(erasure_list.path(settings.home, world.city.slug)))
    assert [line.ticket for line in lines] == [siti.ticket]
    assert sorted(done.tickets) == sorted([siti.ticket, part])
    for ticket in (siti.ticket, part):
        assert [one.kind for one in world.events(ticket)].count("erased") == 1


def test_nobody_joins_an_erased_report(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti = report(world, settings, storage, "siti")
    support.support(world.database, world.city, siti.ticket, "neighbour")
    erase(world, settings, storage, siti.ticket)
    for person in ("mark-siti-browser", "somebody"):
        with pytest.raises(StepRefused, match="erased"):
            support.support(world.database, world.city, siti.ticket, person)
    with pytest.raises(StepRefused, match="erased"):
        contacts.follow(
            world.database, Vault(settings), world.city, siti.ticket, "a@example.org", "id"
        )
    assert world.row(siti.ticket).supporters == 1
    told = support.withdraw(world.database, world.city, siti.ticket, "neighbour")
    assert (told.result, told.supporters) == ("withdrawn", 0)


def test_an_erased_report_that_isnt_public_isnt_told_of(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti = report(world, settings, storage, "siti", confidential=True)
    erase(world, settings, storage, siti.ticket)
    with pytest.raises(NotFound):
        support.support(world.database, world.city, siti.ticket, "somebody")
    with pytest.raises(NotFound):
        contacts.follow(
            world.database, Vault(settings), world.city, siti.ticket, "a@example.org", "id"
        )
