"""Draws one dossier and ends: ``dossier.json`` and ``<n>.jpg`` here become ``dossier.pdf``."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

_MB = 1024 * 1024


def main() -> None:
    """Read what lies in the working folder; arguments are memory in MB and seconds."""
    memory_mb, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MB, memory_mb * _MB))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)  # whoever looks at the map goes first
    # What is heavy counts against the limits, too.
    from geoapp.channels.dossier_pages import draw  # noqa: PLC0415

    whole = json.loads(Path("dossier.json").read_text(encoding="utf-8"))
    pictures = [Path(f"{number}.jpg") for number in range(len(whole["photos"]))]
    Path("dossier.pdf").write_bytes(draw(whole, pictures))


if __name__ == "__main__":
    main()
