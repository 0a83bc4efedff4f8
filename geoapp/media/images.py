"""Draws strangers' photos anew in killable child processes, few at a time.

A child is this program's Python with this package. It gets none of the environment (where
the database's address and the secrets stand), no folder of its own and no file: what was
sent and what becomes of it pass through memory that the system frees with the processes, so
nothing is left on disk whoever is killed. Waiting is by `subprocess`, which gevent makes
cooperative: a web worker goes on serving others meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geoapp
from geoapp.domain.photo import LARGE_EDGE, Refusal
from geoapp.errors import StorageUnavailable
from geoapp.media.image_child import ANSWER_MOST, WALL_SECONDS

AT_ONCE = 2
"""Photos drawn side by side in one process: each may take half a gigabyte."""

_TURN_S = 20.0
"""How long somebody waits for a turn before being asked to come back."""

_FIRST_LOOK_S = 0.02
_LONGEST_LOOK_S = 0.2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished JPEG with its hash."""

    data: bytes
    sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A photo in both sizes, and what its camera noted; see `exif.Noted`."""

    large: Picture
    small: Picture
    lon: float | None
    lat: float | None
    taken_at: str | None


class Studio:
    """Draws photos, `AT_ONCE` at most side by side; one per process."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._turns = threading.BoundedSemaphore(at_once)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until it's one's turn.

        Raises:
            StorageUnavailable: too many wait before.
        """
        if not self._turns.acquire(timeout=_TURN_S):
            raise StorageUnavailable(
                "Too many photos are being processed right now.", "Send the same request again."
            )
        try:
            yield
        finally:
            self._turns.release()

    def draw(self, data: bytes, *, seconds: float = WALL_SECONDS) -> Drawing | Refusal:
        """Draw the photo in *data*, or say why it is refused; to be called within a `turn`.

        Raises:
            StorageUnavailable: no child could be started, or somebody killed it: that says
                nothing about the photo, which may be drawn again.
        """
        try:
            return _drawn(data, seconds)
        except OSError as problem:
            _log.exception("no child could be started to draw a photo")
            raise StorageUnavailable(
                "Photos can't be processed right now.", "Send the same request again."
            ) from problem


def _drawn(data: bytes, seconds: float) -> Drawing | Refusal:
    source, target = os.memfd_create("photo"), os.memfd_create("drawing")
    try:
        with os.fdopen(os.dup(source), "wb") as given:
            given.write(data)
        os.lseek(source, 0, os.SEEK_SET)
        ended, late = _run(source, target, seconds)
        # SIGXCPU: out of time. SIGSEGV, SIGABRT and the like: the photo broke the decoder.
        if late or ended in (-signal.SIGXCPU, -signal.SIGALRM):
            return Refusal.TOO_HARD
        if ended in (-signal.SIGKILL, -signal.SIGTERM):
            raise StorageUnavailable(
                "The photo couldn't be processed.", "Send the same request again."
            )
        if ended != 0:
            _log.warning("a photo of %d bytes ended its child with %d", len(data), ended)
            return Refusal.TOO_HARD
        os.lseek(target, 0, os.SEEK_SET)
        with os.fdopen(os.dup(target), "rb") as told:
            return _understood(told.read(ANSWER_MOST))
    finally:
        os.close(source)
        os.close(target)


def _run(source: int, target: int, seconds: float) -> tuple[int, bool]:
    """Run a child; its exit code, and whether it was ended because it took too long."""
    ends = time.monotonic() + seconds
    look = _FIRST_LOOK_S
    process = subprocess.Popen(  # noqa: S603 - our own Python, our own module
        [sys.executable, "-P", "-m", "geoapp.media.image_child", str(source), str(target)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=_environment(),
        pass_fds=(source, target),
        start_new_session=True,
    )
    late = False
    try:
        while process.poll() is None:
            try:
                process.wait(timeout=look)
            except subprocess.TimeoutExpired:
                look = min(2 * look, _LONGEST_LOOK_S)
                if time.monotonic() > ends:
                    late = True
                    process.kill()
    finally:
        # Also when the one who waits is interrupted.
        if process.poll() is None:
            process.kill()
        process.wait()
    return process.returncode, late


def _environment() -> dict[str, str]:
    """Nothing of ours: no setting, no secret. And no threads beyond those asked for."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # The folder in which this very package lies, be it a checkout or site-packages.
        "PYTHONPATH": str(Path(geoapp.__file__).resolve().parent.parent),
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _understood(answer: bytes) -> Drawing | Refusal:
    """The child's answer, believed no further than it can be checked: it may have been taken over."""
    head, _, rest = answer.partition(b"\n")
    try:
        said = json.loads(head)
        if "refused" in said:
            return Refusal(said["refused"])
        large_bytes, small_bytes = said["large"][0], said["small"][0]
        large = _picture(rest[:large_bytes], said["large"])
        small = _picture(rest[large_bytes : large_bytes + small_bytes], said["small"])
        lon, lat = _degrees(said["lon"], 180), _degrees(said["lat"], 90)
        taken_at = None if said["taken_at"] is None else str(said["taken_at"])[:40]
    except (ValueError, KeyError, TypeError, IndexError) as problem:
        _log.warning("a photo's child answered what can't be understood: %s", type(problem))
        return Refusal.TOO_HARD
    return Drawing(large, small, lon, lat, taken_at)


def _degrees(value: float | None, most: int) -> float | None:
    if value is not None and not -most <= float(value) <= most:
        raise ValueError("a position that is none")
    return None if value is None else float(value)


def _picture(data: bytes, said: list[int]) -> Picture:
    length, width, height = said
    if (
        len(data) != length
        or not data.startswith(b"\xff\xd8\xff")
        or not data.endswith(b"\xff\xd9")
    ):
        raise ValueError("a picture that is none")
    if not (0 < int(width) <= LARGE_EDGE and 0 < int(height) <= LARGE_EDGE):
        raise ValueError("a picture of a size that wasn't asked for")
    return Picture(data, hashlib.sha256(data).hexdigest(), int(width), int(height))
