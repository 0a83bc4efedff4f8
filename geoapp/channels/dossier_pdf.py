"""A dossier as a PDF, drawn in a child process that can be killed.

What is printed was typed by strangers, and drawing it takes about a second of processor time:
the child has limits of its own, and a web worker goes on serving others meanwhile (waiting is by
`subprocess`, which gevent makes cooperative). One at a time per process.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import geoapp
from geoapp.domain.dossier import Dossier
from geoapp.errors import DossierNotMade

SECONDS = 20.0
"""Longest that one may take."""

WAIT_S = 20.0
"""Longest that one waits for the ones before."""

MEMORY_MB = 1024
"""Address space of the child; it uses about a tenth."""

_turn = threading.BoundedSemaphore(1)
_log = logging.getLogger(__name__)


def make(dossier: Dossier, pictures: Sequence[bytes], *, seconds: float = SECONDS) -> bytes:
    """The PDF of *dossier*; *pictures* are the JPEGs that its ``photos`` count.

    Raises:
        DossierNotMade: it took more than *seconds*, or more than a while until it was its turn,
            or the child ended otherwise.
    """
    if not _turn.acquire(timeout=WAIT_S):
        raise DossierNotMade("Many documents are being made right now.", "Try again in a minute.")
    try:
        with tempfile.TemporaryDirectory(prefix="geoapp-dossier-") as name:
            return _made(Path(name), dossier, pictures, seconds)
    finally:
        _turn.release()


def _made(folder: Path, dossier: Dossier, pictures: Sequence[bytes], seconds: float) -> bytes:
    (folder / "dossier.json").write_text(json.dumps(asdict(dossier)), encoding="utf-8")
    for number, picture in enumerate(pictures):
        (folder / f"{number}.jpg").write_bytes(picture)
    with (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own Python, our own module
            [
                sys.executable,
                "-P",
                "-m",
                "geoapp.channels.dossier_child",
                str(MEMORY_MB),
                str(int(seconds)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        finally:
            # Also when the one who waits is interrupted.
            if process.poll() is None:
                process.kill()
            process.wait()
    made = folder / "dossier.pdf"
    if code != 0 or not made.is_file():
        muttered = (folder / "stderr").read_bytes()[-2_000:].decode("utf-8", "replace")
        _log.error("the dossier of %s wasn't made (%d): %s", dossier.ticket, code, muttered)
        raise DossierNotMade("The document couldn't be made.", "Try again in a minute.")
    return made.read_bytes()


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: no setting, no secret, no proxy."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        # The folder in which this very package lies, be it a checkout or site-packages.
        "PYTHONPATH": str(Path(geoapp.__file__).resolve().parent.parent),
    }
