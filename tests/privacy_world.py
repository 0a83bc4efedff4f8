"""One reporter with marks in everything they may have said, and another beside them."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geoapp.domain.contact import Contact
from geoapp.domain.place import LonLat
from geoapp.domain.workflow import Step
from geoapp.embedded import Cluster
from geoapp.embedded.client import Client
from geoapp.media.folder import FolderStorage
from geoapp.settings import Settings
from geoapp.store import keeping
from geoapp.store.database import Database, Role
from geoapp.usecases import contacts, replies
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.casework import World
from tests.support import send


def _place(name: str) -> LonLat:
    """In Jelutung, with digits that nobody else has."""
    return LonLat(103.61 + int(_phone(name)[-5:]) / 1e8, -1.612444)


_PHOTO = text("""
    INSERT INTO geoapp.photo (city_code, state, length, received, sha256, bytes, width, height,
                              small_sha256, small_bytes, small_width, small_height, complaint_id,
                              position, attached_at)
    SELECT city_code, 'kept', 9, 9, :large, 9, 20, 20, :small, 9, 16, 16, id,
           1 + (SELECT count(*) FROM geoapp.photo AS other WHERE other.complaint_id = complaint.id),
           now()
    FROM geoapp.complaint WHERE ticket = :ticket
""")


@dataclass
class Reporter:
    """Somebody with a report; *marks* are texts that only they have."""

    ticket: str
    contact: Contact
    photos: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)


def photo(database: Database, storage: FolderStorage, ticket: str, content: bytes) -> list[str]:
    """A photo of *ticket* with files; the keys of the two."""
    large, small = (hashlib.sha256(size + content).hexdigest() for size in (b"large ", b"small "))
    keys = [f"{sha[:2]}/{sha}.jpg" for sha in (large, small)]
    for key, size in zip(keys, (b"large ", b"small "), strict=True):
        storage.put(key, size + content)
    with as_owner(database) as owner:
        owner.execute(_PHOTO, {"ticket": ticket, "large": large, "small": small})
    return keys


def report(
    world: World,
    settings: Settings,
    storage: FolderStorage,
    name: str,
    *,
    contact: Contact | None = None,
    **changes: Any,
) -> Reporter:
    """A complaint of *name*, who leaves a mark wherever a person may: answered, disputed."""
    database, city = world.database, world.city
    mark = f"mark-{name}"
    contact = contact or Contact(
        name=f"{mark}-name", email=f"{mark}-mail@example.org", phone=_phone(name)
    )
    values = {
        "description": f"{mark}-description {contact.phone}",
        "landmark": f"{mark}-landmark",
        "position": _place(name),
        "service": "waste_burning",
    } | changes
    ticket = send(database, **values)["ticket"]
    vault = Vault(settings)
    with database.transaction(Role.INTAKE, city.code, ticket=ticket) as connection:
        contacts.keep(connection, vault, city, ticket, "reporter", contact, "id")
    with as_owner(database) as owner:
        owner.execute(
            text(
                "INSERT INTO geoapp.complaint_sender (city_code, complaint_id, person)"
                " SELECT city_code, id, :person FROM geoapp.complaint WHERE ticket = :ticket"
                " ON CONFLICT DO NOTHING"
            ),
            {"ticket": ticket, "person": f"{mark}-browser"},
        )
    for step, who, told in (
        (Step.VERIFY, world.operator, {}),
        (Step.NOTE, world.operator, {"text": f"{mark}-note: called {contact.name}"}),
        (Step.ASSIGN, world.operator, {"agency": "pupr_bina_marga", "reason": f"{mark}-why"}),
        (Step.ANSWER, world.operator, {"text": f"{mark}-answer for {contact.name}"}),
    ):
        world.act(who, step, ticket, **told)
    replies.reply(
        database,
        city,
        ticket,
        secret=settings.secret(),
        key=replies.follow_key(settings.secret(), city.code, ticket),
        text=f"{mark}-reply",
        solved=False,
    )
    contacts.read(database, vault, city, world.operator, ticket, f"{mark}-purpose")
    with as_owner(database) as owner:
        owner.execute(
            text(
                "INSERT INTO geoapp.rating (city_code, complaint_id, stars, words)"
                " SELECT city_code, id, 2, :words FROM geoapp.complaint WHERE ticket = :ticket"
            ),
            {"ticket": ticket, "words": f"{mark}-rating"},
        )
        owner.execute(
            text(
                "INSERT INTO geoapp.intake_key (city_code, key, body_sha256, answer)"
                " VALUES ('15.71', :key, 'x', cast(:answer AS jsonb))"
            ),
            {"key": f"{mark}-key", "answer": f'{{"ticket": "{ticket}"}}'},
        )
        sealed = owner.execute(
            text(
                "SELECT encode(name_sealed, 'hex') AS name, encode(email_sealed, 'hex') AS email,"
                " encode(phone_sealed, 'hex') AS phone, email_digest, phone_digest,"
                " cast(complaint.geom AS text) AS place"
                " FROM geoapp.contact JOIN geoapp.complaint ON complaint.id = contact.complaint_id"
                " WHERE ticket = :ticket AND role = 'reporter'"
            ),
            {"ticket": ticket},
        ).one()
    keys = photo(database, storage, ticket, mark.encode())
    return Reporter(
        ticket,
        contact,
        keys,
        [mark, *(value for value in sealed if value), *(Path(key).stem for key in keys)],
    )


def _phone(name: str) -> str:
    return "+62812" + str(int(hashlib.sha256(name.encode()).hexdigest(), 16))[:8]


def dump(cluster: Cluster, url: str) -> str:
    """The whole database as text, as pg_dump writes it."""
    return subprocess.run(
        [Client.of(cluster.binaries).dump, "--schema=geoapp"],
        env=keeping.libpq(url),
        capture_output=True,
        check=True,
        text=True,
    ).stdout


def left(marks: list[str], content: str) -> list[str]:
    """Which of *marks* are in *content*."""
    return [mark for mark in marks if mark in content]


def files(folder: Path) -> str:
    """Names and contents of every file below *folder*, as one text."""
    parts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            parts += [path.name, path.read_bytes().decode("latin-1")]
    return "\n".join(parts)
