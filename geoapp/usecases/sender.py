"""What the sender of a complaint sees with their key: confidential ones, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geoapp.domain.catalogue import Catalogue, City, Name
from geoapp.domain.complaint import Status, ticket_is_plausible
from geoapp.domain.contact import Contact
from geoapp.domain.photo import content_key
from geoapp.domain.sender import SenderView, SentPhoto
from geoapp.errors import NotFound
from geoapp.media.storage import Storage
from geoapp.store import sender as store
from geoapp.store.database import Database, Role
from geoapp.usecases import contacts
from geoapp.usecases.replies import prove
from geoapp.usecases.vault import Vault

SIZES = ("small", "large")
"""In which a photo is kept."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo's bytes (JPEG) and the hash they are kept under."""

    sha256: str
    data: bytes


def view(database: Database, city: City, ticket: str, *, secret: str, key: str) -> SenderView:
    """The complaint as its sender may see it.

    Raises:
        Forbidden: the key isn't that of the ticket.
        NotFound: there is no such complaint (the key of a made-up ticket fits it, too).
    """
    prove(secret, city.code, ticket, key)
    found = None
    if ticket_is_plausible(ticket):
        with database.transaction(Role.INTAKE, city.code) as connection:
            found = store.view(connection, city.code, ticket)
    if found is None:
        raise NotFound("There is no such complaint.", "Check the ticket.")
    return found


def contact_of(database: Database, vault: Vault, city: City, ticket: str) -> Contact | None:
    """How the sender is reached, masked; for whoever has proven to be them by `view`."""
    with database.transaction(Role.INTAKE, city.code, ticket=ticket) as connection:
        return contacts.masked(connection, vault, city, ticket)


def picture(
    database: Database,
    storage: Storage,
    city: City,
    ticket: str,
    photo: str,
    size: str,
    *,
    secret: str,
    key: str,
) -> Picture:
    """A photo of a complaint, for its sender; of a confidential one, too.

    Raises:
        Forbidden: the key isn't that of the ticket.
        NotFound: there is no such photo, or it was hidden.
        StorageUnavailable: it can't be read right now.
    """
    found = view(database, city, ticket, secret=secret, key=key)
    kept = next((one for one in found.photos if one.id == photo), None)
    if kept is None or size not in SIZES:
        raise NotFound("There is no such photo.", "Look at the complaint again.")
    digest = kept.small_sha256 if size == "small" else kept.sha256
    return Picture(digest, storage.get(content_key(digest)))


def names(found: SenderView, catalogue: Catalogue) -> tuple[Name, str]:
    """What the service and the agency are called; a code the catalogue lacks stands for itself."""
    service = catalogue.services.get(found.service)
    agency = catalogue.agencies.get(found.agency)
    return (
        service.name if service else Name(found.service, found.service),
        agency.display if agency else found.agency,
    )


def photos_of(found: SenderView, event_id: int | None) -> list[SentPhoto]:
    """The photos that came with an entry of the history; None: with the complaint itself."""
    return [photo for photo in found.photos if photo.event_id == event_id]


def told(found: SenderView, city: City, catalogue: Catalogue) -> dict[str, Any]:
    """The sender's view, JSON-able; photos without their addresses."""
    service, agency = names(found, catalogue)

    def iso(moment: Any) -> str | None:
        return moment.isoformat() if moment else None

    def agency_name(code: str | None) -> str | None:
        known = catalogue.agencies.get(code) if code else None
        return known.display if known else code

    def pictures(event_id: int | None) -> list[dict[str, Any]]:
        return [
            {"id": one.id, "width": one.width, "height": one.height}
            for one in photos_of(found, event_id)
        ]

    first = next((entry.id for entry in found.history if entry.kind == "submitted"), None)
    # Of several times only the last is told where it went: the others are over.
    merged = next(
        (entry.id for entry in reversed(found.history) if entry.status == Status.DUPLICATE.value),
        None,
    )
    return {
        "ticket": found.ticket,
        "status": found.status.value,
        "service_name": service.as_dict(city.locale),
        "group": found.group,
        "description": found.description,
        "landmark": found.landmark,
        "agency": agency,
        "kelurahan": found.kelurahan_name or found.kelurahan_code,
        "kecamatan": found.kecamatan_name,
        "position": None if found.lon is None else {"lon": found.lon, "lat": found.lat},
        "anonymous": found.anonymous,
        "confidential": found.confidential,
        "submitted_at": iso(found.submitted_at),
        "due_at": iso(found.due_at),
        "photos": pictures(None) + (pictures(first) if first is not None else []),
        "history": [
            {
                "kind": entry.kind,
                "status": entry.status,
                "at": iso(entry.at),
                "own": entry.own,
                "words": entry.words,
                "solved": entry.solved,
                "stars": entry.stars,
                "authority": entry.authority,
                "agency": agency_name(entry.agency),
                "lead": found.lead if entry.id == merged else None,
                "photos": [] if entry.kind == "submitted" else pictures(entry.id),
            }
            for entry in found.history
            if entry.kind != "deadline"
        ],
        "may": {
            "reply": found.may_reply,
            "dispute_until": iso(found.disputed_until),
            "rate": found.may_rate,
            "rate_until": iso(found.rate_until),
            "escalate": city.ombudsman is not None
            and found.escalated_at is None
            and found.may_escalate,
            "escalate_from": iso(found.due_at),
        },
        "rating": {
            "stars": found.rating.stars,
            "words": found.rating.words,
            "rated_at": iso(found.rating.rated_at),
        }
        if found.rating
        else None,
        "escalated_at": iso(found.escalated_at),
    }
