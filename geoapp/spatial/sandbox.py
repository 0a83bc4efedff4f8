"""Reads a stranger's boundary file, or cleans what it held, in a killable child process, with bounded memory and time.

The child is this program's Python with this package; it gets none of the environment (where
the database's address stands), a folder of its own that is removed whatever happens, and
only the GDAL drivers that are needed. Waiting is by `subprocess`, which gevent makes
cooperative: a web worker goes on serving others meanwhile.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

import geoapp
from geoapp.domain.boundary import Area, BoundaryFile, Layer
from geoapp.domain.boundary_lines import LineFile
from geoapp.domain.boundary_quality import OverlapStrategy
from geoapp.errors import BoundaryFileError, Conflict
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.sandbox_wire import (
    ANSWER,
    AREAS,
    REQUEST,
    Answer,
    Areas,
    CleanAreas,
    Cleaning,
    Limits,
    Request,
)

MEMORY_MB = 512
"""All of the child: Python, GDAL, GEOS, the file and what becomes of it."""

SECONDS = 60.0

_LOOK_EVERY_S = 0.05
_NEAR_THE_LIMIT = 0.6
_MB = 1024 * 1024
_SMALLER = "Cut it to the city, or simplify it: ogr2ogr -spat … -simplify …"
_CLEAN_THERE = "Clean the file where it was made, for instance with GRASS v.clean, and import that."

_log = logging.getLogger(__name__)


def read(
    path: Path,
    *,
    city_code: str,
    layer: Layer,
    metric_srid: int,
    options: ReadOptions | None = None,
    memory_mb: int = MEMORY_MB,
    seconds: float = SECONDS,
) -> BoundaryFile:
    """`files.read_boundaries` in a process of its own.

    Raises:
        BoundaryFileError: the file can't be used, or reading it took more than
            *memory_mb* or *seconds*, or broke the reader.
    """
    request = _request(path, city_code, layer, metric_srid, options, memory_mb, seconds)
    answer = _answer(request)
    if answer.areas is None:
        raise _broken(path, "it gave no areas")
    return answer.areas


def read_lines(
    path: Path,
    *,
    metric_srid: int,
    options: ReadOptions | None = None,
    memory_mb: int = MEMORY_MB,
    seconds: float = SECONDS,
) -> LineFile:
    """`lines.read_lines` in a process of its own; raises as `read` does."""
    request = _request(path, "", Layer.ROAD, metric_srid, options, memory_mb, seconds)
    answer = _answer(request)
    if answer.lines is None:
        raise _broken(path, "it gave no lines")
    return answer.lines


def clean(
    areas: Sequence[Area],
    metric_srid: int,
    *,
    gaps_under_m2: float,
    overlaps: OverlapStrategy,
    memory_mb: int = MEMORY_MB,
    seconds: float = SECONDS,
) -> CleanAreas:
    """`cleaning.clean_areas` in a process of its own, with the faults that are left.

    Raises:
        BoundaryFileError: it took more than *memory_mb* or *seconds*.
    """
    with tempfile.TemporaryDirectory(prefix="geoapp-clean-") as folder:
        path = Path(folder) / "areas.json"
        path.write_bytes(AREAS.dump_json(Areas(tuple(areas))))
        request = _request(path, "", Layer.KELURAHAN, metric_srid, None, memory_mb, seconds)
        answer = _answer(replace(request, cleaning=Cleaning(gaps_under_m2, overlaps)))
    if answer.cleaned is None:
        raise _broken(path, "it gave no areas")
    return answer.cleaned


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Keeps every other process that uses the same *home* from reading or cleaning meanwhile.

    Each child may take all of its memory; two at once would take twice that. Where *home*
    can't be written to, nothing is kept from anybody, and the log says so.

    Raises:
        Conflict: somebody is at it.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "reading.lock").open("ab")
    except OSError as error:
        _log.warning("boundary files may be read side by side: %s", error)
        yield
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "Another file is being read or cleaned on this server.", "Try again in a minute."
            ) from error
        yield


def _request(
    path: Path,
    city_code: str,
    layer: Layer,
    metric_srid: int,
    options: ReadOptions | None,
    memory_mb: int,
    seconds: float,
) -> Request:
    return Request(
        path=Path(os.path.abspath(path)),  # noqa: PTH100 - the name stays, links and all
        city_code=city_code,
        layer=layer,
        metric_srid=metric_srid,
        options=options or ReadOptions(),
        limits=Limits(memory_mb, seconds),
    )


@dataclass(slots=True)
class _Run:
    """How the child ended: its exit code, why it was stopped, the most memory it was seen with."""

    exit_code: int
    stopped_for: str | None
    peak_mb: float


def _answer(request: Request) -> Answer:
    """Run the child and take its answer, or say why there is none."""
    limits = request.limits
    doing = "Cleaning" if request.cleaning else f"Reading {request.path.name}"
    remedy = _CLEAN_THERE if request.cleaning else _SMALLER
    with tempfile.TemporaryDirectory(prefix="geoapp-read-") as folder:
        answer_file, muttered = Path(folder) / "answer.json", Path(folder) / "stderr"
        with muttered.open("wb") as stderr:
            run = _watched(request, Path(folder), answer_file, stderr.fileno())
        if run.stopped_for == "seconds":
            raise BoundaryFileError(
                f"{doing} took more than {limits.seconds:.0f} s and was stopped.",
                remedy,
                "file",
            )
        near = run.peak_mb > _NEAR_THE_LIMIT * limits.memory_mb
        if run.stopped_for == "memory" or (run.exit_code < 0 and near):
            raise _out_of_memory(doing, remedy, limits)
        if run.exit_code != 0:
            last = muttered.read_bytes()[-4_000:].decode("utf-8", "replace")
            _log.error("the child for %s ended with %d: %s", doing, run.exit_code, last)
            raise _broken(request.path, _ending(run.exit_code, last))
        try:
            answer = ANSWER.validate_json(answer_file.read_bytes())
        except (OSError, ValidationError) as error:
            raise _broken(request.path, "its answer can't be understood") from error
    if answer.out_of_memory:
        raise _out_of_memory(doing, remedy, limits)
    if answer.refused is not None:
        refused = answer.refused
        raise BoundaryFileError(refused.message, refused.remedy, refused.field)
    return answer


def _watched(request: Request, folder: Path, answer_file: Path, stderr: int) -> _Run:
    """Start the child, feed it the request, and end it when it takes too much of anything."""
    ends = time.monotonic() + request.limits.seconds
    process = subprocess.Popen(  # noqa: S603 - our own Python, our own module
        [sys.executable, "-P", "-m", "geoapp.spatial.sandbox_child", str(answer_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )
    peak, stopped_for = 0.0, None
    try:
        _tell(process, REQUEST.dump_json(request))
        while process.poll() is None:
            try:
                process.wait(timeout=_LOOK_EVERY_S)
            except subprocess.TimeoutExpired:
                peak = max(peak, _resident_mb(process.pid))
                if peak > request.limits.memory_mb:
                    stopped_for = "memory"
                elif time.monotonic() > ends:
                    stopped_for = "seconds"
                if stopped_for:
                    process.kill()
    finally:
        # Also when the one who waits is interrupted.
        if process.poll() is None:
            process.kill()
        process.wait()
    if process.returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        stopped_for = "seconds"
    return _Run(process.returncode, stopped_for, peak)


def _tell(process: subprocess.Popen[bytes], request: bytes) -> None:
    """Write the request, which fits into the pipe; a child that died already needs none."""
    stdin = process.stdin
    if stdin is None:
        return
    try:
        stdin.write(request)
        stdin.close()
    except BrokenPipeError:
        pass


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: no setting, no secret, no proxy. And one thread, for small memory."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        # The folder in which this very package lies, be it a checkout or site-packages.
        "PYTHONPATH": str(Path(geoapp.__file__).resolve().parent.parent),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",
    }


def _resident_mb(pid: int) -> float:
    """Memory that the process holds, in MB; 0 where the system doesn't tell (no /proc)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def _out_of_memory(doing: str, remedy: str, limits: Limits) -> BoundaryFileError:
    return BoundaryFileError(
        f"{doing} takes more than {limits.memory_mb} MB of memory and was stopped.",
        remedy,
        "file",
    )


def _ending(exit_code: int, muttered: str) -> str:
    if exit_code < 0:
        return f"the reader was ended by {signal.Signals(-exit_code).name}"
    lines = muttered.strip().splitlines()
    return f"the reader failed with {lines[-1].partition(':')[0][:60] if lines else exit_code}"


def _broken(path: Path, why: str) -> BoundaryFileError:
    return BoundaryFileError(
        f"{path.name} can't be read: {why}.",
        "It is broken in a way nobody has met yet: export it anew, in another format if need be.",
        "file",
    )
