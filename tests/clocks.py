"""Processes whose machine has a wrong clock."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shifted(offset: str) -> dict[str, str]:
    """Environment of a process whose clock is *offset* (``+1d``) off; skips without faketime.

    The library is preloaded directly: the program of that name would stand between a test
    and the process it signals. Lengths of time (the monotonic clock) stay right, as they do
    on a machine that has the wrong date.
    """
    places = (Path("/usr/lib"), ROOT / ".venv" / "tools" / "usr" / "lib")
    found = [lib for place in places for lib in place.glob("*/faketime/libfaketimeMT.so.1")]
    if not found:
        pytest.skip("missing tool: faketime")
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME": offset,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(ROOT / "tests" / "faketime"),
    }
