"""Loaded by every Python that runs under faketime: see `tests.clocks.shifted`.

Since 3.11 Python sleeps until a moment of the monotonic clock; faketime 0.9.10 moves that
moment although it was told to leave this clock alone, and the kernel refuses what comes out.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
