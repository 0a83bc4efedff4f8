from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.domain.answers import answer_class, reply_leads_to
from geoapp.domain.complaint import OPEN, Status
from geoapp.domain.workflow import STEPS, Standing, Step, check, possible
from geoapp.domain.workflow_plan import plan
from geoapp.domain.workflow_terms import Around, Clock, StepRequest
from geoapp.errors import Forbidden, InvalidInput, StepRefused

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)

LETTERS = {
    "s": Status.SUBMITTED,
    "v": Status.VERIFIED,
    "a": Status.ASSIGNED,
    "p": Status.IN_PROGRESS,
    "r": Status.RESOLVED,
    "c": Status.CLOSED,
    "h": Status.ON_HOLD,
    "j": Status.REJECTED,
    "o": Status.OUT_OF_AUTHORITY,
    "d": Status.DUPLICATE,
    "n": Status.REOPENED,
}
ALL = "svaprchjodn"
STAFF = ("operator", "agency_admin", "field_officer")

# Who may take a step from which statuses, worked out by hand from the rules of the city:
# operators triage and stand in for agencies, agency admins handle and work, field officers
# work; heads, city admins and auditors look on.
BY_HAND = {
    "verify": {"operator": "sn"},
    "assign": {"operator": "svn"},
    "take": {"agency_admin": "an", "field_officer": "an"},
    "give": {"operator": "apn", "agency_admin": "apn"},
    "start": dict.fromkeys(STAFF, "an"),
    "finish": dict.fromkeys(STAFF, "ap"),
    "cannot_do": {"agency_admin": "ap", "field_officer": "ap"},
    "answer": dict.fromkeys(STAFF[:2], "svaprhon"),
    "note": dict.fromkeys(STAFF, ALL),
    "hold": {"operator": "svapn", "agency_admin": "vapn"},
    "resume": dict.fromkeys(STAFF[:2], "h"),
    "hand_over": {"operator": "svaphn", "agency_admin": "apn"},
    "reject": {"operator": "svn"},
    "out_of_authority": {"operator": "svaphn", "agency_admin": "vaphn"},
    "keep": {"operator": "svaphn"},  # of what is offered to another authority, as all here is
    "merge": {"operator": "svaphn"},
    "unmerge": {"operator": "d"},
    "split": {"operator": "svaphn"},
    "reopen": {"operator": "rcjo"},
    "close": {"operator": "r"},
    "confidential": {"operator": ALL},
    "public": {"operator": ""},  # it is public in this table; see below
}


def staff(role: str, **limits) -> Actor:
    agency = "dlh" if role in {"agency_admin", "agency_head", "field_officer"} else None
    grant = Grant(role=StaffRole(role), **({"agency_code": agency} | limits))
    return Actor(account_id=7, city_code="15.71", name="Budi", grants=(grant,))


def standing(status: Status = Status.SUBMITTED, **changes) -> Standing:
    values = {
        "id": 1,
        "ticket": "JBI-3333-3333",
        "status": status,
        "version": 1,
        "service_code": "waste_pile",
        "agency_code": "dlh",
        "kelurahan_code": "15.71.01.1001",
        "kecamatan_code": "15.71.01",
        "road_code": "n-045",
        "authority_offer": "open",
    }
    if status is Status.ON_HOLD:
        values |= {"held_status": Status.VERIFIED, "hold_since": NOW - timedelta(days=1)}
    return Standing(**(values | changes))


AROUND = Around(
    now=NOW,
    agencies=frozenset({"dlh", "dishub"}),
    templates={3: "Terima kasih."},
    officer=replace(staff("field_officer"), account_id=9),
    lead=standing(id=2, ticket="JBI-4444-4444"),
)
FULL = {
    "reason": "Karena",
    "text": "Sudah diangkut",
    "agency": "dishub",
    "officer": 9,
    "lead": "JBI-4444-4444",
    "service": "pothole",
    "authority": "BPJN Jambi",
}


def request(step: Step | str, **changes) -> StepRequest:
    return StepRequest(step=Step(step), version=1, **(FULL | changes))


def test_every_step_status_and_role_as_worked_out_by_hand():
    assert set(BY_HAND) == {step.value for step in Step}
    tried = 0
    for step, (letter, status), role in itertools.product(Step, LETTERS.items(), StaffRole):
        actor, stands = staff(role.value), standing(status)
        wanted = letter in BY_HAND[step.value].get(role.value, "")
        offered = step in {action.step for action in possible(actor, stands)}
        assert offered is wanted, (step, status, role)
        if wanted:
            plan(actor, stands, request(step), AROUND)
        else:
            takes_it = role.value in BY_HAND[step.value]
            refusal = StepRefused if takes_it else Forbidden
            with pytest.raises(refusal) as caught:
                plan(actor, stands, request(step), AROUND)
            assert caught.value.message, (step, status, role)
            assert caught.value.remedy, (step, status, role)
        tried += 1
    assert tried == 22 * 11 * 6


