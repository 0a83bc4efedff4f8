"""The process that reads a stranger's file: bounds itself, reads, answers, ends.

``python -m geoapp.spatial.sandbox_child FILE`` takes a request on its standard input and
writes the answer to FILE. Only ``sandbox`` starts it.
"""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

from geoapp.domain.boundary import Layer
from geoapp.errors import BoundaryFileError
from geoapp.spatial.sandbox_wire import (
    ANSWER,
    AREAS,
    REQUEST,
    Answer,
    CleanAreas,
    Cleaning,
    GroundChange,
    Limits,
    Refused,
    Request,
)

_MB = 1024 * 1024

LIBRARIES_MB = 64
"""Of the memory, what the pages of program files take (57 MB measured with GDAL, GEOS and
PROJ loaded): RLIMIT_DATA doesn't count them, and what is to be bounded is the sum."""

_GRACE_S = 5
_LARGEST_FILE_MB = 256


def main(answer_file: Path) -> None:
    """Read what standard input asks for and write the answer."""
    request = REQUEST.validate_json(sys.stdin.buffer.read())
    _bound(request.limits)
    try:
        if request.cleaning is not None:
            answer = Answer(cleaned=_clean(request.path, request.metric_srid, request.cleaning))
        else:
            answer = _read(request)
    except BoundaryFileError as error:
        field = error.fields[0].field if error.fields else None
        answer = Answer(refused=Refused(_sayable(error.message), _sayable(error.remedy), field))
    except Exception as error:
        # GEOS and GDAL wrap what C++ throws when it gets no memory.
        if not isinstance(error, MemoryError) and "bad_alloc" not in str(error):
            raise
        answer = Answer(out_of_memory=True)
    answer_file.write_bytes(ANSWER.dump_json(answer))


def _read(request: Request) -> Answer:
    # After the bounds, so that what these libraries take is within them.
    from geoapp.spatial import files  # noqa: PLC0415
    from geoapp.spatial.readers import ogr  # noqa: PLC0415

    ogr.restrict()
    if request.layer is Layer.ROAD:
        lines = files.read_lines(
            request.path, metric_srid=request.metric_srid, options=request.options
        )
        return Answer(lines=lines)
    areas = files.read_boundaries(
        request.path,
        city_code=request.city_code,
        layer=request.layer,
        metric_srid=request.metric_srid,
        options=request.options,
    )
    return Answer(areas=areas)


def _clean(areas_file: Path, metric_srid: int, how: Cleaning) -> CleanAreas:
    from geoapp.spatial import cleaning, faults  # noqa: PLC0415 - within the bounds, as above

    before = AREAS.validate_json(areas_file.read_bytes()).areas
    result = cleaning.clean_areas(
        before, metric_srid, gaps_under_m2=how.gaps_under_m2, overlaps=how.overlaps
    )
    if result is None:
        return CleanAreas(possible=False)
    found = [] if result.vanished else faults.faults_of(result.areas, metric_srid)
    report = {} if result.vanished else faults.report_after({}, result.areas, found, metric_srid)
    ground = [(one.code, one.moved_m2, one.shape) for one in result.changed]
    return CleanAreas(
        possible=True,
        areas=result.areas,
        changed=tuple(
            GroundChange(one.code, one.old_m2, one.new_m2, one.moved_m2) for one in result.changed
        ),
        vanished=result.vanished,
        gaps_before=len(result.gaps_before),
        gaps_after=len(result.gaps_after),
        overlaps_before=len(result.overlaps_before),
        overlaps_after=len(result.overlaps_after),
        area_change_m2=result.sum_after_m2 - result.sum_before_m2,
        covered_change_m2=result.covered_after_m2 - result.covered_before_m2,
        faults=(*found, *faults.changed_ground(ground)),
        report=report,
    )


def _sayable(text: str) -> str:
    """*text* with lone surrogates, which no UTF-8 has, written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _bound(limits: Limits) -> None:
    data = (limits.memory_mb - LIBRARIES_MB) * _MB
    seconds = int(limits.seconds) + _GRACE_S
    for what, most in (
        (resource.RLIMIT_DATA, data),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE_MB * _MB),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    # Should whoever watches be killed, this still ends.
    signal.alarm(seconds)
    # And should the machine run out of memory, this goes before the server does.
    score = Path("/proc/self/oom_score_adj")
    if score.exists():
        score.write_text("1000")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
