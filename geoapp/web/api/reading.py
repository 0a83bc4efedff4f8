"""``/api/v1``: everything that reads."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from flask import Response, request, url_for

from geoapp.domain.complaint import Status
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.hotspot import HotspotRun
from geoapp.domain.reading import PageCursor
from geoapp.usecases import livemap
from geoapp.web import page
from geoapp.web.access import Audience, open_to
from geoapp.web.api import blueprint, models, queries
from geoapp.web.api.operations import (
    GEOJSON,
    Good,
    Operation,
    answer,
    known_versions,
    operation,
    read_query,
)
from geoapp.web.context import current_catalogue, current_city, site

CACHED = "public, max-age=60"
"""For what changes seldom; asked for again after a minute, by its ETag."""


@blueprint.get("/city")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="The city, its boundaries, and whether its complaints are simulated",
        good={200: Good("The city.", models.CityAnswer)},
    )
)
def city() -> Response:
    """Answer ``/city``."""
    facts = page.city_facts(current_city())
    response = answer(models.CityAnswer.model_validate(facts))
    response.vary.add("Accept-Language")
    response.vary.add("Cookie")
    return response


@blueprint.get("/services")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="What can be reported, who acts on it, and by when",
        good={200: Good("Today's catalogue.", models.ServicesAnswer)},
    )
)
def services() -> Response:
    """Answer ``/services``."""
    locale, catalogue = current_city().locale, current_catalogue()
    body = models.ServicesAnswer(
        groups=[
            models.GroupAnswer(
                code=group.code,
                name=group.name.as_dict(locale),
                colour=group.colour,
                colour_dark=group.colour_dark,
                glyph=group.glyph,
            )
            for group in catalogue.groups.values()
        ],
        services=[
            models.ServiceAnswer(
                code=service.code,
                group=service.group_code,
                name=service.name.as_dict(locale),
                agency=models.Coded(
                    code=service.agency_code,
                    name=agency.display if agency else service.agency_code,
                ),
                clock=service.clock.value,
                target=service.target,
                needs_place=service.needs_place,
                shown_within_m=service.blur_m,
                glyph=service.glyph,
            )
            for service in catalogue.services.values()
            for agency in (catalogue.agencies.get(service.agency_code),)
        ],
    )
    return answer(body, cache=CACHED)


@blueprint.get("/areas")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="The kelurahan, simplified for drawing",
        good={200: Good("A FeatureCollection.", models.AreasAnswer, GEOJSON)},
    )
)
def areas() -> Response:
    """Answer ``/areas``."""
    here, database = current_city(), site().database
    version = livemap.areas_version(database, here)
    if version in known_versions():
        return _unchanged(version, CACHED)
    features = livemap.areas(database, here)
    return answer(
        models.AreasAnswer.model_validate({"features": features}),
        media=GEOJSON,
        cache=CACHED,
        version=version,
    )


@blueprint.get("/complaints")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="Complaints, newest first, page by page",
        query=queries.ComplaintsQuery,
        good={200: Good("A FeatureCollection.", models.ComplaintsAnswer, GEOJSON)},
        faults=(422,),
    )
)
def complaints() -> Response:
    """Answer ``/complaints``."""
    here, catalogue = current_city(), current_catalogue()
    query = read_query(queries.ComplaintsQuery)
    wanted = wanted_by(query)
    after = PageCursor.parse(query.cursor) if query.cursor else None
    found = livemap.complaint_page(site().database, here, wanted, limit=query.limit, after=after)
    links = []
    if found.next is not None:
        # Not as url_for's keywords: it has some of its own (_scheme, _external).
        following = {name: request.args[name] for name in query.model_fields_set}
        following["cursor"] = str(found.next)
        links.append({"rel": "next", "href": f"{url_for('api.complaints')}?{urlencode(following)}"})
    body = {
        "features": [
            livemap.feature(complaint, catalogue, here.locale) for complaint in found.complaints
        ],
        "numberMatched": found.matched,
        "numberReturned": len(found.complaints),
        "links": links,
    }
    return answer(models.ComplaintsAnswer.model_validate(body), media=GEOJSON)


@blueprint.get("/complaints/<ticket>")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="One complaint and what happened to it",
        path=queries.TicketPath,
        good={200: Good("A Feature.", models.FollowedFeature, GEOJSON)},
    )
)
def complaint(ticket: str) -> Response:
    """Answer ``/complaints/<ticket>``."""
    here = current_city()
    found, timeline = livemap.complaint(site().database, here, ticket)
    body = livemap.feature(found, current_catalogue(), here.locale, timeline)
    return answer(models.FollowedFeature.model_validate(body), media=GEOJSON)


@blueprint.get("/summary")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="Counts by group and status",
        query=queries.FilterQuery,
        good={200: Good("The counts.", models.SummaryAnswer)},
        faults=(422,),
    )
)
def summary() -> Response:
    """Answer ``/summary``; every group and status is named, those without any with zero."""
    wanted = wanted_by(read_query(queries.FilterQuery))
    counted = livemap.summary(site().database, current_city(), wanted)
    codes = dict.fromkeys([*current_catalogue().groups, *counted.by_group])
    body = models.SummaryAnswer(
        total=counted.total,
        open=counted.open,
        overdue=counted.overdue,
        due_soon=counted.due_soon,
        by_group={
            code: models.GroupCount(open=opened, total=total)
            for code in codes
            for opened, total in (counted.by_group.get(code, (0, 0)),)
        },
        by_status={status.value: counted.by_status.get(status, 0) for status in Status},
        as_of=counted.as_of,
    )
    return answer(body)


@blueprint.get("/hotspots")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="Where complaints are denser than chance",
        query=queries.HotspotsQuery,
        good={200: Good("A FeatureCollection of hexagons.", models.HotspotsAnswer, GEOJSON)},
        faults=(422,),
    )
)
def hotspots() -> Response:
    """Answer ``/hotspots``."""
    query = read_query(queries.HotspotsQuery)
    runs = livemap.latest_hotspots(
        site().database,
        current_city(),
        groups=query.group.split(",") if query.group else None,
        window_days=query.window_days,
    )
    body = models.HotspotsAnswer(
        features=[feature for run in runs for feature in _hexagons(run)],
        runs=[_run(run) for run in runs],
        clusters=[cluster for run in runs for cluster in _clusters(run)],
    )
    return answer(body, media=GEOJSON)


def wanted_by(
    query: queries.FilterQuery, *, now: datetime | None = None, status: str = "all"
) -> ComplaintFilter:
    """The filter that *query* names, at *now*, in the city's zone."""
    args = {
        name: value
        for name, value in query.model_dump(include=set(queries.FilterQuery.model_fields)).items()
        if value is not None
    }
    return ComplaintFilter.parse(
        args, now=now or site().database.now(), timezone=current_city().timezone, status=status
    )