LEADS_TO = {
    "verify": "v", "assign": "a", "start": "p", "finish": "r", "cannot_do": "a", "hold": "h",
    "hand_over": "a", "reject": "j", "out_of_authority": "o", "merge": "d", "reopen": "n",
    "close": "c",
}  # fmt: skip


@pytest.mark.parametrize("step", Step)
def test_a_step_leads_where_it_should_and_says_so_in_the_history(step):
    actor = staff("agency_admin") if step in {Step.TAKE, Step.CANNOT_DO} else staff("operator")
    stands = standing(confidential=step is Step.PUBLIC)
    for status in STEPS[step].sources:
        before = replace(standing(status), confidential=stands.confidential)
        made = plan(actor, before, request(step), AROUND)
        if step is Step.RESUME:
            wanted = Status.VERIFIED  # held_status
        elif step is Step.UNMERGE:
            wanted = Status.SUBMITTED  # nothing tells what was before
        else:
            wanted = LETTERS[LEADS_TO[step.value]] if step.value in LEADS_TO else status
        assert made.after.status is wanted
        assert made.after.version == 2
        turns = [event.status for event in made.events if event.status]
        assert turns == ([wanted] if wanted is not status else [])
        if wanted is not status:
            assert wanted in STEPS[step].targets
        assert made.events or step is Step.SPLIT
        assert (made.after.hold_since is not None) is (wanted is Status.ON_HOLD)


def test_a_grant_elsewhere_carries_nothing():
    for role in ("agency_admin", "field_officer"):
        for limits in ({"agency_code": "dishub"}, {"kelurahan": frozenset({"15.71.01.1002"})}):
            actor = staff(role, **limits)
            assert possible(actor, standing(Status.ASSIGNED)) == ()
            with pytest.raises(Forbidden, match="outside the agency or the areas"):
                check(actor, standing(Status.ASSIGNED), Step.START)


def test_one_step_is_offered_before_all_others():
    for status in Status:
        for role in StaffRole:
            actions = possible(staff(role.value), standing(status))
            assert sum(action.primary for action in actions) <= 1
    first = {
        (role, status): next((a.step for a in actions if a.primary), None)
        for role in ("operator", "field_officer")
        for status in (Status.SUBMITTED, Status.ASSIGNED, Status.IN_PROGRESS, Status.CLOSED)
        for actions in [possible(staff(role), standing(status))]
    }
    assert first["operator", Status.SUBMITTED] is Step.ASSIGN
    assert first["field_officer", Status.ASSIGNED] is Step.START
    assert first["field_officer", Status.IN_PROGRESS] is Step.FINISH
    assert first["operator", Status.CLOSED] is None


@pytest.mark.parametrize("step", [step for step in Step if STEPS[step].needs])
def test_what_a_step_needs_is_named_when_it_is_missing(step):
    actor = staff("agency_admin" if step is Step.CANNOT_DO else "operator")
    status = next(status for status in Status if status in STEPS[step].sources)
    stands = standing(status, confidential=step is Step.PUBLIC)
    for name in STEPS[step].needs:
        empty = None if name == "officer" else ""
        with pytest.raises(InvalidInput) as refusal:
            plan(actor, stands, request(step, **{name: empty}), AROUND)
        assert [fault.field for fault in refusal.value.fields] == [name]


def test_only_pauses_and_reopenings_touch_the_deadlines():
    for step in Step:
        role = "agency_admin" if step in {Step.TAKE, Step.CANNOT_DO} else "operator"
        for status in STEPS[step].sources:
            stands = standing(status, confidential=step is Step.PUBLIC)
            clock = plan(staff(role), stands, request(step), AROUND).clock
            ends_pause = status is Status.ON_HOLD and step in {Step.RESUME, Step.HAND_OVER}
            wanted = Clock.RESUME if ends_pause else Clock.KEEP
            assert clock is (Clock.RESTART if step is Step.REOPEN else wanted), (step, status)


def test_whoever_starts_takes_it_only_if_they_work():
    assert (
        plan(
            staff("field_officer"), standing(Status.ASSIGNED), request("start"), AROUND
        ).after.officer_id
        == 7
    )
    assert (
        plan(
            staff("operator"), standing(Status.ASSIGNED), request("start"), AROUND
        ).after.officer_id
        is None
    )
    taken = standing(Status.ASSIGNED, officer_id=9)
    assert plan(staff("field_officer"), taken, request("start"), AROUND).after.officer_id == 9


