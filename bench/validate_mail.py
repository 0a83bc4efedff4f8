"""Does every notice arrive, whatever is killed when? `make validate-mail`.

2,000 mails through a real SMTP server on the loopback. The sender is killed (SIGKILL) 30 times
in the middle of its work; meanwhile the server is stopped, hangs, ends the connection after it
has taken a mail without saying so, puts mails off, and refuses some for good. Then the outbox
is held against what the server took, by Message-ID. Ends with 1 if anything is lost, stuck,
doubled without being counted, or there are not exactly as many rows as events and people.

At the end the same with a sender that is wrong on purpose: it writes a mail down as sent before
it leaves. Its losses must be found.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, text

from geoapp.channels import mail
from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import cities
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.mail_sender import sender, settings_of
from tests.mail_server import DROP, HANG, TAKE, Box, mail_server
from tests.servers import free_port
from tests.support import send

FOLLOWERS = 40
STALE_S = 2.0
"""Shorter than what is shipped (`Pace.stale_s`), so that thirty kills don't take an hour;
``--stale 120`` asks with the shipped one."""
DRAIN_S = 300.0
"""After so long nothing may be stuck."""

_CONTACT = text("""
    INSERT INTO geoapp.contact (city_code, complaint_id, role, email_sealed, email_digest)
    SELECT city_code, id, 'follower', :sealed, :digest
    FROM geoapp.complaint WHERE ticket = :ticket
""")
_EVENT = text("""
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, actor, data)
    SELECT city_code, id, ticket, 'status', 'in_progress', 'system', '{}'
    FROM geoapp.complaint WHERE ticket = :ticket
""")
_SOON = text("UPDATE geoapp.delivery SET due_at = now() WHERE state = 'waiting'")
_ROWS = text("SELECT city_code, id, state, uncertain, attempts FROM geoapp.delivery")
_OPEN = text("SELECT count(*) FROM geoapp.delivery WHERE state IN ('waiting', 'sending')")
_IN_HAND = text("SELECT id, claimed_at FROM geoapp.delivery WHERE state = 'sending'")
_TWICE = text("""
    SELECT count(*) FROM (SELECT 1 FROM geoapp.delivery
                          GROUP BY event_id, contact_id HAVING count(*) > 1) AS twice
""")


WHIMS = {
    "mail": [(0.002, "took nothing", "421 4.3.2 closing")],
    "rcpt": [
        (0.002, "hung at the address", HANG),
        (0.008, "put off at the address", "450 4.2.1 busy"),
    ],
    "text": [
        (0.01, "taken, then dropped without an answer", DROP),
        (0.002, "hung at the text", HANG),
        (0.018, "put off at the text", "451 4.7.1 greylisted"),
    ],
}
"""How often the server does what else than take a mail, by stage."""


@dataclass
class Whims:
    """What the server does with each mail: mostly takes it, by chance something else."""

    chance: random.Random
    on: bool = True
    done: dict[str, int] = field(default_factory=dict)

    def plan(self, stage: str, recipient: str) -> str:
        """An answer for `tests.mail_server`."""
        if stage == "rcpt" and recipient.startswith("unknown"):
            return self._noted("refused for good", "550 5.1.1 no such user")
        drawn = self.chance.random() if self.on else 1.0
        for share, name, answer in WHIMS[stage]:
            if drawn < share:
                return self._noted(name, answer)
            drawn -= share
        return TAKE

    def _noted(self, name: str, answer: str) -> str:
        self.done[name] = self.done.get(name, 0) + 1
        return answer


@dataclass
class Result:
    """What is left when all is over."""

    rows: int = 0
    twice: int = 0
    sent: int = 0
    failed: int = 0
    stuck: int = 0
    lost: int = 0
    extra: int = 0
    unexplained: int = 0
    strangers: int = 0
    uncertain: int = 0
    kills: int = 0
    in_hand: int = 0
    drained_s: float | None = None


def main() -> None:
    """Print what became of 2,000 mails; end with 1 when one is missing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mails", type=int, default=2000)
    options.add_argument("--kills", type=int, default=30)
    options.add_argument("--seed", type=int, default=20261122)
    options.add_argument("--stale", type=float, default=STALE_S, help="seconds, see STALE_S")
    chosen = options.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        quiet = Cluster.prepare(
            Path(folder) / "cluster", progress=lambda _: None, settings={"fsync": "off"}
        )
        with quiet as cluster:
            begun = time.monotonic()
            whims = Whims(random.Random(chosen.seed))
            result = run(cluster, "right", chosen.mails, chosen.kills, whims, stale_s=chosen.stale)
            _print(result, whims, chosen.mails, time.monotonic() - begun)
            again = Whims(random.Random(chosen.seed))
            blind = run(cluster, "wrong", 400, 5, again, stale_s=STALE_S, wrong=True)
        quiet.destroy()
    print(
        f"\nA sender that is wrong on purpose (written down as sent before it leaves),"
        f" {blind.kills} kills: {blind.lost} lost of {blind.rows}."
    )
    good = (
        result.rows == chosen.mails
        and result.sent + result.failed == chosen.mails
        and result.failed == whims.done.get("refused for good", 0)
        and not (result.twice or result.stuck or result.lost or result.strangers)
        and result.unexplained == 0
        and result.kills >= chosen.kills
        and blind.lost > 0
    )
    print("All as it must be." if good else "NOT as it must be.")
    sys.exit(0 if good else 1)


