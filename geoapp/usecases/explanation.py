"""Why a complaint goes where it goes: for a pin, for those who handle one, for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geoapp.domain import explanation_words
from geoapp.domain.access import Actor, Permission, may, require
from geoapp.domain.casework import Decision, WorkComplaint
from geoapp.domain.catalogue import Catalogue, City, Name
from geoapp.domain.complaint import NewComplaint, ticket_is_plausible
from geoapp.domain.explanation import Explanation, Rule, RuleKind, Why
from geoapp.domain.filters import unstorable
from geoapp.domain.place import LonLat
from geoapp.domain.reading import Place
from geoapp.errors import NotFound, NothingStored
from geoapp.spatial import explanation
from geoapp.store import work
from geoapp.store.database import Database, Role
from geoapp.usecases import submit
from geoapp.usecases.work import standing_of


@dataclass(frozen=True, slots=True)
class ExplainedCase:
    """Why a complaint is where it is, and whom else it might be for.

    *explanation* is None for a complaint nothing was decided about. *decisions* are newest
    first. *elsewhere* are the agencies it can be given to at once, each with what speaks
    for it; empty for those who may not (`Permission.TRIAGE`).
    """

    complaint: WorkComplaint
    explanation: Explanation | None
    decisions: tuple[Decision, ...]
    elsewhere: tuple[Elsewhere, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another agency that may be the right one, and why: a kelurahan next door, or a rule."""

    agency_code: str
    kelurahan: Place | None
    distance_m: float | None
    rule: Rule | None


def of_point(
    database: Database,
    city: City,
    catalogue: Catalogue,
    service: str,
    position: LonLat,
    accuracy_m: float | None = None,
) -> Explanation:
    """Why a pin for *service* would go where it would go now.

    Raises:
        InvalidInput: the service is unknown.
        OutsideCity: the point isn't in the city.
    """
    with database.transaction(Role.VISITOR, city.code) as connection:
        found = explanation.of_point(connection, city.code, service, position, accuracy_m)
        if found is None:
            submit.check(catalogue, NewComplaint(service=service, position=position))
            raise NothingStored("The place wasn't found.", "Ask again.")
        if found.method == "outside":
            raise submit.outside(connection, city, position)
    return found


def of_complaint(database: Database, city: City, actor: Actor, ticket: str) -> ExplainedCase:
    """Why a complaint is where it is, at its true position, by the sets that decided.

    Raises:
        Forbidden: the actor may read nowhere.
        NotFound: there is none with this ticket that the actor sees.
    """
    require(actor, Permission.READ)
    now = database.now()
    case = found = None
    if unstorable(ticket) is None:
        with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
            case = work.case_of(connection, city.code, ticket.upper(), now)
            found = explanation.of_complaint(connection, city.code, ticket.upper())
    if case is None:
        raise NotFound(
            "There is no complaint with this ticket that your account sees.",
            "Check the ticket's letters, or ask an operator.",
        )
    triages = may(actor, Permission.TRIAGE, standing_of(case.complaint))
    return ExplainedCase(
        case.complaint, found, case.decisions, elsewhere(found) if found and triages else ()
    )


def of_public(database: Database, city: City, ticket: str) -> Explanation | None:
    """What everybody may be told; None for a complaint that isn't public."""
    if not ticket_is_plausible(ticket.upper()):
        return None
    with database.transaction(Role.VISITOR, city.code) as connection:
        return explanation.of_public(connection, city.code, ticket.upper())


PUBLIC_REASONS = frozenset({"place", "boundaries", "agency"})
"""What a complaint's own page tells of its reasons, beside the rules where nothing is blurred."""


def public_reasons(
    database: Database, city: City, catalogue: Catalogue, ticket: str
) -> list[explanation_words.Sentence]:
    """The numbered reasons of a public complaint; without distances where it is blurred."""
    found = of_public(database, city, ticket)
    if found is None:
        return []
    kinds = PUBLIC_REASONS if found.shown_within_m else PUBLIC_REASONS | {"rule"}
    return [one.sentence for one in reasons(found, catalogue) if one.kind in kinds]


