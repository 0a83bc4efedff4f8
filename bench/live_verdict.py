"""What clients of the feed heard against what was written, for `bench.soak_live`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bench.live_droppers import CONTENT, RETRACTION, SILENCE, Gathered, Log

SQL = Path(__file__).with_name("sql")
GRACE_S = 0.1
"""A commit's timestamp is taken a moment before others see it."""
VISIBLE = {"submitted", "status"}
"""Kinds of events that everybody is told of."""


@dataclass
class Written:
    """The feed as the database has it."""

    place: dict[int, int] = field(default_factory=dict)
    """By event where it stands in the feed's order."""
    order: list[int] = field(default_factory=list)
    events: dict[int, Any] = field(default_factory=dict)
    public: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """By complaint the spans of time in which it was public, in seconds since 1970."""
    agencies: dict[str, set[str]] = field(default_factory=dict)
    """By complaint every agency that ever had it."""

    @classmethod
    def read(cls, owner_url: str) -> Written:
        """All of it, as the tables' owner."""
        engine = create_engine(owner_url, poolclass=NullPool)
        with engine.connect() as connection:
            events = connection.execute(_sql("soak_live_events")).all()
            complaints = connection.execute(_sql("soak_live_complaints")).all()
        engine.dispose()
        here = cls()
        turns: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for event in events:
            here.place[event.id] = len(here.order)
            here.order.append(event.id)
            here.events[event.id] = event
            if event.kind == "flag":
                turns[event.ticket].append(
                    (float(event.committed_at), event.confidential == "true")
                )
        for row in complaints:
            here.agencies[row.ticket] = {row.agency_code, *row.agencies}
            here.public[row.ticket] = _public(turns[row.ticket], confidential=row.confidential)
        return here

    def was_public(self, ticket: str, since: float, until: float) -> bool:
        """Whether a complaint was public at any moment from *since* to *until*."""
        return any(
            begin <= until + GRACE_S and since <= end + GRACE_S
            for begin, end in self.public.get(ticket, [])
        )


@dataclass
class Verdict:
    """What was wrong with what one kind of clients heard; counts of messages."""

    clients: int = 0
    heard: int = 0
    told: int = 0
    drops: int = 0
    refused: int = 0
    reloads: int = 0
    skipped: int = 0
    """Events that a reload stood for."""
    missed: int = 0
    doubled: int = 0
    unauthorised: int = 0
    disordered: int = 0
    untold: int = 0

    @property
    def wrong(self) -> int:
        """Everything that was wrong, added up."""
        return self.missed + self.doubled + self.unauthorised + self.disordered + self.untold


def judge(
    gathered: Gathered, written: Written, sights: dict[str, str | None]
) -> dict[str, Verdict]:
    """By kind of client what was wrong.

    Args:
        sights: by kind of client the agency whose complaints it sees, "*" for all of them, or
            None for what is public.
    """
    verdicts: dict[str, Verdict] = defaultdict(Verdict)
    for log in gathered.logs:
        verdict = verdicts[log.kind]
        verdict.clients += 1
        verdict.heard += len(log.ids)
        verdict.drops += log.drops
        verdict.refused += log.refused
        verdict.reloads += len(log.reloads)
        _complete(log, written, verdict)
        _in_order(log, written, verdict)
        _authorised(log, gathered, written, sights[log.kind], verdict)
    return dict(verdicts)


def _complete(log: Log, written: Written, verdict: Verdict) -> None:
    """Every event after the beginning once, but what a reload stands for."""
    expected = set(written.order[_after(log.start, written) :])
    for heard_before, goes_on in log.reloads:
        last = written.place[log.ids[heard_before - 1]] + 1 if heard_before else 0
        skipped = expected & set(written.order[last : _after(goes_on, written)])
        expected -= skipped
        verdict.skipped += len(skipped)
    heard = set(log.ids)
    verdict.missed += len(expected - heard)
    verdict.doubled += len(log.ids) - len(heard)


def _in_order(log: Log, written: Written, verdict: Verdict) -> None:
    """Of each complaint its events in the order in which they were written."""
    last: dict[str, int] = {}
    for number in log.ids:
        ticket = written.events[number].ticket
        verdict.disordered += number < last.get(ticket, 0)
        last[ticket] = max(number, last.get(ticket, 0))


def _authorised(
    log: Log, gathered: Gathered, written: Written, sight: str | None, verdict: Verdict
) -> None:
    """Nothing told that wasn't theirs to hear, and nothing kept back that was."""
    for number, sort, came in zip(log.ids, log.sorts, log.times, strict=True):
        event = written.events[number]
        ticket = event.ticket
        if sort != SILENCE and gathered.tickets.get(number) != ticket:
            verdict.unauthorised += 1
            continue
        agencies = written.agencies[ticket]
        if sight is None:
            spans = written.public[ticket]
            theirs = written.was_public(ticket, float(event.committed_at), came)
            ever = bool(spans)
            always = spans == [ALWAYS] and event.kind in VISIBLE
        else:
            theirs = sight == "*" or gathered.agencies.get((log.kind, number)) == sight
            ever = sight == "*" or sight in agencies
            always = sight == "*" or agencies == {sight}
        verdict.told += sort == CONTENT
        verdict.unauthorised += (sort == CONTENT and not (theirs and ever)) or (
            sort == RETRACTION and not ever
        )
        verdict.untold += always and sort != CONTENT


ALWAYS = (0.0, float("inf"))


def _public(turns: list[tuple[float, bool]], *, confidential: bool) -> list[tuple[float, float]]:
    """Spans in which a complaint was public, from its turns, or from how it always stood."""
    if not turns:
        return [] if confidential else [ALWAYS]
    spans, since = [], None if not turns[0][1] else 0.0
    for moment, hidden in turns:
        if hidden and since is not None:
            spans.append((since, moment))
            since = None
        elif not hidden and since is None:
            since = moment
    if since is not None:
        spans.append((since, float("inf")))
    return spans


def _after(position: str, written: Written) -> int:
    """Where in the order the first event after *position* stands."""
    number = int(position.rsplit(":", 1)[-1])
    return written.place[number] + 1 if number else 0


def _sql(name: str) -> Any:
    return text((SQL / f"{name}.sql").read_text(encoding="utf-8"))
