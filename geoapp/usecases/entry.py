"""An operator enters what came by telephone, press, letter or at the counter.

The same submission as a citizen's, with the operator as actor: nothing is decided here that
a pin on the public page wouldn't be told. A point outside the city is kept for triage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.catalogue import Catalogue, City
from geoapp.domain.complaint import Channel, NewComplaint, Status
from geoapp.errors import AlreadyEntered, FieldProblem, InvalidInput
from geoapp.store import entry as store
from geoapp.store.database import Database, Role
from geoapp.usecases import submit
from geoapp.usecases.casework import JUNK
from geoapp.usecases.submit import Sending

ENTERED = (Channel.CALL_112, Channel.MEDIA, Channel.LETTER, Channel.COUNTER, Channel.SP4N)
"""Channels whose complaints are typed in; every other one has a machine of its own."""

OLDEST = timedelta(days=366)
"""How long ago a complaint may have come: as far as a citizen may date a report back."""

_LINK = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class JunkCall:
    """A call or message that is no complaint: counted with its channel, and nothing else."""

    channel: Channel = Channel.CALL_112
    words: str | None = None
    service: str | None = None
    source: str | None = None
    external_id: str | None = None


def enter(
    database: Database,
    city: City,
    catalogue: Catalogue,
    actor: Actor,
    new: NewComplaint,
    *,
    sending: Sending | None = None,
    also: submit.Also | None = None,
) -> dict[str, Any]:
    """Store *new* as entered by *actor*; the answer of `submit.submit`, which gets *also*.

    A number without a source is the channel's own (``call_112`` numbers its calls itself).

    Raises:
        Forbidden: the account enters nothing.
        InvalidInput: a field can't be; all that are wrong are named.
        AlreadyEntered: the source's number is another complaint's.
    """
    require(actor, Permission.ENTER)
    new = _with_source(new)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        now = store.facts(connection, city.code, None, None).now
    _check(new, now)
    return _store(database, city, catalogue, actor, new, sending, also)


def enter_junk(
    database: Database,
    city: City,
    catalogue: Catalogue,
    actor: Actor,
    junk: JunkCall,
    *,
    sending: Sending | None = None,
) -> dict[str, Any]:
    """Store *junk* as a complaint that is rejected as it comes, with the reason in its history.

    It has no place. Its service is the one named, or what `junk_service` finds.

    Raises:
        Forbidden: the account enters nothing.
        InvalidInput: the channel isn't typed in, or the catalogue has no service for it.
        AlreadyEntered: the source's number is another complaint's.
    """
    require(actor, Permission.ENTER)
    service = junk.service or junk_service(catalogue)
    if service is None:
        raise InvalidInput(
            "The catalogue has no service that a junk call could be counted with.",
            "Name a service that needs no place.",
            [FieldProblem("service", "is missing")],
        )
    new = _with_source(
        NewComplaint(
            service=service,
            description=junk.words,
            channel=junk.channel,
            source=junk.source,
            external_id=junk.external_id,
            status=Status.REJECTED,
        )
    )
    problems = _channel_problems(new)
    if problems:
        raise InvalidInput("The call can't be counted.", "Correct the fields named.", problems)

    def explain(connection: Connection, row: Row[Any]) -> None:
        store.keep_junk_event(
            connection,
            city.code,
            row.id,
            row.ticket,
            actor=actor.label,
            # Reasons are public, words of a rejected complaint aren't.
            reason=JUNK.get(city.locale, JUNK["en"]),
        )

    return _store(database, city, catalogue, actor, new, sending, explain)


def junk_service(catalogue: Catalogue) -> str | None:
    """The service junk is counted with: the last of group ``other`` that needs no place.

    Catalogues end in their catch-all. None when there is no such service.
    """
    fitting = [
        service
        for service in catalogue.services.values()
        if service.group_code == "other" and not service.needs_place
    ]
    return max(fitting, key=lambda service: service.position).code if fitting else None


def _with_source(new: NewComplaint) -> NewComplaint:
    if new.external_id is not None and new.source is None:
        return replace(new, source=new.channel.value)
    return new


def _check(new: NewComplaint, now: datetime) -> None:
    problems = _channel_problems(new)
    if new.channel is Channel.MEDIA and not (new.source and _LINK.fullmatch(new.source)):
        problems.append(
            FieldProblem("source", "must be the link to the article or post", new.source)
        )
    for name, moment in (("submitted_at", new.submitted_at), ("observed_at", new.observed_at)):
        if moment is None:
            continue
        if moment > now:
            problems.append(FieldProblem(name, "lies in the future", moment.isoformat()))
        elif moment < now - OLDEST:
            problems.append(FieldProblem(name, "lies more than a year back", moment.isoformat()))
    if problems:
        raise InvalidInput("The entry can't be stored.", "Correct the fields named.", problems)


def _channel_problems(new: NewComplaint) -> list[FieldProblem]:
    if new.channel in ENTERED:
        return []
    known = ", ".join(channel.value for channel in ENTERED)
    return [FieldProblem("channel", f"must be one of {known}", new.channel.value)]


def _store(
    database: Database,
    city: City,
    catalogue: Catalogue,
    actor: Actor,
    new: NewComplaint,
    sending: Sending | None,
    also: submit.Also | None,
) -> dict[str, Any]:
    if sending is not None:
        # Keys of one operator are nobody else's: another sender's answer is never given out.
        sending = replace(sending, key=f"{actor.label}/{sending.key}")
    try:
        return submit.submit(
            database,
            city,
            catalogue,
            new,
            sending=sending,
            by=actor,
            trusted=True,
            also=also,
        )
    except IntegrityError as problem:
        if "complaint_external" not in str(problem.orig):
            raise
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        holder = store.facts(connection, city.code, new.source, new.external_id).ticket
    raise AlreadyEntered(
        f"The number {new.external_id!r} of {new.source!r} was entered before"
        + (f", as {holder}." if holder else "."),
        "Open that complaint and add to it.",
        [
            FieldProblem("external_id", "was entered before", new.external_id),
            *([FieldProblem("ticket", "has this number", holder)] if holder else []),
        ],
    )
