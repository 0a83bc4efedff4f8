"""Anybody does anything in any order, for real: no path breaks what must always hold."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.domain.place import LonLat
from geoapp.domain.workflow import Step, possible
from geoapp.domain.workflow_terms import StepRequest
from geoapp.errors import ChangedMeanwhile, GeoappError, NotFound
from geoapp.store import casework as stored
from geoapp.store.database import Database
from geoapp.usecases import casework, closing, replies
from tests.casework import JELUTUNG_CODE
from tests.databases import clone, drop
from tests.people import hire
from tests.roads import jelutung_on_a_national_road
from tests.support import JELUTUNG, default_city, send

TELANAIPURA = LonLat(103.5816, -1.6067)
SECRET = "of this test"

# Which statuses may follow which, whoever acts: by hand from the rules of the city.
FOLLOWS = {
    "submitted": "verified assigned on_hold rejected out_of_authority duplicate",
    "verified": "assigned on_hold rejected out_of_authority duplicate",
    "assigned": "in_progress resolved on_hold out_of_authority duplicate",
    "in_progress": "assigned resolved on_hold out_of_authority duplicate",
    "reopened": "verified assigned in_progress on_hold rejected out_of_authority duplicate",
    "on_hold": "submitted verified assigned in_progress reopened out_of_authority duplicate",
    "resolved": "closed reopened",
    "closed": "reopened",
    "rejected": "reopened",
    "out_of_authority": "reopened",
    "duplicate": "submitted verified assigned in_progress reopened on_hold",
}

# Who they are: role, agency (None: all), where (None: everywhere). Written apart from the
# code that compares grants.
PEOPLE = {
    "operator": ("operator", None, None),
    "roads": ("agency_admin", "pupr_bina_marga", None),
    "waste": ("agency_admin", "dlh", None),
    "roads in Jelutung": ("field_officer", "pupr_bina_marga", JELUTUNG_CODE),
    "anything in Telanaipura": ("field_officer", None, "15.71.01.1004"),
    "head": ("agency_head", "pupr_bina_marga", None),
    "city admin": ("city_admin", None, None),
    "auditor": ("auditor", None, None),
}
ACTS = {"operator", "agency_admin", "field_officer"}

ROWS = text("SELECT * FROM geoapp.complaint WHERE ticket = ANY (:tickets) ORDER BY id")
EVENTS = text("""
    SELECT ticket, kind, status, actor, data FROM geoapp.complaint_event
    WHERE ticket = ANY (:tickets) ORDER BY id
""")
# What was split came at one moment, and stays so: its parts are known by it.
AGE = text("""
    UPDATE geoapp.complaint AS part SET submitted_at = part.submitted_at - interval '60 days',
           resolved_at = part.resolved_at - interval '40 days' * (part.id = aged.id)::integer,
           hold_since = part.hold_since - interval '2 days' * (part.id = aged.id)::integer,
           due_at = part.due_at - interval '40 days' * (part.id = aged.id)::integer
    FROM geoapp.complaint AS aged
    WHERE aged.ticket = :ticket AND part.submitted_at = aged.submitted_at
