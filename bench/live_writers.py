"""Writers of the feed for `bench.soak_live`: submissions, steps of staff, held transactions."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geoapp.domain.access import Actor
from geoapp.domain.catalogue import City
from geoapp.domain.complaint import NewComplaint
from geoapp.domain.place import LonLat
from geoapp.domain.workflow import Step
from geoapp.domain.workflow_terms import StepRequest
from geoapp.errors import DatabaseUnavailable, GeoappError
from geoapp.store.database import Database, Role
from geoapp.usecases import casework, cities, submit
from geoapp.usecases.feed import Bell

HELD = text((Path(__file__).with_name("sql") / "soak_live_held.sql").read_text(encoding="utf-8"))
STANDS = text(
    "SELECT version, status, confidential, agency_code FROM geoapp.complaint WHERE ticket = :ticket"
)
PLACE = LonLat(103.6105, -1.6125)
ROADS, WASTE = "pupr_bina_marga", "dlh"
SERVICES = {ROADS: "pothole", WASTE: "waste_burning"}
HELD_S = 0.2
"""A transaction is held open so long at most; all that was committed meanwhile waits for it."""
KEPT = 200
"""Complaints that a writer goes on with."""


@dataclass
class Writer:
    """One of several, each with complaints of its own."""

    database: Database
    city: City
    operator: Actor
    bell: Bell
    dice: random.Random
    tickets: list[str] = field(default_factory=list)

    def write(self) -> None:
        """Do something that writes an event, or several."""
        roll = self.dice.random()
        if roll < 0.15 or len(self.tickets) < 5:
            self._submit()
        elif roll < 0.45:
            self._step()
        else:
            self._hold()
        self.bell.ring()

    def _submit(self) -> None:
        told = submit.submit(
            self.database,
            self.city,
            cities.catalogue(self.database, self.city),
            NewComplaint(
                service=SERVICES[self.dice.choice([ROADS, WASTE])],
                description="Ditulis oleh uji ketahanan",
                position=PLACE,
                confidential=self.dice.random() < 0.15,
            ),
        )
        self.tickets = [*self.tickets[-KEPT:], str(told["ticket"])]

    def _step(self) -> None:
        ticket = self.dice.choice(self.tickets)
        with self.database.transaction(Role.WORKER, self.city.code) as connection:
            row = connection.execute(STANDS, {"ticket": ticket}).one()
        steps: dict[Step, dict[str, Any]] = {
            Step.NOTE: {"text": "Catatan"},
            Step.PUBLIC if row.confidential else Step.CONFIDENTIAL: {"reason": "Diuji"},
            Step.VERIFY: {},
            Step.ASSIGN: {
                "agency": WASTE if row.agency_code == ROADS else ROADS, "reason": "Diuji",
            },
        }  # fmt: skip
        step = self.dice.choice(list(steps))
        request = StepRequest(step=step, version=row.version, **steps[step])
        casework.act(self.database, self.city, self.operator, ticket, request)

    def _hold(self) -> None:
        with self.database.transaction(Role.WORKER, self.city.code) as connection:
            connection.execute(
                HELD,
                {
                    "ticket": self.dice.choice(self.tickets),
                    "many": self.dice.randint(1, 3),
                    "held_s": self.dice.uniform(0, HELD_S),
                },
            )


def write(url: str, operator: Actor, rate: float, writers: int, seed: int, end: Connection) -> None:
    """Write about *rate* times a second until something comes over *end*; answer with refusals."""
    database = Database(url, pool_size=writers + 1)
    city = cities.find(database, "15.71")
    over, refused = threading.Event(), [0]
    failures: list[str] = []
    bell = Bell(database)

    def work(number: int) -> None:
        dice = random.Random(seed + number)
        writer = Writer(database, city, operator, bell, dice)
        begun, done = time.monotonic(), 0
        while not over.is_set():
            done += 1
            over.wait(max(0.0, begun + done * writers / rate - time.monotonic()))
            _try(writer.write, refused, failures)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    end.recv()
    over.set()
    for thread in threads:
        thread.join()
    end.send((refused[0], failures[:5]))
    database.dispose()


def _try(write_one: Callable[[], None], refused: list[int], failures: list[str]) -> None:
    try:
        write_one()
    except DatabaseUnavailable as problem:
        failures.append(repr(problem))
    except GeoappError:
        refused[0] += 1  # the workflow doesn't allow the step
    except Exception as problem:  # noqa: BLE001 - told in the end; a dead writer would hide it
        failures.append(repr(problem))
