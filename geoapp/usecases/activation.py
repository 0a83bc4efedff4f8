"""Putting boundary sets in force: previewed, switched in a moment, brought along in batches.

An activation is a row that remembers how far it has come, so that it can be killed at any
moment and carried on by whoever comes next:

- `begin` checks what names codes that the set retires and stages what goes with it;
- `decide` takes the new decisions beforehand, in committed batches: the preview;
- `switch` is the moment: under a lock that submissions wait for, what came since is caught
  up, the set comes into force, grants and service areas go to their new codes;
- `apply` brings the complaints along in batches; each that moves gets a decision and an event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from geoapp.domain.activation import (
    Activation,
    Mapped,
    Preview,
    Reassigned,
    RetiringCode,
)
from geoapp.domain.catalogue import City
from geoapp.store.database import Database

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""
Stopping = Callable[[], bool]
"""Asked after each batch; True leaves the activation as it is, to be carried on later."""


def _quiet(_done: int, _all: int) -> None:
    pass


def _never() -> bool:
    return False


def retiring(database: Database, city: City, set_id: int) -> list[RetiringCode]:
    """The codes that the staged set lacks and that grants or service areas name, by code."""
    raise NotImplementedError


def begin(
    database: Database,
    city: City,
    set_id: int | None,
    valid_from: date | None,
    *,
    mapping: Mapping[str, Mapped] | None = None,
    other_codes: bool = False,
    by: str = "system",
) -> int:
    """Begin an activation; its id. Writes the log itself, in the name of *by*.

    Args:
        set_id: A staged set; None decides everything anew by the sets in force.
        other_codes: The new set may have other codes than the one in force.
        by: ``system`` or ``account:<id>``.

    Raises:
        BoundarySetNotStaged: there is no such set, or it is active or retired already.
        InvalidInput: names every retiring code that needs a mapping.
        Conflict: another activation is under way, or most codes are others.
    """
    raise NotImplementedError


def decide(
    database: Database,
    city: City,
    activation_id: int,
    *,
    progress: Progress = _quiet,
    stopping: Stopping = _never,
) -> Activation:
    """Take the decisions beforehand; ends in state decided unless *stopping* said so."""
    raise NotImplementedError


def preview(database: Database, city: City, activation_id: int) -> Preview:
    """What the decisions taken so far would change."""
    raise NotImplementedError


def switch(database: Database, city: City, activation_id: int) -> Activation:
    """Put the set in force; submissions wait for less than a second."""
    raise NotImplementedError


def apply(
    database: Database,
    city: City,
    activation_id: int,
    *,
    progress: Progress = _quiet,
    stopping: Stopping = _never,
) -> Activation:
    """Bring the complaints along after the switch; ends in state done."""
    raise NotImplementedError


def run(
    database: Database,
    city: City,
    activation_id: int,
    *,
    progress: Progress = _quiet,
    stopping: Stopping = _never,
) -> Activation:
    """Whatever is left to do: decide, switch, apply."""
    raise NotImplementedError


def undo(database: Database, city: City, activation_id: int, *, by: str = "system") -> Activation:
    """Give an activation up before the switch; nothing of it stays but the row itself.

    Raises:
        Conflict: the switch has happened (activate the former set again: `reactivate`).
    """
    raise NotImplementedError


def reactivate(database: Database, city: City, set_id: int, *, by: str = "system") -> int:
    """Stage a copy of a set that was in force before; the copy's id."""
    raise NotImplementedError


def want(database: Database, city: City, activation_id: int, *, by: str = "system") -> Activation:
    """Ask the worker to carry an activation out, to its end."""
    raise NotImplementedError


def get(database: Database, city: City, activation_id: int) -> Activation:
    """An activation as it stands.

    Raises:
        NotFound: the city has no such activation.
    """
    raise NotImplementedError


def latest(database: Database, city: City) -> Activation | None:
    """The newest activation of the city, under way or not."""
    raise NotImplementedError


def unfinished(database: Database) -> list[tuple[str, Activation]]:
    """Activations of all cities that the worker has to carry on, with their city's code.

    Those that somebody asked for, and those that switched and weren't finished.
    """
    raise NotImplementedError


def activate(
    database: Database,
    city: City,
    set_id: int,
    valid_from: date,
    *,
    mapping: Mapping[str, Mapped] | None = None,
    other_codes: bool = False,
    by: str = "system",
    progress: Progress = _quiet,
) -> Reassigned:
    """All of it: begin, or carry on what was begun for this set, and run to the end."""
    raise NotImplementedError


def reassign(
    database: Database, city: City, *, by: str = "system", progress: Progress = _quiet
) -> Reassigned:
    """Decide everything anew by the sets in force, as after a change of the catalogue."""
    raise NotImplementedError
