"""What staff reads: the list, one case, its polygons, tiles, templates, officers.

Every function is one transaction as the staff role for the very account: row-level security
decides what it sees. What isn't visible isn't there (`NotFound`), so that nobody learns
from an answer whether a ticket exists elsewhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from geoapp.domain.access import ALLOWED, Actor, Permission, may, reach, require
from geoapp.domain.casework import Case, Officer, Template, WholeAgency, WorkComplaint, WorkPage
from geoapp.domain.catalogue import City
from geoapp.domain.complaint import Status
from geoapp.domain.filters import unstorable
from geoapp.domain.place import TileId
from geoapp.domain.work_filter import Sort, WorkCursor, WorkFilter
from geoapp.domain.workflow import Action, Standing, possible
from geoapp.errors import FieldProblem, Forbidden, InvalidInput, NotFound
from geoapp.store import complaints, work, work_people
from geoapp.store.database import Database, Role
from geoapp.usecases import tiles
from geoapp.usecases.livemap import Tile


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A case and what the viewer may do with it at *now*."""

    case: Case
    actions: tuple[Action, ...]
    now: datetime


def complaint_page(
    database: Database,
    city: City,
    actor: Actor,
    wanted: WorkFilter,
    *,
    sort: Sort,
    limit: int,
    after: WorkCursor | None = None,
) -> WorkPage:
    """A page of what *actor* sees, in the order of *sort*.

    Raises:
        Forbidden: the actor may read nowhere.
        InvalidInput: by distance, but from nowhere.
    """
    require(actor, Permission.READ)
    if sort is Sort.NEAR and wanted.near is None:
        raise InvalidInput(
            "The order by distance needs a place to start from.",
            "Send near=lon,lat.",
            [FieldProblem("near", "is missing for sort=near")],
        )
    wanted = replace(wanted, reach=reach(actor, Permission.READ))
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return work.page(connection, city.code, wanted, sort, limit=limit, after=after)


def case(database: Database, city: City, actor: Actor, ticket: str) -> OpenedCase:
    """Everything about one complaint, read in a single statement, with the viewer's actions.

    Raises:
        Forbidden: the actor may read nowhere.
        NotFound: there is none with this ticket that the actor sees.
    """
    require(actor, Permission.READ)
    now = database.now()
    found = None
    if unstorable(ticket) is None:
        with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
            found = work.case_of(connection, city.code, ticket.upper(), now)
    if found is None:
        raise _not_there()
    return OpenedCase(found, possible(actor, standing_of(found.complaint)), now)


def area(database: Database, city: City, actor: Actor, ticket: str) -> list[dict[str, object]]:
    """The polygons behind the complaint's decision as GeoJSON features (EPSG:4326).

    ``role``: won, other (might have been meant), or road: the line it was found beside.

    Raises:
        NotFound: as for `case`.
    """
    require(actor, Permission.READ)
    features = None
    if unstorable(ticket) is None:
        with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
            features = work.areas_of(connection, city.code, ticket.upper())
    if features is None:
        raise _not_there()
    return features


def tile(
    database: Database,
    city: City,
    actor: Actor,
    wanted: WorkFilter,
    place: TileId,
    *,
    known: frozenset[str] = frozenset(),
    shelf: tiles.Shelf | None = None,
) -> Tile:
    """A vector tile of what *actor* sees, at true positions.

    The version names the actor and what was granted: nobody is told *not modified* about
    what another account, or the same one with other grants, saw before.

    Raises:
        Forbidden: the actor may read nowhere.
        TooMany: the filter would need more rows than we look through.
    """
    require(actor, Permission.READ)
    wanted = replace(wanted, reach=reach(actor, Permission.READ))
    # The version first: rows that commit in between make the tile newer than it says, never
    # older.
    data = complaints.version_now(database, city.code)
    version = f"{data}-{int(wanted.now.timestamp()):x}-{_sight(actor)}"
    if version in known:
        return Tile(version, None)

    def draw() -> bytes:
        with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
            return tiles.draw(connection, city, wanted, place, tiles.STAFF)

    return Tile(version, (shelf or tiles.Shelf()).get((city.code, wanted, place, version), draw))


def templates(
    database: Database, city: City, actor: Actor, agency: str | None = None
) -> list[Template]:
    """Texts to answer with: those of *agency* and those of all; without one every text."""
    if not may(actor, Permission.WORD_ANSWERS):
        require(actor, Permission.READ)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return work_people.templates(connection, city.code, agency)