def elsewhere(told: Explanation) -> tuple[Elsewhere, ...]:
    """Other agencies than the present one, each once: those of the neighbours, then of rules."""
    found: dict[str, Elsewhere] = {}
    for other in told.alternatives:
        found.setdefault(
            other.agency_code,
            Elsewhere(other.agency_code, other.kelurahan, other.distance_m, None),
        )
    for rule in told.rules:
        if rule.agency_code is not None and rule.why in {Why.LATER, Why.BY_HAND}:
            found.setdefault(rule.agency_code, Elsewhere(rule.agency_code, None, None, rule))
    return tuple(one for code, one in found.items() if code != told.agency_code)


def reasons(found: Explanation, catalogue: Catalogue) -> list[explanation_words.Reason]:
    """The numbered reasons in both languages."""
    service = catalogue.services.get(found.service_code)
    name = service.name if service else Name(found.service_code, found.service_code)
    return explanation_words.reasons(found, name, lambda code: agency_name(catalogue, code))


def agency_name(catalogue: Catalogue, code: str) -> str:
    """The name an agency goes by; its code once it has left the catalogue."""
    agency = catalogue.agencies.get(code)
    return agency.display if agency else code


def told(found: Explanation, catalogue: Catalogue, locale: str) -> dict[str, Any]:
    """*found* as the API answers it (JSON-able); metres to a tenth."""
    service = catalogue.services.get(found.service_code)
    name = service.name if service else Name(found.service_code, found.service_code)
    kelurahan = found.kelurahan
    return {
        "point": [found.position.lon, found.position.lat] if found.position else None,
        "service": {"code": found.service_code, "name": name.as_dict(locale)},
        "sets": {layer: _set(found, layer) for layer in ("kelurahan", "service_area", "road")},
        "covering": [
            _place(one.kelurahan)
            | {"kecamatan": _coded(one.kecamatan), "edge_distance_m": _tenth(one.edge_distance_m)}
            for one in found.covering
        ],
        "verdict": {
            "kelurahan": _coded(kelurahan),
            "kecamatan": _coded(found.kecamatan),
            "method": found.method,
            "place_method": found.place_method,
            "ambiguous": found.ambiguous,
            "edge_distance_m": _tenth(found.edge_distance_m),
        },
        "accuracy": {
            "accuracy_m": found.accuracy_m,
            "doubtful": found.doubtful,
            "question": explanation_words.question(found.candidates[:3])
            if found.doubtful
            else None,
        },
        "rules": [_rule(rule, name, catalogue, locale) for rule in found.rules],
        "rules_of_other_services": found.rules_of_others,
        "agency": _agency(catalogue, found.agency_code),
        "road": None
        if found.road is None
        else {
            "code": found.road.code,
            "name": found.road.name,
            "ref": found.road.ref,
            "authority": found.road.authority,
            "agency": _agency(catalogue, found.road.agency_code)
            if found.road.agency_code
            else None,
            "distance_m": _tenth(found.road.distance_m),
        },
        "alternatives": [
            {
                "kelurahan": _place(other.kelurahan),
                "kecamatan": _coded(other.kecamatan),
                "distance_m": _tenth(other.distance_m),
                "agency": _agency(catalogue, other.agency_code),
            }
            for other in found.alternatives
        ],
        "sentences": [reason.sentence for reason in reasons(found, catalogue)],
    }


def _rule(rule: Rule, service: Name, catalogue: Catalogue, locale: str) -> dict[str, Any]:
    by_default = rule.kind is RuleKind.SERVICE_DEFAULT
    return {
        "n": rule.n,
        "kind": rule.kind.value,
        "code": rule.code,
        "name": service.as_dict(locale)[locale] if by_default else rule.name,
        "agency": _agency(catalogue, rule.agency_code) if rule.agency_code else None,
        "priority": rule.priority,
        "matched": rule.matched,
        "won": rule.won,
        "why": explanation_words.why(rule),
    }


def _set(found: Explanation, layer: str) -> dict[str, Any] | None:
    used = found.sets.get(layer)
    if used is None:
        return None
    return {
        "id": used.id,
        "version": used.version,
        "approximate": used.approximate,
        "valid_from": used.valid_from.isoformat() if used.valid_from else None,
        "source": used.source,
    }


def _agency(catalogue: Catalogue, code: str) -> dict[str, str]:
    return {"code": code, "name": agency_name(catalogue, code)}


def _place(place: Place) -> dict[str, Any]:
    return {"code": place.code, "name": place.name}


def _coded(place: Place | None) -> dict[str, Any] | None:
    return _place(place) if place else None


def _tenth(distance_m: float | None) -> float | None:
    return None if distance_m is None else round(distance_m, 1)
