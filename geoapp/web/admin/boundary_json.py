"""What the script of a set's page asks for: shapes, faults, moving complaints, how far it is."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from flask_babel import gettext as _

from geoapp.domain.access import Permission
from geoapp.domain.activation import ActivationState
from geoapp.errors import NotFound
from geoapp.usecases import activation, boundary_quality
from geoapp.web.access import open_to
from geoapp.web.admin import blueprint
from geoapp.web.context import current_city, site

_NOTHING: dict[str, Any] = {"type": "FeatureCollection", "features": []}


@blueprint.get("/boundaries/<int:number>/areas.geojson")
@open_to(Permission.ADMINISTER)
def boundary_areas(number: int) -> Response:
    """The set's areas as they are drawn, with what changed against the set in force."""
    return _geojson(boundary_quality.areas(site().database, current_city(), number))


@blueprint.get("/boundaries/<int:number>/faults.geojson")
@open_to(Permission.ADMINISTER)
def boundary_faults(number: int) -> Response:
    """Gaps, overlaps, and what a cleaning changed; largest first."""
    return _geojson(boundary_quality.faults(site().database, current_city(), number))


@blueprint.get("/boundaries/<int:number>/preview.geojson")
@open_to(Permission.ADMINISTER)
def boundary_moves(number: int) -> Response:
    """The complaints that would move; none before they are known."""
    database, city = site().database, current_city()
    run = activation.latest(database, city)
    if run is None or run.set_id != number:
        boundary_quality.report(database, city, number)  # a set of another city isn't told of
        return _geojson(_NOTHING)
    if run.state is not ActivationState.DECIDED:
        return _geojson(_NOTHING)
    return _geojson(activation.preview(database, city, run.id).points)


@blueprint.get("/boundaries/<int:number>/state.json")
@open_to(Permission.ADMINISTER)
def boundary_state(number: int) -> Response:
    """How far the newest activation of the set has come."""
    run = activation.latest(site().database, current_city())
    if run is None or run.set_id != number:
        raise NotFound(_("Nothing is under way for this set."))
    return _json(
        {
            "id": run.id,
            "state": run.state.value,
            "wanted": run.wanted,
            "waiting": run.waiting,
            "looked_at": run.looked_at,
            "moving": run.moving,
            "moved": run.moved,
            "problem": run.problem,
        }
    )


def _geojson(body: Any) -> Response:
    return _json(body, "application/geo+json")


def _json(body: Any, kind: str = "application/json") -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype=kind)
