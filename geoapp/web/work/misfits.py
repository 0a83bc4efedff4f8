"""``/api/v1/work/misfits``: rules that don't fit."""

from __future__ import annotations

from typing import Any

from flask import Response

from geoapp.domain.access import Permission
from geoapp.domain.catalogue import Catalogue
from geoapp.domain.misfit import Misfit
from geoapp.usecases import explanation
from geoapp.usecases import misfits as finding
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.operations import Good, Operation, operation
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.work import api
from geoapp.web.work.reading import answered


@api.get("/misfits")
@open_to(Permission.ADMINISTER)
@operation(
    Operation(
        summary="Rules that don't fit: what is re-routed the same way again and again",
        good={200: Good("Kinds of re-routing, the commonest first.")},
        faults=(401, 403),
    )
)
def misfits() -> Response:
    """Answer kinds of re-routing that repeat."""
    city, catalogue = current_city(), current_catalogue()
    found = finding.of_city(site().database, city, current_actor())
    return answered(
        {
            "within_days": finding.WITHIN.days,
            "least": finding.LEAST,
            "misfits": [told(one, catalogue, city.locale) for one in found],
        }
    )


def told(one: Misfit, catalogue: Catalogue, locale: str) -> dict[str, Any]:
    """A kind of re-routing with its examples (JSON-able)."""
    service = catalogue.services.get(one.service_code)
    return {
        "service": {
            "code": one.service_code,
            "name": service.name.as_dict(locale) if service else {locale: one.service_code},
        },
        "from": _agency(catalogue, one.from_agency),
        "to": _agency(catalogue, one.to_agency),
        "by": "rule" if one.by_rule else "kelurahan",
        "kelurahan": {"code": one.kelurahan.code, "name": one.kelurahan.name}
        if one.kelurahan
        else None,
        "rule": {"code": one.rule.code, "name": one.rule.name} if one.rule else None,
        "kelurahan_codes": list(one.kelurahan_codes),
        "count": one.count,
        "since": one.first_at.isoformat(),
        "last": one.last_at.isoformat(),
        "examples": [
            {"ticket": example.ticket, "at": example.at.isoformat(), "reason": example.reason}
            for example in one.examples
        ],
    }


def _agency(catalogue: Catalogue, code: str) -> dict[str, str]:
    return {"code": code, "name": explanation.agency_name(catalogue, code)}
