"""``geoapp boundaries preview, activate, resume, undo, copy, reassign``: a set comes into force."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from geoapp.cli.context import open_database
from geoapp.domain.activation import (
    Activation,
    ActivationState,
    Mapped,
    Preview,
    Reassigned,
    RetiringCode,
    ShrinkingCode,
    read_mapping,
)
from geoapp.domain.catalogue import City
from geoapp.errors import Conflict, InvalidInput
from geoapp.store.database import Database
from geoapp.usecases import activation as use
from geoapp.usecases import cities

Progress = Callable[[int, int], None]
_city = click.option("--city", "code", required=True, metavar="CODE", help="Code or slug.")
_other_codes = click.option(
    "--other-codes",
    is_flag=True,
    help="Put it in force although most codes differ from those in force.",
)
_from = click.option(
    "--from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day the set holds; by default today, in the city's zone.",
)
_mapping = click.option(
    "--mapping",
    "--map",
    "mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file: what becomes of codes that grants or service areas name and the set lacks.",
)
_SHOWN = 30


def register(group: click.Group) -> None:
    """Add the commands of this module to ``geoapp boundaries``."""
    for command in (preview, activate, resume, undo, copy, reassign):
        group.add_command(command)


@click.command()
@click.argument("set_id", type=int)
@_city
@_from
@_mapping
@_other_codes
def preview(
    set_id: int,
    code: str,
    valid_from: datetime | None,
    mapping: Path | None,
    other_codes: bool,
) -> None:
    """Take the decisions for staged set SET_ID beforehand, and tell what would move.

    Nothing changes. Put it in force with activate, or give it up with undo.
    """
    with open_database() as (_, database):
        city = cities.find(database, code)
        starts = _starts(database, city, valid_from)
        activation_id = _begun(database, city, set_id, starts, mapping, other_codes)
        with bar("Deciding") as progress:
            use.decide(database, city, activation_id, progress=progress)
        _tell(database, city, use.get(database, city, activation_id))


@click.command()
@click.argument("set_id", type=int)
@_city
@_from
@_mapping
@_other_codes
def activate(
    set_id: int,
    code: str,
    valid_from: datetime | None,
    mapping: Path | None,
    other_codes: bool,
) -> None:
    """Put the staged set SET_ID in force and bring all complaints along.

    What preview has decided is used. May be killed at any moment: the worker carries it on,
    or resume.
    """
    with open_database() as (_, database):
        city = cities.find(database, code)
        starts = _starts(database, city, valid_from)
        activation_id = _begun(database, city, set_id, starts, mapping, other_codes)
        _warn(database, city, set_id)
        with bar("Re-assigning") as progress:
            summary = use.activate(database, city, set_id, starts, progress=progress)
        click.echo(in_force(set_id, starts, summary))
        told = use.get(database, city, activation_id)
        if told.companion_set is not None:
            click.echo(f"Service areas with the new codes are in force: set {told.companion_set}.")


@click.command()
@_city
def resume(code: str) -> None:
    """Carry on what is under way, from where it was: an activation to its end.

    A preview is finished, and nothing else: its set comes into force by activate alone.
    """
    with open_database() as (_, database):
        city = cities.find(database, code)
        begun = _under_way(database, city)
        with bar("Carrying on") as progress:
            done = use.resume(database, city, begun.id, progress=progress)
        if done.is_open and not done.wanted:
            _tell(database, city, done)
        else:
            click.echo(describe(done))


@click.command()
@_city
def undo(code: str) -> None:
    """Give up the activation that is under way; possible until its set is in force."""
    with open_database() as (_, database):
        city = cities.find(database, code)
        click.echo(describe(use.undo(database, city, _under_way(database, city).id)))


@click.command()
@click.argument("set_id", type=int)
@_city
def copy(set_id: int, code: str) -> None:
    """Stage a copy of set SET_ID, such as one that was in force, to go back to it."""
    with open_database() as (_, database):
        city = cities.find(database, code)
        made = use.reactivate(database, city, set_id)
        click.echo(
            f"Set {made} is a copy of set {set_id}, staged. What it would change: geoapp "
            f"boundaries preview {made} --city {city.code}"
        )


@click.command()
@_city
def reassign(code: str) -> None:
    """Decide every complaint anew, as after a change of the catalogue."""
    with open_database() as (_, database):
        city = cities.find(database, code)
        with bar("Re-assigning") as progress:
            summary = use.reassign(database, city, progress=progress)
        click.echo(f"{summary.moved:,} complaints moved, of {summary.looked_at:,} looked at.")


def in_force(set_id: int, starts: date, summary: Reassigned) -> str:
    """What an activation did, in one line."""
    return (
        f"Set {set_id} is in force from {starts}: {summary.moved:,} complaints moved, "
        f"of {summary.looked_at:,} looked at; {summary.nowhere:,} lie in no kelurahan."
    )


def describe(one: Activation) -> str:
    """How an activation stands, in one line."""
    what = f"set {one.set_id}" if one.set_id is not None else "the catalogue"
    numbers = {
        ActivationState.DECIDING: f"{one.looked_at:,} of {one.waiting:,} decided beforehand",
        ActivationState.DECIDED: f"{one.moving:,} would move",
        ActivationState.SWITCHED: f"in force, {one.moved:,} of {one.moving:,} brought along",
        ActivationState.DONE: f"{one.moved:,} complaints moved",
        ActivationState.UNDONE: "nothing was changed",
    }[one.state]
    problem = f"; stands still: {one.problem}" if one.problem else ""
    return f"Activation {one.id} of {what}: {one.state.value}, {numbers}{problem}."


def lines(told: Preview) -> list[str]:
    """A preview as a table for people."""
    out = [f"{told.moving:,} complaints would move, of {told.looked_at:,} looked at."]
    for move in told.from_to[:_SHOWN]:
        was = f"{move.from_code or '-'} {move.from_name or ''}".strip()
        will = f"{move.to_code or '-'} {move.to_name or ''}".strip()
        out.append(f"{move.count:>9,}  {was:<36} → {will}")
    if len(told.from_to) > _SHOWN:
        rest = told.from_to[_SHOWN:]
        out.append(f"{sum(move.count for move in rest):>9,}  in {len(rest)} smaller ways")
    out += [
        f"{move.count:>9,}  from agency {move.from_code} to {move.to_code}"
        for move in told.agencies
    ]
    if told.outside:
        out.append(f"{told.outside:>9,}  will lie in no kelurahan")
    if told.newly_ambiguous:
        out.append(f"{told.newly_ambiguous:>9,}  will be claimed by two, and weren't")
    if told.offered:
        out.append(f"{told.offered:>9,}  will be offered to another road authority")
    return out


def retiring_lines(codes: list[RetiringCode]) -> list[str]:
    """Codes that need a mapping, who names them, and what is suggested."""
    out = []
    for code in codes:
        named = ", ".join(f"{by.kind.value} {by.who}" for by in code.named_by)
        into = ", ".join(f"{new} ({code.shares.get(new, 0):.0%})" for new in code.suggestion.into)
        out.append(
            f"{code.code} {code.name}: named by {named}; "
            f"suggested: {code.suggestion.how.value} {into}".rstrip()
        )
    return out


def shrinking_lines(codes: list[ShrinkingCode]) -> list[str]:
    """Codes that stay and lose ground to codes that nobody named, for people."""
    out = []
    for code in codes:
        named = ", ".join(f"{by.kind.value} {by.who}" for by in code.named_by)
        to = ", ".join(f"{loss.code} {loss.name} ({loss.share:.1%})" for loss in code.to)
        out.append(
            f"Warning: {code.code} {code.name} loses {code.share:.1%} of its ground, to {to}; "
            f"no longer reached by {named}"
        )
    return out


def _warn(database: Database, city: City, set_id: int | None) -> None:
    if set_id is not None:
        for line in shrinking_lines(use.shrinking(database, city, set_id)):
            click.echo(line, err=True)


def _tell(database: Database, city: City, one: Activation) -> None:
    """What a preview found, and how it goes on from here."""
    for line in lines(use.preview(database, city, one.id)):
        click.echo(line)
    _warn(database, city, one.set_id)
    into = (
        f"geoapp boundaries activate {one.set_id} --city {city.code} --from {one.valid_from}"
        if one.set_id is not None
        else f"geoapp boundaries reassign --city {city.code}"
    )
    click.echo(
        f"Nothing has changed yet. In force: {into}; given up: geoapp boundaries undo "
        f"--city {city.code}"
    )


def _begun(
    database: Database,
    city: City,
    set_id: int,
    starts: date,
    mapping: Path | None,
    other_codes: bool,
) -> int:
    """The activation under way for this set, or a new one; tells what a mapping must say."""
    begun = use.under_way(database, city)
    if begun is not None and begun.set_id == set_id:
        if begun.valid_from != starts:
            raise Conflict(
                f"Activation {begun.id} was begun to hold from {begun.valid_from}.",
                f"Say --from {begun.valid_from}, or undo it first.",
            )
        return begun.id
    try:
        return use.begin(
            database, city, set_id, starts, mapping=_read(mapping), other_codes=other_codes
        )
    except InvalidInput:
        codes = use.retiring(database, city, set_id)
        suggested = {code.code: code.suggestion.as_dict() for code in codes}
        for line in [*retiring_lines(codes), "As a mapping file:", json.dumps(suggested, indent=2)]:
            click.echo(line, err=True)
        raise


def _read(mapping: Path | None) -> dict[str, Mapped]:
    if mapping is None:
        return {}
    try:
        return read_mapping(json.loads(mapping.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, UnicodeDecodeError) as problem:
        raise InvalidInput(f"{mapping} isn't JSON: {problem}.") from problem


def _starts(database: Database, city: City, valid_from: datetime | None) -> date:
    return valid_from.date() if valid_from else cities.today(city, database.now())


def _under_way(database: Database, city: City) -> Activation:
    begun = use.under_way(database, city)
    if begun is None:
        raise Conflict(f"No activation is under way in {city.name.local}.")
    return begun


@contextmanager
def bar(label: str) -> Iterator[Progress]:
    """A bar drawn when there is progress to tell; nothing when output isn't a terminal."""
    drawn: list[Any] = []

    def progress(done: int, total: int) -> None:
        if drawn and drawn[0].length != total:  # the next step counts something else
            drawn.pop().__exit__(None, None, None)
        if not drawn:
            shown = click.progressbar(length=total, label=label, show_pos=True)
            drawn.append(shown.__enter__())
        drawn[0].update(done - drawn[0].pos)

    try:
        yield progress
    finally:
        if drawn:
            drawn[0].__exit__(None, None, None)
