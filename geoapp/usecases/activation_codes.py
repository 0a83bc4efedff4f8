"""What becomes of codes when a set comes into force: asked, checked, and carried out.

Grants, kept filters and service areas name kelurahan and kecamatan, grants and filters name
service areas, and a set of service areas names kelurahan. Whoever puts a set in force says what becomes of each code that
is gone; what merely loses ground is told beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geoapp.domain.activation import (
    CodeMapping,
    Mapped,
    NamedKind,
    RetiringCode,
    ShrinkingCode,
    check_mapping,
)
from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.store import activation as store
from geoapp.store import activation_codes as codes_store
from geoapp.store.database import Database, Role
from geoapp.usecases.service_area_checks import describe


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done about codes that are gone.

    Attributes:
        kept: What is left to do at the switch: for grants, and with the companion.
        companion: Staged set of service areas that comes into force in the same moment.
        changed: Service areas of the staged set itself that name other codes now, or that are
            removed because all theirs were dropped.
    """

    kept: CodeMapping
    companion: int | None
    changed: tuple[str, ...]


def today(database: Database, city: City) -> date:
    """The day it is in the city, by the database's clock."""
    return database.now().astimezone(ZoneInfo(city.timezone)).date()


def check_day(database: Database, city: City, valid_from: date) -> None:
    """A set is in force from the switch on; a day that is to come would be a promise it breaks.

    Raises:
        InvalidInput: *valid_from* lies after today in the city's zone.
    """
    if valid_from > today(database, city):
        raise InvalidInput(
            f"{valid_from} is still to come; a set comes into force as soon as it is activated.",
            "Leave it staged and activate it on that day.",
            [FieldProblem("valid_from", "lies in the future", valid_from.isoformat())],
        )


def retiring(database: Database, city: City, set_id: int) -> list[RetiringCode]:
    """The codes that are gone once the staged set is in force, and still named, by code.

    Those that it lacks and that grants, kept filters or service areas name; of a set of service areas also
    kelurahan that it names itself and that aren't in force. With the names of the set that had
    them, the shares of their areas that the new ones take over, and what these suggest.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        codes = store.retiring(connection, city.code, set_id)
        return store.with_shares(connection, city.code, set_id, codes) if codes else []


def shrinking(database: Database, city: City, set_id: int) -> list[ShrinkingCode]:
    """Codes that grants or service areas name and that lose over 1 % of their ground.

    Only ground that goes to codes which the same grant or service area doesn't name counts.
    Nothing has to be done about them; whoever puts the set in force should know.
    """
    with database.transaction(Role.WORKER, city.code) as connection:
        return codes_store.shrinking(connection, city.code, set_id)


def settle(
    connection: Connection, city: City, set_id: int, mapping: Mapping[str, Mapped], by: str
) -> Settled:
    """Check what becomes of codes that are gone, and stage what goes with the set.

    A set of service areas that names kelurahan which are gone gets the new codes itself, now:
    it is staged and may change. An undo leaves it so.

    Raises:
        InvalidInput: names every code that needs a mapping.
    """
    codes = _checked(connection, city, set_id, mapping)
    if codes_store.layer_of(connection, city.code, set_id) is Layer.SERVICE_AREA:
        own = {code.code: mapping[code.code] for code in codes if code.level == "kelurahan"}
        changed = codes_store.map_areas(connection, city.code, set_id, own) if own else []
        if changed:
            describe(connection, city, set_id)
            # A grant may name a service area that went with its last code.
            codes = _checked(connection, city, set_id, mapping)
        kept = {code.code: mapping[code.code] for code in codes}
        return Settled(kept, None, tuple(changed))
    kept = {code.code: mapping[code.code] for code in codes}
    named = {
        code.code: kept[code.code].into
        for code in codes
        if any(by_whom.kind is NamedKind.SERVICE_AREA for by_whom in code.named_by)
    }
    companion = None
    if named:
        companion = store.add_companion(
            connection, city.code, mapping=named, made_for=f"set {set_id}", made_by=by
        )
    return Settled(kept, companion, ())


def _checked(
    connection: Connection, city: City, set_id: int, mapping: CodeMapping
) -> list[RetiringCode]:
    codes = store.retiring(connection, city.code, set_id)
    check_mapping(codes, mapping, store.known_codes(connection, city.code, set_id))
    return codes
