"""The process that decodes a stranger's photo: bounds itself, draws, answers, ends.

``python -m geoapp.media.image_child IN OUT`` reads the file from the descriptor IN and writes
its answer to OUT: a line of JSON, then both pictures. Only ``images`` starts it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path

MEMORY_MB = 512
"""What the child may take for data; its libraries' code comes on top."""

CPU_SECONDS = 10
WALL_SECONDS = 30
ANSWER_MOST = 16 * 1024 * 1024
_MB = 1024 * 1024
_NO_NEW_PRIVILEGES = 38


def main(source: int, target: int) -> None:
    """Draw what *source* holds and write the answer to *target*."""
    _bound()
    # Within the bounds: what these libraries take counts.
    from geoapp.domain.photo import Refusal  # noqa: PLC0415
    from geoapp.media.drawing import draw  # noqa: PLC0415

    with os.fdopen(source, "rb") as given:
        data = given.read()
    try:
        answer = draw(data)
    except MemoryError:
        answer = Refusal.TOO_HARD
    with os.fdopen(target, "wb") as output:
        if isinstance(answer, Refusal):
            output.write(json.dumps({"refused": answer.value}).encode() + b"\n")
            return
        said = {
            "large": [len(answer.large.data), answer.large.width, answer.large.height],
            "small": [len(answer.small.data), answer.small.width, answer.small.height],
            "lon": answer.noted.lon,
            "lat": answer.noted.lat,
            "taken_at": answer.noted.taken_at,
        }
        output.write(json.dumps(said).encode() + b"\n")
        output.write(answer.large.data)
        output.write(answer.small.data)


def _bound() -> None:
    for what, soft, hard in (
        (resource.RLIMIT_DATA, MEMORY_MB * _MB, MEMORY_MB * _MB),
        # At the hard limit the system kills; at the soft one its signal says why.
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 2),
        (resource.RLIMIT_FSIZE, ANSWER_MOST, ANSWER_MOST),
        (resource.RLIMIT_NOFILE, 64, 64),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, most = resource.getrlimit(what)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)  # noqa: PLW2901
        resource.setrlimit(what, (soft, hard))
    # Should whoever waits be killed, this still ends.
    signal.alarm(WALL_SECONDS)
    # Nothing it starts may become anybody else.
    ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # And should the machine run out of memory, this goes before the server does.
    score = Path("/proc/self/oom_score_adj")
    if score.exists():
        score.write_text("800")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
