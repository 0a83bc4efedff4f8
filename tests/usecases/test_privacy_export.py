"""Everything about one person in one file, and nothing about anybody else."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator

import pytest

from geoapp.domain.workflow import Step
from geoapp.embedded import Cluster
from geoapp.errors import Forbidden
from geoapp.media.folder import FolderStorage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import privacy, privacy_export, replies
from geoapp.usecases.vault import Vault
from tests.casework import World
from tests.databases import clone, drop
from tests.privacy_world import report


@pytest.fixture(scope="module")
def world(cluster: Cluster, jambi_template: str) -> Iterator[World]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield World.build(database)
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def storage(settings: Settings) -> FolderStorage:
    return FolderStorage(settings.home / "photos")


def test_a_sender_gets_all_that_is_theirs_and_no_more(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    siti = report(world, settings, storage, "siti")
    report(world, settings, storage, "budi")
    part = world.act(
        world.operator, Step.SPLIT, siti.ticket, service="pothole", text="part of it"
    ).other
    args = (world.database, Vault(settings), storage, world.city, siti.ticket)
    made = privacy_export.export_own(
        *args,
        secret=settings.secret(),
        key=replies.follow_key(settings.secret(), world.city.code, siti.ticket),
    )
    with zipfile.ZipFile(made.file) as archive:
        names = set(archive.namelist())
        told = json.loads(archive.read("data.json"))
        page = archive.read("data.html").decode()
        picture = archive.read(f"photos/{siti.ticket}-1.jpg")
    assert names == {"data.json", "data.html", f"photos/{siti.ticket}-1.jpg"}
    assert picture == b"large mark-siti"
    assert [one["ticket"] for one in told["reports"]] == [siti.ticket, part]
    text = json.dumps(told)
    for mine in ("description", "landmark", "reply", "answer", "rating"):
        assert f"mark-siti-{mine}" in text, mine
        assert f"mark-siti-{mine}" in page, mine
    contact = told["contacts"][0]
    assert (contact["name"], contact["email"], contact["phone"]) == (
        siti.contact.name, siti.contact.email, siti.contact.phone,
    )  # fmt: skip
    # What staff wrote among themselves is for the city to give; that it's there is told.
    for inner in ("note", "why", "purpose", "browser"):
        assert f"mark-siti-{inner}" not in text + page, inner
    assert any(event["not_shown"] for event in told["reports"][0]["history"])
    assert len(told["reports"][0]["contact_shown"]) == 1
    assert "mark-budi" not in text + page
    for staff in ("Olivia", "account:"):
        assert staff not in text + page
    with pytest.raises(Forbidden):
        privacy_export.export_own(*args, secret=settings.secret(), key="A" * 16)


def test_the_city_gives_all_reports_of_an_address_with_what_was_noted(
    world: World, settings: Settings, storage: FolderStorage
) -> None:
    tuti = report(world, settings, storage, "tuti", description="<b>mark-tuti</b> & more")
    again = report(world, settings, storage, "tuti2", contact=tuti.contact)
    vault = Vault(settings)
    found = privacy.find(world.database, vault, world.city, email=tuti.contact.email)
    made = privacy_export.export_by_city(
        world.database,
        vault,
        storage,
        world.city,
        world.city_admin,
        found,
        reason="asked by letter",
    )
    with zipfile.ZipFile(made.file) as archive:
        told = json.loads(archive.read("data.json"))
        page = archive.read("data.html").decode()
    assert [one["ticket"] for one in told["reports"]] == [tuti.ticket, again.ticket]
    assert "mark-tuti-note" in json.dumps(told)
    assert "&lt;b&gt;mark-tuti&lt;/b&gt; &amp; more" in page
    assert "<b>" not in page
    assert "<script" not in page
    newest = privacy.requests(world.database, world.city, world.city_admin, before=None, most=1)[0]
    assert (newest.kind, newest.actor, newest.reason) == (
        "export", world.city_admin.label, "asked by letter",
    )  # fmt: skip
    assert "ticket" not in newest.data, "two tickets side by side would tell who had them"
    with pytest.raises(Forbidden):
        privacy_export.export_by_city(
            world.database, vault, storage, world.city, world.operator, found
        )