@pytest.mark.parametrize("status", Status)
def test_only_what_is_open_or_resolved_leads(status):
    around = replace(AROUND, lead=standing(status, id=2, ticket="JBI-4444-4444"))
    if status in OPEN or status is Status.RESOLVED:
        assert plan(staff("operator"), standing(), request("merge"), around).after.duplicate_of == 2
    else:
        with pytest.raises(InvalidInput) as refusal:
            plan(staff("operator"), standing(), request("merge"), around)
        assert [fault.field for fault in refusal.value.fields] == ["lead"]
        assert refusal.value.remedy


def test_yours_already_and_public_already_are_refused():
    mine = standing(Status.ASSIGNED, officer_id=7)
    with pytest.raises(StepRefused, match="yours already"):
        check(staff("field_officer"), mine, Step.TAKE)
    with pytest.raises(StepRefused, match="public already"):
        check(staff("operator"), standing(), Step.PUBLIC)
    with pytest.raises(StepRefused, match="confidential already"):
        check(staff("operator"), standing(confidential=True), Step.CONFIDENTIAL)


@pytest.mark.parametrize("offer", [None, "declined", "confirmed"])
def test_only_what_is_offered_to_another_authority_can_be_kept(offer):
    stands = standing(authority_offer=offer)
    assert Step.KEEP not in {action.step for action in possible(staff("operator"), stands)}
    with pytest.raises(StepRefused, match="Nobody else is offered it"):
        plan(staff("operator"), stands, request("keep"), AROUND)


def test_an_offer_is_settled_by_either_answer_and_by_nothing_else():
    for step in Step:
        role = "agency_admin" if step in {Step.TAKE, Step.CANNOT_DO} else "operator"
        for status in STEPS[step].sources:
            stands = standing(status, confidential=step is Step.PUBLIC)
            after = plan(staff(role), stands, request(step), AROUND).after
            wanted = {Step.KEEP: "declined", Step.OUT_OF_AUTHORITY: "confirmed"}.get(step, "open")
            assert after.authority_offer == wanted, (step, status)


def test_the_history_says_which_road_and_what_became_of_it():
    keep = plan(staff("operator"), standing(), request("keep"), AROUND).events
    assert [(event.kind, event.status, dict(event.data)) for event in keep] == [
        ("authority", None, {"offer": "declined", "road": "n-045", "reason": "Karena"})
    ]
    passed = plan(staff("operator"), standing(), request("out_of_authority"), AROUND).events
    assert passed[0].data["offer"] == "confirmed"
    # of a complaint that lies at no such road nothing is said of one
    plain = standing(authority_offer=None, road_code=None)
    passed = plan(staff("operator"), plain, request("out_of_authority"), AROUND)
    assert dict(passed.events[0].data) == {"reason": "Karena", "authority": "BPJN Jambi"}
    assert passed.after.authority_offer is None


@pytest.mark.parametrize(
    ("text", "klass"),
    [
        ("Terima kasih.", "normative"),
        ("  TERIMA\n\tkasih. ", "normative"),
        ("Terimakasih.", "normative"),
        ("Terima kasih. Tim datang besok.", "substantive"),
        ("Terima kasih", "substantive"),
    ],
)
def test_a_template_alone_is_normative(text, klass):
    assert answer_class(text, {1: "Halo", 2: "Terima kasih."}) == klass


def test_an_answer_may_be_called_less_than_it_is_never_more():
    admin = staff("agency_admin")
    modest = plan(admin, standing(), request("answer", klass="normative"), AROUND)
    assert (modest.after.first_response_at, modest.after.handled_at) == (NOW, None)
    with pytest.raises(InvalidInput, match="template alone"):
        plan(
            admin, standing(), request("answer", text="terima kasih.", klass="substantive"), AROUND
        )
    with pytest.raises(InvalidInput):
        plan(admin, standing(), request("answer", klass="junk"), AROUND)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("solved", [True, False])
def test_what_a_reply_makes_of_a_complaint(status, solved):
    def after(late):
        return reply_leads_to(
            status, solved=solved, now=NOW, disputed_until=NOW - timedelta(seconds=late)
        )

    if status in OPEN:
        assert after(late=0) is after(late=1) is None
    elif status is Status.RESOLVED:
        assert after(late=0) is (Status.CLOSED if solved else Status.REOPENED)
        with pytest.raises(StepRefused, match="10 working days"):
            after(late=1)
    else:
        with pytest.raises(StepRefused) as refusal:
            after(late=0)
        assert refusal.value.remedy
