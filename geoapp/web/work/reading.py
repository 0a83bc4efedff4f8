"""``/api/v1/work``: the list, one case, its polygons, and who asks."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for

from geoapp.domain.access import Permission, may
from geoapp.domain.work_filter import WorkCursor
from geoapp.usecases import work
from geoapp.web.access import Audience, current_actor, open_to
from geoapp.web.api.operations import GEOJSON, JSON, Good, Operation, operation, read_query
from geoapp.web.api.queries import TicketPath
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.work import api, queries, told


def answered(body: Any, status: int = 200, media: str = JSON) -> Response:
    """*body* as JSON that nothing in between may keep: it holds what one account may see."""
    response = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype=media)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@api.get("/me")
@open_to(Audience.SIGNED_IN)
@operation(
    Operation(
        summary="Who asks: account, roles, grants, permissions",
        good={200: Good("The account.")},
        faults=(401,),
    )
)
def me() -> Response:
    """Answer who asks, with roles, grants and permissions."""
    actor = current_actor()
    return answered(
        {
            "account": {"id": actor.account_id, "name": actor.name},
            "roles": sorted(role.value for role in actor.roles),
            "grants": [
                {
                    "role": grant.role.value,
                    "agency": grant.agency_code,
                    "kelurahan": sorted(grant.kelurahan),
                    "kecamatan": sorted(grant.kecamatan),
                    "service_areas": sorted(grant.service_areas),
                }
                for grant in actor.grants
            ],
            "permissions": [
                permission.value for permission in Permission if may(actor, permission)
            ],
        }
    )


@api.get("/complaints")
@open_to(Permission.READ)
@operation(
    Operation(
        summary="The complaints an account sees, page by page, by deadline, age or distance",
        query=queries.WorkListQuery,
        good={200: Good("A FeatureCollection at true positions.", media=GEOJSON)},
        faults=(401, 403, 422),
    )
)
def complaints() -> Response:
    """Answer a page of what the account sees, by deadline unless asked otherwise."""
    here, catalogue = current_city(), current_catalogue()
    query = read_query(queries.WorkListQuery)
    found = work.complaint_page(
        site().database,
        here,
        current_actor(),
        query.wanted(site().database.now()),
        sort=query.order,
        limit=query.limit,
        after=WorkCursor.parse(query.cursor, query.order) if query.cursor else None,
    )
    links = []
    if found.next is not None:
        following = {name: request.args[name] for name in query.model_fields_set}
        following["cursor"] = str(found.next)
        address = url_for("work_api.complaints")
        links.append({"rel": "next", "href": f"{address}?{urlencode(following)}"})
    return answered(
        {
            "type": "FeatureCollection",
            "features": [
                told.feature(complaint, catalogue, here.locale) for complaint in found.complaints
            ],
            "numberMatched": found.matched,
            "numberReturned": len(found.complaints),
            "links": links,
        },
        media=GEOJSON,
    )


@api.get("/complaints/<ticket>")
@open_to(Permission.READ)
@operation(
    Operation(
        summary="Everything about one complaint, and the steps its reader may take",
        path=TicketPath,
        good={200: Good("The case.")},
        faults=(401, 403),
    )
)
def case(ticket: str) -> Response:
    """Answer everything about one complaint, with the actions its reader may take."""
    here = current_city()
    opened = work.case(site().database, here, current_actor(), ticket)
    body = told.case(opened.case, opened.actions, current_catalogue(), here.locale)
    return answered(body | {"as_of": opened.now.isoformat()})


@api.get("/complaints/<ticket>/area")
@open_to(Permission.READ)
@operation(
    Operation(
        summary="The polygons behind a complaint's decision, and the road it names",
        path=TicketPath,
        good={200: Good("A FeatureCollection; `role` is won, other or road.", media=GEOJSON)},
        faults=(401, 403),
    )
)
def area(ticket: str) -> Response:
    """Answer the polygons behind the complaint's decision, and the road it lies at."""
    features = work.area(site().database, current_city(), current_actor(), ticket)
    return answered({"type": "FeatureCollection", "features": features}, media=GEOJSON)
