"""Areas shaded by a measure of what an account sees."""

from __future__ import annotations

from dataclasses import replace

from geoapp.domain.access import Actor, Permission, reach, require
from geoapp.domain.area_numbers import Level
from geoapp.domain.catalogue import City
from geoapp.domain.figures import FigureRow, nothing
from geoapp.domain.shades import Measure, ShadedArea, Shades, steps_for
from geoapp.domain.work_filter import WorkFilter
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.store import shades as store
from geoapp.store.database import Database, Role


def of_staff(
    database: Database,
    city: City,
    actor: Actor,
    wanted: WorkFilter,
    measure: Measure,
    level: Level,
) -> Shades:
    """Every area in force with *measure* of what *actor* sees in it of what fits *wanted*.

    Raises:
        Forbidden: the actor reads no figures.
        InvalidInput: by inhabitants, where no figure of them is known; by the boundaries of
            each complaint's own day, which aren't those that are drawn.
    """
    require(actor, Permission.READ_NUMBERS)
    if wanted.then:
        raise InvalidInput(
            "Areas are shaded by the boundaries in force.",
            "Ask without boundaries=then.",
            [FieldProblem("boundaries", "only today's are drawn", "then")],
        )
    wanted = replace(wanted, reach=reach(actor, Permission.READ))
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        areas = store.areas(connection, city.code, level)
        if measure is Measure.PER_1000 and all(area.inhabitants is None for area in areas):
            raise InvalidInput(
                "No figure of inhabitants is known of this city's areas.",
                "Add inhabitants.json to the city's folder and load it again.",
                [FieldProblem("measure", "needs figures of inhabitants", measure.value)],
            )
        found = store.figures_by_area(connection, city.code, wanted, level)
    shaded = tuple(_shaded(area, found.get(area.code), measure) for area in areas)
    return Shades(
        measure=measure,
        level=level,
        as_of=wanted.now,
        source=_source(areas, measure),
        areas=shaded,
        steps=steps_for(measure, max((area.value or 0 for area in shaded), default=0)),
    )


def _shaded(area: store.Area, row: FigureRow | None, measure: Measure) -> ShadedArea:
    row = row or nothing(area.code)
    n, of = row.received, None
    value: float | None = n
    if measure is Measure.PER_KM2:
        of, value = area.km2, n / area.km2
    elif measure is Measure.PER_1000:
        of = area.inhabitants
        value = 1000 * n / of if of else None
    elif measure is Measure.OVERDUE_SHARE:
        n, of = row.overdue, row.open
        value = n / of if of else None
    elif measure is Measure.MEDIAN_RESPONSE:
        n, of, value = row.answered, row.waited, row.median_response_s
    return ShadedArea(area.code, area.name, value, n, of)


def _source(areas: list[store.Area], measure: Measure) -> str | None:
    told = [
        area.inhabitants_source if measure is Measure.PER_1000 else area.boundary_source
        for area in areas
    ]
    return "; ".join(dict.fromkeys(source for source in told if source)) or None