def _unchanged(version: str, cache: str) -> Response:
    response = Response(status=304)
    response.headers["Cache-Control"] = cache
    response.set_etag(version, weak=True)
    return response


def _hexagons(run: HotspotRun) -> list[models.HotspotFeature]:
    return [
        models.HotspotFeature(
            geometry=models.Polygon(type="Polygon", coordinates=[list(cell.ring)]),
            properties=models.HotspotProperties.model_validate(
                {
                    "group": run.group_code,
                    "count": cell.count,
                    "neighbourhood": cell.neighbourhood,
                    "expected": cell.expected,
                    "z": cell.z,
                    "p": cell.p,
                    "q": cell.q,
                    "confidence": cell.confidence,
                    "cluster": cell.cluster,
                    "kelurahan": list(cell.kelurahan),
                }
            ),
        )
        for cell in run.hotspots
    ]


def _run(run: HotspotRun) -> models.HotspotRunAnswer:
    return models.HotspotRunAnswer(
        group=run.group_code,
        window_from=run.window_from,
        window_to=run.window_to,
        cell_m=run.cell_m,
        computed_at=run.computed_at,
        total=run.total,
        simulated=run.simulated,
        cells=run.cells,
        tested=run.tested,
        hotspots=len(run.hotspots),
        set_aside=[
            models.SetAsideAnswer(lon=pile.lon, lat=pile.lat, count=pile.count, reason=pile.reason)
            for pile in run.set_aside
        ],
    )


def _clusters(run: HotspotRun) -> list[models.HotspotClusterAnswer]:
    return [
        models.HotspotClusterAnswer.model_validate(
            {
                "group": run.group_code,
                "confidence": cluster.confidence,
                "count": cluster.count,
                "expected": cluster.expected,
                "cells": cluster.cells,
                "kelurahan": list(cluster.kelurahan),
                "centre": cluster.centre,
                "bbox": cluster.bbox,
            }
        )
        for cluster in run.clusters
    ]
