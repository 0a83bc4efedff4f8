"""The dossier: a complaint's whole history on paper, for its sender to take along."""

from __future__ import annotations

import logging
from datetime import datetime

from geoapp.channels import dossier_pdf
from geoapp.domain.catalogue import Catalogue, City
from geoapp.domain.complaint import Status
from geoapp.domain.dossier import Dossier, DossierEntry, Promise, resolutions, verdict
from geoapp.domain.photo import content_key
from geoapp.domain.sender import SenderView
from geoapp.errors import NotFound
from geoapp.media.storage import Storage
from geoapp.store import dossier as store
from geoapp.store.database import Database, Role
from geoapp.usecases import boundary_words, sender

PHOTOS_MOST = 24
"""Printed at most; the rest are counted."""

_log = logging.getLogger(__name__)


def document(
    database: Database,
    storage: Storage,
    city: City,
    catalogue: Catalogue,
    ticket: str,
    *,
    secret: str,
    key: str,
    seals_at: str,
) -> bytes:
    """The dossier as a PDF of A4 pages.

    It tells what the sender may know and nothing else; contacts aren't printed. No connection is
    held while it is drawn, which a process of its own does.

    Args:
        seals_at: the whole address where seals are published.

    Raises:
        Forbidden: the key isn't that of the ticket.
        NotFound: there is no such complaint.
        DossierNotMade: too many are being made, or this one took too much.
        StorageUnavailable: photos can't be read right now.
    """
    found = sender.view(database, city, ticket, secret=secret, key=key)
    ground = None
    with database.transaction(Role.VISITOR, city.code) as connection:
        if found.kelurahan_code is not None and found.location_kind != "none":
            ground = store.ground(connection, city.code, found.kelurahan_set, found.kelurahan_code)
        numbers = sorted({entry.seal for entry in found.history if entry.seal is not None})
        seals = store.seals(connection, city.code, numbers)
    pictures: list[bytes] = []
    places: dict[str, int] = {}
    for photo in found.photos[:PHOTOS_MOST]:
        try:
            pictures.append(storage.get(content_key(photo.sha256)))
        except NotFound:
            _log.error("photo %s of %s isn't in the storage", photo.id, ticket)
            continue
        places[photo.id] = len(pictures) - 1
    service, agency = sender.names(found, catalogue)
    first = next((entry.id for entry in found.history if entry.kind == "submitted"), None)
    sizes = {photo.id: (photo.width, photo.height) for photo in found.photos}
    whole = Dossier(
        ticket=found.ticket,
        city=city.name.local,
        timezone=city.timezone,
        made_at=found.at.isoformat(),
        status=found.status.value,
        service=service.local,
        service_en=service.english,
        agency=agency,
        channel=found.channel,
        description=found.description or "",
        landmark=found.landmark or "",
        submitted_at=found.submitted_at.isoformat(),
        observed_at=_iso(found.observed_at),
        kelurahan=found.kelurahan_name or found.kelurahan_code or "",
        kecamatan=found.kecamatan_name or "",
        lon=found.lon,
        lat=found.lat,
        boundaries=boundary_words.on_paper(ground.source, ground.version) if ground else "",
        approximate=ground.approximate if ground else False,
        areas=ground.areas if ground else [],
        anonymous=found.anonymous,
        confidential=found.confidential,
        simulated=found.simulated,
        supporters=found.supporters,
        escalated_at=_iso(found.escalated_at),
        may_escalate=found.may_escalate,
        ombudsman=(city.ombudsman.name.local, city.ombudsman.website, city.ombudsman.phone)
        if city.ombudsman
        else None,
        stars=found.rating.stars if found.rating else None,
        rating_words=found.rating.words if found.rating else "",
        promises=_promises(found),
        photos=[sizes[name] for name in places],
        own_photos=_printed(found, None, places)
        + (_printed(found, first, places) if first is not None else []),
        left_out=len(found.photos) - len(places),
        history=[
            DossierEntry(
                at=entry.at.isoformat(),
                kind=entry.kind,
                status=entry.status,
                own=entry.own,
                words=entry.words or "",
                solved=entry.solved,
                stars=entry.stars,
                authority=entry.authority,
                agency=_agency(catalogue, entry.agency),
                due_before=entry.due_before,
                due_after=entry.due_after,
                seal=entry.seal,
                digest=entry.digest,
                photos=[] if entry.id == first else _printed(found, entry.id, places),
            )
            for entry in found.history
        ],
        seals=seals,
        seals_at=seals_at,
    )
    return dossier_pdf.make(whole, pictures)


def _promises(found: SenderView) -> list[Promise]:
    """Every deadline there was, in the order of the work."""
    paused = found.status is Status.ON_HOLD
    # What is over never gets its first answer any more.
    over = found.status in {Status.REJECTED, Status.OUT_OF_AUTHORITY, Status.DUPLICATE}
    wanted = [
        ("verify", found.verify_due_at, found.verified_at),
        ("answer", found.answer_due_at, found.first_response_at),
        *(("resolve", due, done) for due, done in resolutions(found.history, found.due_at)),
    ]
    return [
        Promise(
            what,
            due.isoformat(),
            _iso(done),
            verdict(due, done, now=found.at, paused=paused),
        )
        for what, due, done in wanted
        if due is not None and not (over and done is None)
    ]


def _printed(found: SenderView, event_id: int | None, places: dict[str, int]) -> list[int]:
    return [places[one.id] for one in sender.photos_of(found, event_id) if one.id in places]


def _agency(catalogue: Catalogue, code: str | None) -> str | None:
    known = catalogue.agencies.get(code) if code else None
    return known.display if known else code


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
