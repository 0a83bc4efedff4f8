"""``/api/v1/work``: why a complaint is where it is, and what was decided about it before."""

from __future__ import annotations

from typing import Any

from flask import Response

from geoapp.domain.access import Permission
from geoapp.domain.catalogue import Catalogue
from geoapp.domain.explanation import Rule, RuleKind
from geoapp.domain.explanation_words import metres
from geoapp.usecases import explanation
from geoapp.usecases.explanation import Elsewhere
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.api.queries import TicketPath
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.work import api, told
from geoapp.web.work.reading import answered


@api.get("/complaints/<ticket>/explain")
@open_to(Permission.READ)
@operation(
    Operation(
        summary="Why a complaint is where it is: polygons, rules, doubts, neighbours, history",
        path=TicketPath,
        good={200: Good("As /assignments/explain, with `decisions` and `elsewhere`.")},
        faults=(401, 403),
    )
)
def explain(ticket: str) -> Response:
    """Answer why a complaint is where it is."""
    here, catalogue = current_city(), current_catalogue()
    found = explanation.of_complaint(site().database, here, current_actor(), ticket)
    body: dict[str, Any] = (
        {}
        if found.explanation is None
        else explanation.told(found.explanation, catalogue, here.locale)
    )
    return answered(
        body
        | {
            "decisions": [
                told.decision(one, found.complaint, catalogue) for one in found.decisions
            ],
            "elsewhere": [elsewhere(one, catalogue) for one in found.elsewhere],
        }
    )


def elsewhere(one: Elsewhere, catalogue: Catalogue) -> dict[str, Any]:
    """Another agency that may be the right one, with what speaks for it."""
    return {
        "agency": {
            "code": one.agency_code,
            "name": explanation.agency_name(catalogue, one.agency_code),
        },
        "kelurahan": None
        if one.kelurahan is None
        else {"code": one.kelurahan.code, "name": one.kelurahan.name},
        "distance_m": None if one.distance_m is None else round(one.distance_m, 1),
        "far": None if one.distance_m is None else metres(one.distance_m),
        "rule": _rule_name(one.rule, catalogue) if one.rule else None,
    }


def _rule_name(rule: Rule, catalogue: Catalogue) -> str:
    """A service area by its name; the service's default by that of the service."""
    service = catalogue.services.get(rule.code)
    by_default = rule.kind is RuleKind.SERVICE_DEFAULT
    return service.name.local if by_default and service else rule.name