def run(
    cluster: Cluster,
    name: str,
    mails: int,
    kills: int,
    whims: Whims,
    *,
    stale_s: float,
    wrong: bool = False,
) -> Result:
    """Send *mails* mails with *kills* kills; what the outbox says against what the server has."""
    cluster.create_database(name)
    migrate.upgrade(cluster.url("geoapp_owner", name))
    database = Database(cluster.url("geoapp_app", name), pool_size=3)
    cities.load_default(database)
    box = Box(port=free_port(), plan=whims.plan)
    tickets = populate(database, box.port, mails, unknown=not wrong)
    result = Result()
    try:
        torment(database, box, tickets, kills, whims, result, stale_s=stale_s, wrong=wrong)
        _settle(database, box, result)
    finally:
        database.dispose()
    return result


def populate(database: Database, port: int, mails: int, *, unknown: bool) -> list[str]:
    """Complaints with `FOLLOWERS` followers each; *unknown*: one in fifty isn't there."""
    settings = settings_of(port)
    vault, tickets = Vault(settings), []
    for nth in range(mails // FOLLOWERS):
        ticket = str(send(database)["ticket"])
        tickets.append(ticket)
        addresses = [
            f"{'unknown' if unknown and (nth * FOLLOWERS + m) % 50 == 7 else 'warga'}"
            f"-{nth}-{m}@contoh.example"
            for m in range(FOLLOWERS)
        ]
        with as_owner(database) as connection:
            connection.execute(
                _CONTACT,
                [
                    {
                        "ticket": ticket,
                        "sealed": vault.seal("15.71", address),
                        "digest": vault.digest("15.71", address),
                    }
                    for address in addresses
                ],
            )
    return tickets


def torment(
    database: Database,
    box: Box,
    tickets: list[str],
    kills: int,
    whims: Whims,
    result: Result,
    *,
    stale_s: float,
    wrong: bool,
) -> None:
    """Let things happen, and kill the sender; each time a part of the mails has left."""
    chance = whims.chance
    waiting, held = list(tickets), set[Row[Any]]()
    share = -(-len(tickets) // kills)
    for nth in range(kills):
        with ExitStack() as stack:
            # Now and then nobody is there when the sender comes, and comes back while it works.
            absent = whims.on and nth % 10 == 5
            if not absent:
                stack.enter_context(mail_server(box))
            with as_owner(database) as owner:
                for ticket in waiting[:share]:
                    owner.execute(_EVENT, {"ticket": ticket})
                owner.execute(_SOON)
            waiting = waiting[share:]
            before = len(box.received)
            with sender(database.url, box.port, stale_s=stale_s, wrong=wrong):
                if absent:
                    time.sleep(0.7)
                    stack.enter_context(mail_server(box))
                wanted = before + chance.randint(1, max(2, share * FOLLOWERS - 10))
                end = time.monotonic() + 4
                while len(box.received) < wanted and time.monotonic() < end:
                    time.sleep(chance.uniform(0.0005, 0.01))
            result.kills += 1
            with as_owner(database) as owner:
                held |= set(owner.execute(_IN_HAND))
    result.in_hand = len(held)
    begun = time.monotonic()
    # What nobody kills any more: all that is due leaves. Pauses are shortened, as if they had
    # been waited for.
    whims.on = False
    with mail_server(box), sender(database.url, box.port, stale_s=stale_s, wrong=wrong):
        end = time.monotonic() + DRAIN_S
        while time.monotonic() < end:
            with as_owner(database) as owner:
                if owner.execute(_OPEN).scalar_one() == 0 and _all_looked(owner, tickets):
                    result.drained_s = time.monotonic() - begun
                    return
                owner.execute(_SOON)
            time.sleep(0.3)


def _all_looked(owner: Connection, tickets: list[str]) -> bool:
    seen = text("SELECT count(DISTINCT complaint_id) FROM geoapp.delivery")
    return bool(owner.execute(seen).scalar_one() == len(tickets))


def _settle(database: Database, box: Box, result: Result) -> None:
    """Hold the outbox against what the server took."""
    settings = settings_of(box.port)
    domain = mail.sender(settings.mail_from).domain
    copies = box.copies()
    with as_owner(database) as owner:
        rows = list(owner.execute(_ROWS))
        result.twice = owner.execute(_TWICE).scalar_one()
    known = set()
    for row in rows:
        identity = mail.identity(settings.secret(), domain, row.city_code, "delivery", row.id)
        known.add(f"<{identity}>")
        taken = copies[f"<{identity}>"]
        result.uncertain += row.uncertain
        result.sent += row.state == "sent"
        result.failed += row.state == "failed"
        result.stuck += row.state in {"waiting", "sending"}
        result.lost += row.state == "sent" and taken == 0
        result.extra += max(0, taken - 1)
        # a copy more than one is explained by a time when nobody could say
        result.unexplained += taken - (row.state == "sent") > row.uncertain
    result.rows = len(rows)
    result.strangers = len(set(copies) - known)


def _print(result: Result, whims: Whims, mails: int, seconds: float) -> None:
    print(f"\n**{mails:,} mails, {result.kills} kills of the sender**, {seconds:.0f} s\n")
    print("| what | number |\n| --- | ---: |")
    lines = {
        "rows in the outbox (one for each event and person)": result.rows,
        "rows beyond one for an event and person": result.twice,
        "sent": result.sent,
        "given up, refused for good by the server": result.failed,
        "**lost** (sent by the outbox, never taken by the server)": result.lost,
        "**stuck** (neither sent nor given up at the end)": result.stuck,
        "mails in a sender's hand when it was killed": result.in_hand,
        "seconds after the last kill until all had left": (
            "never" if result.drained_s is None else f"{result.drained_s:.0f}"
        ),
        "times counted as uncertain": result.uncertain,
        "second copies that the server took (same Message-ID)": result.extra,
        "**second copies that nobody counted**": result.unexplained,
        "mails at the server that aren't in the outbox": result.strangers,
    }
    for name, number in lines.items():
        print(f"| {name} | {number if isinstance(number, str) else format(number, ',')} |")
    print("\n| what the server did | times |\n| --- | ---: |")
    for name, times in sorted(whims.done.items()):
        print(f"| {name} | {times:,} |")


if __name__ == "__main__":
    main()
