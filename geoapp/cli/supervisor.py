"""Keeping a few child processes alive, and taking every one of them along when we go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 30.0
_STABLE_S = 60.0
_GRACE_S = 6.0
_INSIST_S = 3.0


@dataclass
class Child:
    """One program that is to run for as long as we do.

    It gets a session of its own, so that a Ctrl-C in the terminal reaches only us and we
    end things in order; and the kernel interrupts it should we be killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    delay_s: float = _FIRST_DELAY_S
    due_at: float | None = None
    """When to start again; None while it runs."""

    def start(self) -> None:
        """Start the program; what it prints goes where ours goes."""
        # `env` adds to what we inherited without our reading it: settings.py alone does.
        added = [f"{name}={value}" for name, value in self.environment.items()]
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            # A script's background job ignores INT, and so would what it starts.
            ["setpriv", "--pdeathsig=INT", "env", "--default-signal=INT", *added, *self.command],  # noqa: S607
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        self.due_at = None

    @property
    def alive(self) -> bool:
        """Tell whether it runs."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals, *, family: bool = False) -> None:
        """Send *number* to it, or with *family* to everything it started as well."""
        if self.process is None:
            return
        try:
            if family:
                os.killpg(self.process.pid, number)
            elif self.alive:
                self.process.send_signal(number)
        except ProcessLookupError:
            pass


class Supervisor:
    """Starts children, starts those that die again, and ends all of them."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.children: list[Child] = []

    def add(self, child: Child) -> None:
        """Start *child* and look after it from now on."""
        self.children.append(child)
        child.start()

    def look_after(self) -> None:
        """Start again what died, later each time it dies soon; call this often."""
        now = time.monotonic()
        for child in self.children:
            if child.alive:
                if now - child.started_at > _STABLE_S:
                    child.delay_s = _FIRST_DELAY_S
            elif child.due_at is None:
                ending = describe(child.process.returncode if child.process else None)
                self._say(f"The {child.name} {ending}; starting it again in {child.delay_s:g} s.")
                # A killed master leaves workers that hold the port.
                child.signal(signal.SIGKILL, family=True)
                child.due_at = now + child.delay_s
                child.delay_s = min(child.delay_s * 2, _LONGEST_DELAY_S)
            elif now >= child.due_at:
                child.start()

    def stop(self) -> None:
        """End every child: asked first, told after some seconds, then killed."""
        for number, patience_s in (
            (signal.SIGTERM, _GRACE_S),
            (signal.SIGINT, _INSIST_S),
            (signal.SIGKILL, _INSIST_S),
        ):
            waiting = [child for child in self.children if child.alive]
            for child in waiting:
                child.signal(number)
            deadline = time.monotonic() + patience_s
            while any(child.alive for child in waiting) and time.monotonic() < deadline:
                time.sleep(0.02)
        for child in self.children:
            child.signal(signal.SIGKILL, family=True)
        self.children.clear()


def describe(code: int | None) -> str:
    """Say in words how a process ended, from its return code."""
    if code is None:
        return "didn't start"
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def python(*words: str) -> list[str]:
    """Return the command that runs ``python -m`` with this very interpreter."""
    return [sys.executable, "-m", *words]
