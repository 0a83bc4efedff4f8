"""How staff is told of complaints: JSON-able dicts of what the use cases found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from geoapp.domain.casework import ActorTold, Case, Deadline, Decision, Relative, WorkComplaint
from geoapp.domain.catalogue import Catalogue
from geoapp.domain.reading import Place
from geoapp.domain.road import RoadFound
from geoapp.domain.workflow import Action
from geoapp.usecases import livemap
from geoapp.web import photos


def properties(found: WorkComplaint, catalogue: Catalogue, locale: str) -> dict[str, Any]:
    """A complaint's properties: the public ones, and what only staff reads."""
    officer = found.officer
    return livemap.properties(found, catalogue, locale) | {
        "version": found.version,
        "channel": found.channel,
        "source": found.source,
        "external_id": found.external_id,
        "observed_at": _iso(found.observed_at),
        "updated_at": found.updated_at.isoformat(),
        "verify_due_at": _iso(found.verify_due_at),
        "answer_due_at": _iso(found.answer_due_at),
        "verified_at": _iso(found.verified_at),
        "assigned_at": _iso(found.assigned_at),
        "first_response_at": _iso(found.first_response_at),
        "handled_at": _iso(found.handled_at),
        "hold_since": _iso(found.hold_since),
        "held_status": found.held_status,
        "deadline": {"state": found.deadline_state, "due_at": found.due_at.isoformat()},
        "officer": {"id": officer.id, "name": officer.name} if officer else None,
        "duplicate_of": found.duplicate_of,
        "split_from": found.split_from,
        "reopenings": found.reopenings,
        "confidential": found.confidential,
        "anonymous": found.anonymous,
        "ambiguous": found.ambiguous,
        "assignment_method": found.assignment_method,
        "authority_offer": found.authority_offer,
        "service_area": _place(found.service_area),
        "accuracy_m": found.accuracy_m,
        "distance_m": found.distance_m,
        "photos": photos.work_links(found.photos),
    }


def feature(found: WorkComplaint, catalogue: Catalogue, locale: str) -> dict[str, Any]:
    """A complaint as a GeoJSON feature at its true position, EPSG:4326."""
    return {
        "type": "Feature",
        "id": found.ticket,
        "geometry": _point(found),
        "properties": properties(found, catalogue, locale),
    }


def case(
    found: Case, actions: Sequence[Action], catalogue: Catalogue, locale: str
) -> dict[str, Any]:
    """Everything about a complaint, and what its reader may do with it now."""
    complaint = found.complaint
    decisions = [decision(one, complaint, catalogue) for one in found.decisions]
    told = properties(complaint, catalogue, locale)
    return told | {
        "geometry": _point(complaint),
        "timeline": [
            {
                "id": event.id,
                "kind": event.kind,
                "status": event.status,
                "at": event.at.isoformat(),
                "actor": actor(event.actor),
                "data": dict(event.data),
            }
            for event in found.events
        ],
        "deadlines": {
            "verify": deadline(found.verify),
            "answer": deadline(found.answer),
            "resolve": deadline(found.resolve),
            "pauses": [{"from": start.isoformat(), "to": _iso(end)} for start, end in found.pauses],
        },
        "decision": decisions[0] if decisions else None,
        "decisions": decisions[1:],
        "road": road(found.road, complaint, catalogue),
        "people": {"agency": told["agency"], "officer": told["officer"]},
        "duplicates": [relative(one, catalogue, locale) for one in found.duplicates],
        "splits": [relative(one, catalogue, locale) for one in found.splits],
        "actions": [
            {
                "step": action.step.value,
                "permission": action.permission.value,
                "needs": list(action.needs),
                "optional": list(action.optional),
                "primary": action.primary,
            }
            for action in actions
        ],
    }


def actor(who: ActorTold) -> dict[str, str | None]:
    """Who did something."""
    return {"label": who.label, "name": who.name, "role": who.role}


def deadline(one: Deadline) -> dict[str, Any]:
    """A deadline, when it was met, and how it stands."""
    return {
        "due_at": _iso(one.due_at),
        "done_at": _iso(one.done_at),
        "state": one.state,
        "late": one.late,
    }


def decision(one: Decision, complaint: WorkComplaint, catalogue: Catalogue) -> dict[str, Any]:
    """A decision with the rule that took it.

    ``near_edge``: the position's accuracy reaches over the edge of the polygon.
    """
    agency = catalogue.agencies.get(one.agency_code)
    edge, accuracy = one.edge_distance_m, complaint.accuracy_m
    return {
        "method": one.method,
        "ambiguous": one.ambiguous,
        "kelurahan": _place(one.kelurahan),
        "set": None
        if one.set_version is None
        else {"version": one.set_version, "approximate": one.set_approximate},
        "edge_distance_m": None if edge is None else round(edge, 1),
        "accuracy_m": accuracy,
        "near_edge": edge is not None and accuracy is not None and edge < accuracy,
        "alternatives": [_place(other) for other in one.alternatives],
        "service_area": _place(one.service_area),
        "agency": {"code": one.agency_code, "name": agency.display if agency else one.agency_code},
        "decided_at": one.decided_at.isoformat(),
        "decided_by": actor(one.decided_by),
        "reason": one.reason,
    }


def road(
    one: RoadFound | None, complaint: WorkComplaint, catalogue: Catalogue
) -> dict[str, Any] | None:
    """The road whose keeper the complaint was offered to, and what became of the offer."""
    if one is None:
        return None
    agency = catalogue.agencies.get(one.agency_code or "")
    return {
        "code": one.code,
        "name": one.name,
        "ref": one.ref,
        "authority": one.authority,
        "agency": {"code": agency.code, "name": agency.display} if agency else None,
        "distance_m": round(one.distance_m, 1),
        "offer": complaint.authority_offer,
    }


def relative(one: Relative, catalogue: Catalogue, locale: str) -> dict[str, Any]:
    """A duplicate or a part that was split off."""
    service = catalogue.services.get(one.service_code)
    return {
        "ticket": one.ticket,
        "status": one.status,
        "submitted_at": one.submitted_at.isoformat(),
        "service": one.service_code,
        "service_name": service.name.as_dict(locale) if service else None,
        "agency": one.agency_code,
    }


def _point(found: WorkComplaint) -> dict[str, Any] | None:
    position = found.position
    return {"type": "Point", "coordinates": [position.lon, position.lat]} if position else None


def _place(place: Place | None) -> dict[str, str] | None:
    return {"code": place.code, "name": place.name} if place else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