def add_template(
    database: Database, city: City, actor: Actor, agency: str | None, name: str, body: str
) -> Template:
    """Keep a new text to answer with; without an agency it is for all of them.

    Raises:
        Forbidden: the actor doesn't word the answers of this agency (of all, without one).
        InvalidInput: there is no such agency.
    """
    _require_wording(actor, agency)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        if agency is not None and not work_people.agency_exists(connection, city.code, agency):
            raise InvalidInput(
                f"There is no agency {agency!r}.",
                "Send the code of one of the city's agencies.",
                [FieldProblem("agency", "no such agency", agency)],
            )
        return work_people.add_template(connection, city.code, agency, name, body)


def change_template(
    database: Database,
    city: City,
    actor: Actor,
    number: int,
    *,
    name: str | None = None,
    body: str | None = None,
    retired: bool = False,
) -> Template:
    """Word a text anew (what isn't given stays), or take it out of use for good.

    Raises:
        Forbidden: the actor doesn't word the answers of its agency.
        NotFound: no such text is in use.
    """
    require(actor, Permission.WORD_ANSWERS)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        held = work_people.template(connection, city.code, number)
        if held is None:
            raise NotFound("There is no such text in use.", "Look at the list of texts again.")
        _require_wording(actor, held.agency_code)
        wanted = replace(held, name=name or held.name, body=body or held.body)
        if not work_people.change_template(connection, city.code, wanted, retired=retired):
            raise _wording_refused()
        return wanted


def officers(database: Database, city: City, actor: Actor, agency: str) -> list[Officer]:
    """Whom *agency* can give a complaint to, by name; nobody, when the actor reads none of its.

    An actor limited to areas reads what any agency has there.
    """
    require(actor, Permission.READ)
    if not any(
        grant.agency_code in {None, agency} and Permission.READ in ALLOWED[grant.role]
        for grant in actor.grants
    ):
        return []
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return work_people.officers(connection, city.code, agency)


def standing_of(complaint: WorkComplaint) -> Standing:
    """How a complaint stands, for `geoapp.domain.workflow.possible`."""
    return Standing(
        id=complaint.id,
        ticket=complaint.ticket,
        status=complaint.status,
        version=complaint.version,
        service_code=complaint.service_code,
        agency_code=complaint.agency_code,
        kelurahan_code=complaint.kelurahan.code if complaint.kelurahan else None,
        kecamatan_code=complaint.kecamatan.code if complaint.kecamatan else None,
        service_area_code=complaint.service_area.code if complaint.service_area else None,
        officer_id=complaint.officer.id if complaint.officer else None,
        confidential=complaint.confidential,
        held_status=Status(complaint.held_status) if complaint.held_status else None,
        hold_since=complaint.hold_since,
        verified_at=complaint.verified_at,
        assigned_at=complaint.assigned_at,
        first_response_at=complaint.first_response_at,
        handled_at=complaint.handled_at,
        resolved_at=complaint.resolved_at,
        closed_at=complaint.closed_at,
        reopenings=complaint.reopenings,
        road_code=complaint.road_code,
        authority_offer=complaint.authority_offer,
    )


def may_word(actor: Actor, agency: str | None) -> bool:
    """Whether *actor* words the answers of the whole agency; of every one, without it."""
    if agency is not None:
        return may(actor, Permission.WORD_ANSWERS, WholeAgency(agency))
    return may(actor, Permission.WORD_ANSWERS) and any(
        grant.agency_code is None
        and grant.everywhere
        and Permission.WORD_ANSWERS in ALLOWED[grant.role]
        for grant in actor.grants
    )


def _require_wording(actor: Actor, agency: str | None) -> None:
    require(actor, Permission.WORD_ANSWERS)
    if agency is not None:
        require(actor, Permission.WORD_ANSWERS, WholeAgency(agency))
    elif not may_word(actor, None):
        raise _wording_refused()


def _wording_refused() -> Forbidden:
    return Forbidden(
        "This text is for agencies beyond your account.", "Word one for your own agency."
    )


def _not_there() -> NotFound:
    return NotFound(
        "There is no complaint with this ticket that your account sees.",
        "Check the ticket's letters, or ask an operator.",
    )


def _sight(actor: Actor) -> str:
    """Stands for the account and its grants in a version."""
    held = sorted(
        (
            grant.role.value,
            grant.agency_code or "",
            *(sorted(codes) for codes in (grant.kelurahan, grant.kecamatan, grant.service_areas)),
        )
        for grant in actor.grants
    )
    return hashlib.sha256(repr((actor.label, held)).encode()).hexdigest()[:12]