""")

LEADS = {
    "submitted", "verified", "assigned", "in_progress", "reopened", "on_hold", "resolved",
}  # fmt: skip
STAYS = {Step.NOTE, Step.ANSWER, Step.CONFIDENTIAL, Step.PUBLIC, Step.SPLIT}
WORDS = st.sampled_from(["", "Karena hujan", "Terima kasih.", "Sudah ditambal"])
GOOD_WORDS = st.sampled_from(["Sudah ditambal", "Karena hujan", "Terima kasih."])


class Machine(RuleBasedStateMachine):
    """Three complaints, everybody who may or may not act, and the database."""

    database: Database
    actors: dict[str, Any]
    owner: Any
    done: Counter[str]

    @initialize()
    def complaints(self) -> None:
        self.city = default_city(self.database)
        self.tickets = [
            send(self.database)["ticket"],
            send(self.database, service="waste_pile", position=JELUTUNG)["ticket"],
            send(self.database, service="noise", position=TELANAIPURA)["ticket"],
        ]
        self.steps = dict.fromkeys(self.tickets, 0)
        self.rows = self.look()

    def look(self) -> dict[str, Any]:
        found = self.owner.execute(ROWS, {"tickets": self.tickets})
        return {row.ticket: row for row in found}

    def history(self) -> dict[str, list[Any]]:
        told: dict[str, list[Any]] = {ticket: [] for ticket in self.tickets}
        for event in self.owner.execute(EVENTS, {"tickets": self.tickets}):
            told[event.ticket].append(event)
        return told

    # One rule for all: of several, each example would be given only some.
    @rule(number=st.integers(0, 9), die=st.integers(0, 9), data=st.data())
    def something_happens(self, number: int, die: int, data: st.DataObject) -> None:
        ticket = self.tickets[number % len(self.tickets)]
        if die == 0:
            self.replies(ticket, data)
        elif die == 1:
            self.tries(ticket, data)
        elif die == 2 and self.rows[ticket].status in {"resolved", "on_hold"}:
            self.time_passes(ticket)
        else:
            self.goes_on(ticket, data)

    def goes_on(self, ticket: str, data: st.DataObject) -> None:
        """Somebody takes a step that they are offered: more often one that leads somewhere."""
        row = self.rows[ticket]
        offered: dict[Step, list[str]] = {}
        for who, actor in self.actors.items():
            for action in possible(actor, stored.standing_of(row)):
                offered.setdefault(action.step, []).append(who)
        weighted = [step for step in offered for _ in range(1 if step in STAYS else 4)]
        step = data.draw(st.sampled_from(weighted))
        self.attempt(data.draw(st.sampled_from(offered[step])), ticket, step, data, wild=False)

    def tries(self, ticket: str, data: st.DataObject) -> None:
        """Somebody tries something, sensible or not."""
        who = data.draw(st.sampled_from(sorted(PEOPLE)))
        self.attempt(who, ticket, data.draw(st.sampled_from(Step)), data, wild=True)

    def attempt(
        self, who: str, ticket: str, step: Step, data: st.DataObject, *, wild: bool
    ) -> None:
        before = self.rows[ticket]
        words = WORDS if wild else GOOD_WORDS
        version = before.version - data.draw(st.sampled_from([0, 0, 0, 1])) * wild
        request = StepRequest(
            step=step,
            version=version,
            reason=data.draw(words),
            text=data.draw(words),
            agency=data.draw(st.sampled_from(self.agencies(before, wild=wild))),
            officer=data.draw(st.sampled_from(self.officers(before, wild=wild))),
            lead=data.draw(st.sampled_from(self.leads(before, wild=wild))),
            service=data.draw(
                st.sampled_from(["pothole", "noise", "fire_risk", *(["nothing"] if wild else [])])
            ),
            authority=data.draw(words),
            klass=""
            if step not in {Step.ANSWER, Step.REJECT}
            else data.draw(
                st.sampled_from(["", "junk"] if step is Step.REJECT else ["", "normative"])
            ),
        )
        standing = stored.standing_of(before)
        actor = self.actors[who]
        offered = {action.step for action in possible(actor, standing)}
        role, agency, where = PEOPLE[who]
        covered = agency in {None, before.agency_code} and where in {None, before.kelurahan_code}
        told_before = self.history()
        try:
            result = casework.act(self.database, self.city, actor, ticket, request)
        except GeoappError as refusal:
            self.refused(refusal, told_before)
            wanted: type[GeoappError] = GeoappError
            if not covered:
                wanted = NotFound
            elif version != before.version and role in ACTS:
                wanted = ChangedMeanwhile
            assert isinstance(refusal, wanted)  # noqa: PT017 - which one depends
            return
        assert covered, "acted outside the grant"
        assert role in ACTS, "somebody moved what they may only read"
        assert version == before.version, "acted on what they hadn't seen"
        assert step in offered, "took a step that wasn't offered"
        self.done[step.value] += 1
        if result.other is not None:
            self.tickets.append(result.other)
            self.steps[result.other] = 0
        self.moved(ticket, told_before, actor.label)

    def agencies(self, row: Any, *, wild: bool) -> list[str]:
        known = ["dlh", "pupr_bina_marga"]
        return ["", "nobody", *known] if wild else [one for one in known if one != row.agency_code]

    def officers(self, row: Any, *, wild: bool) -> list[int | None]:
        if wild:
            return [None, 10**9, *(actor.account_id for actor in self.actors.values())]
        return [
            self.actors[who].account_id
            for who, (role, agency, where) in PEOPLE.items()
            if role in {"agency_admin", "field_officer"}
            and agency in {None, row.agency_code}
            and where in {None, row.kelurahan_code}
        ] or [None]

    def leads(self, row: Any, *, wild: bool) -> list[str]:
        if wild:
            return [*self.tickets, "JBI-0"]
        good = [t for t, one in self.rows.items() if one.status in LEADS and one != row]
        return good or [row.ticket]

    def replies(self, ticket: str, data: st.DataObject) -> None:
        """The reporter says something, or somebody who isn't."""
        solved, words = data.draw(st.booleans()), data.draw(WORDS)
        forged = data.draw(st.integers(0, 4)) == 0
        told_before = self.history()
        key = "A" * 16 if forged else replies.follow_key(SECRET, "15.71", ticket)
        try:
            replies.reply(
                self.database, self.city, ticket, secret=SECRET, key=key, text=words, solved=solved
            )
        except GeoappError as refusal:
            self.refused(refusal, told_before)
            return
        assert not forged
        self.done["reply"] += 1
        self.moved(ticket, told_before, "citizen", only_adds=self.rows[ticket].status != "resolved")

    def time_passes(self, ticket: str) -> None:
        """Weeks go by for a complaint that is resolved or waits; then the worker comes."""
        self.owner.execute(AGE, {"ticket": ticket})
        self.rows = self.look()
        told_before = self.history()
        old = {
            ticket
            for ticket, row in self.rows.items()
            if row.status == "resolved" and (row.updated_at - row.resolved_at).days >= 30
        }
        closing.close_undisputed(self.database, self.city)
        now = self.look()
        assert {t for t, row in now.items() if row.version != self.rows[t].version} == old
        for one in old:
            self.done["worker"] += 1
            self.moved(one, told_before, "system", others=old)

    def refused(self, refusal: GeoappError, told_before: dict[str, list[Any]]) -> None:
        assert refusal.message
        assert refusal.remedy
        assert self.look() == self.rows, "a refusal changed something"
        assert self.history() == told_before

    def moved(
        self,
        ticket: str,
        told_before: dict[str, list[Any]],
        label: str,
        others: set[str] = frozenset(),  # type: ignore[assignment]
        *,
        only_adds: bool = False,
    ) -> None:
        """One complaint took one step: what must have changed, and what mustn't."""
        now, told = self.look(), self.history()
        before, after = self.rows[ticket], now[ticket]
        if after.duplicate_of is not None and before.duplicate_of is None:
            lead = next(row for row in now.values() if row.id == after.duplicate_of)
            assert lead.status in LEADS, "merged into what nobody works on"
        if after.status != before.status:
            assert after.status in FOLLOWS[before.status].split(), (before.status, after.status)
        for other, row in now.items():
            was = self.rows.get(other)
            new = told[other][len(told_before.get(other, [])) :]
            if was is None:  # split off
                assert (row.version, row.status, new[0].kind) == (1, "submitted", "submitted")
                continue
            if other in others and other != ticket:
                continue
            if other == ticket or row.duplicate_of != was.duplicate_of:
                self.steps[other] += not only_adds
                assert new, "a change without an event"
                assert {event.actor for event in new} == {label}
            else:
                assert row == was, "a step changed another complaint"
            assert row.version == 1 + self.steps[other]
        if others:  # their turns come one by one
            self.rows[ticket] = after
        else:
            self.rows = now
        self.always(now, told)

    def whole(self, row: Any, by_id: dict[int, Any]) -> int:
        """The id of the complaint that *row* is a part of, or a part's part."""
        while row.split_from is not None:
            row = by_id[row.split_from]
        return int(row.id)

    def always(self, rows: dict[str, Any], told: dict[str, list[Any]]) -> None:
        by_id = {row.id: row for row in rows.values()}
        shown: dict[int, set[Any]] = {}
        for row in rows.values():
            if row.shown_within_m > 0:
                shown.setdefault(self.whole(row, by_id), set()).add(row.public_geom)
        assert all(len(points) == 1 for points in shown.values()), "a blurred place narrowed down"
        for ticket, row in rows.items():
            assert [event.status for event in told[ticket] if event.status][-1] == row.status
            assert (row.hold_since is not None) is (row.status == "on_hold")
            assert (row.held_status is not None) is (row.status == "on_hold")
            assert (row.duplicate_of is not None) is (row.status == "duplicate")
            if row.duplicate_of is not None:
                assert by_id[row.duplicate_of].status != "duplicate", "a chain of duplicates"
            assert row.due_at >= row.submitted_at
            assert row.handled_at is None or row.first_response_at is not None
            assert row.resolved_at is None or row.handled_at is not None
            assert row.reopenings == sum(
                event.status == "reopened"
                and event.kind == "status"
                and "due_at_after" in event.data
                for event in told[ticket]
            )
            if row.officer_id is not None:
                assert row.officer_id in {actor.account_id for actor in self.actors.values()}
            assert row.closed_at is None or row.status == "closed"


@pytest.mark.long
def test_no_path_breaks_what_must_always_hold(cluster, jambi_template):
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    engine = create_engine(
        cluster.url("geoapp_owner", name), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as owner:
        Machine.database, Machine.owner, Machine.done = database, owner, Counter()
        Machine.actors = {
            name: hire(database, role, agency=agency, kelurahan=[where] if where else [])
            for name, (role, agency, where) in PEOPLE.items()
        }
        owner.execute(
            text(
                "INSERT INTO geoapp.answer_template (city_code, name, body)"
                " VALUES ('15.71', 'Terima kasih', 'Terima kasih.')"
            )
        )
        jelutung_on_a_national_road(database)  # the first complaint is offered to its keeper
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=60,
                stateful_step_count=40,
                deadline=None,
                print_blob=True,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            ),
        )
    engine.dispose()
    database.dispose()
    drop(cluster, name)
    # Random, but so many steps that hardly a kind is missing.
    assert set(Machine.done) <= {step.value for step in Step} | {"reply", "worker"}
    assert len(Machine.done) >= len(Step) - 1, Machine.done
