"""A case as its page tells it: what the API answers, with a heading for everything that happened."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _lazy

from geoapp.domain.casework import SPLIT_REASON, Person
from geoapp.domain.catalogue import Catalogue
from geoapp.domain.complaint import OPEN, Status
from geoapp.usecases import explanation
from geoapp.usecases.explanation import ExplainedCase
from geoapp.usecases.work import OpenedCase
from geoapp.web.moments import moment
from geoapp.web.strings import js_strings
from geoapp.web.work import explain, told

KIND_ICONS = {
    "answer": "share",
    "note": "edit",
    "reply": "people",
    "officer": "person",
    "deadline": "clock",
    "assignment": "right",
    "flag": "lock",
    "retraction": "lock",
    "split": "split",
    "authority": "home",
    "photo": "camera",
    "contact": "person",
    "rating": "star",
    "escalated": "external",
    "erased": "lock",
}
"""Icons of what happens without a new status."""

MANUAL = "manual"
"""The method of a decision in which a person chose the agency."""

_SPLIT = (SPLIT_REASON, "split from ")  # the second was stored before the first was a code

RESUMED_TO = frozenset({"submitted", "verified", "assigned", "in_progress", "reopened"})
"""What a complaint on hold goes back to."""

COUNTED_KINDS = frozenset({"support"})
"""What happens often and says nothing by itself: the number beside the facts does."""

PUBLIC_KINDS = frozenset({"answer", "submitted"})
PUBLIC_REASONS = frozenset({"rejected", "out_of_authority", "on_hold", "resolved"})
"""Statuses whose reason the reporter reads; every other reason stays inside."""


def case(opened: OpenedCase, catalogue: Catalogue, locale: str) -> dict[str, Any]:
    """What the API answers, its history newest first and worded."""
    answer = told.case(opened.case, opened.actions, catalogue, locale)
    officer = opened.case.complaint.officer
    held, resumed = False, set()
    for event in answer["timeline"]:
        if held and event["kind"] == "status" and event["status"] in RESUMED_TO:
            resumed.add(event["id"])
        held = event["status"] == "on_hold" if event["status"] else held
    timeline = [
        event
        | {
            "heading": _resumed(event)
            if event["id"] in resumed
            else _heading(event, catalogue, officer, answer["split_from"]),
            "public": event["kind"] in PUBLIC_KINDS
            or (event["kind"] == "status" and event["status"] in PUBLIC_REASONS),
        }
        for event in reversed(answer["timeline"])
        if event["kind"] not in COUNTED_KINDS
        and not (event["kind"] == "contact" and event["data"].get("role") == "follower")
    ]
    return answer | {"timeline": timeline, "offer": offer(answer, locale)} | _decided(answer)


def offer(answer: dict[str, Any], locale: str) -> dict[str, Any] | None:
    """The offer to another road authority as the page words it; None where none was made.

    ``preset`` fills the form of the step that takes it up: its reason is public, so it is
    in the city's language *locale* whoever looks.
    """
    road = answer["road"]
    if road is None:
        return None
    stands = road["offer"] if Status(answer["status"]) in OPEN or road["offer"] != "open" else ""
    name = f"{road['name']} ({road['ref']})" if road["ref"] else road["name"]
    agency = road["agency"]["name"] if road["agency"] else None
    with force_locale(locale):
        keeper = agency or str(_AUTHORITIES[road["authority"]])
        reason = str(_REASONS[road["authority"]]) % {"road": road["name"], "keeper": keeper}
    return {
        "open": stands == "open",
        "title": str(_OFFERS[stands]),
        "road": name,
        "kind": str(_KINDS[road["authority"]]),
        "agency": agency,
        "distance_m": road["distance_m"],
        "steps": {action["step"] for action in answer["actions"]} & {"out_of_authority", "keep"},
        "preset": {"authority": keeper, "reason": reason},
    }


_OFFERS = {
    "open": _lazy("Perhaps not the city's authority"),
    "declined": _lazy("Kept with the city"),
    "confirmed": _lazy("Passed to the road's authority"),
    "": _lazy("Beside another authority's road"),
}
_KINDS = {
    "city": _lazy("city road"),
    "province": _lazy("provincial road"),
    "nation": _lazy("national road"),
}
_AUTHORITIES = {
    "city": _lazy("the city"),
    "province": _lazy("the province"),
    "nation": _lazy("the national government"),
}
_REASONS = {
    "city": _lazy("%(road)s is a city road; %(keeper)s is in charge of it."),
    "province": _lazy("%(road)s is a provincial road; %(keeper)s is in charge of it."),
    "nation": _lazy("%(road)s is a national road; %(keeper)s is in charge of it."),
}


def _decided(answer: dict[str, Any]) -> dict[str, Any]:
    """The decisions of a case, newest first, each with how its place was found.

    A person who chooses another agency says nothing about the place: what was found of it
    before stands. ``split_from`` takes the place of a part's reason, which is a code.
    """
    decisions = [one for one in (answer["decision"], *answer["decisions"]) if one is not None]
    method: str | None = None
    worded = []
    for one in reversed(decisions):
        if one["method"] != MANUAL:
            method = one["method"]
        split = one["reason"] in {f"{begin}{answer['split_from']}" for begin in _SPLIT}
        worded.append(
            one
            | {"place_method": method or one["method"]}
            | ({"reason": None, "split_from": answer["split_from"]} if split else {})
        )
    worded.reverse()
    return {"decision": worded[0] if worded else None, "decisions": worded[1:]}


def why(found: ExplainedCase, catalogue: Catalogue) -> dict[str, Any]:
    """Why the case is where it is, as its page lays it out.

    ``reasons`` in their order; of those, ``neighbours`` carry the agency that one click
    re-routes to, each agency once; ``by_rule`` are agencies that a rule speaks for.
    """
    if found.explanation is None:
        return {"reasons": [], "neighbours": [], "by_rule": []}
    reasons = explanation.reasons(found.explanation, catalogue)
    others = {one.agency_code: explain.elsewhere(one, catalogue) for one in found.elsewhere}
    by_rule = [one for one in others.values() if one["kelurahan"] is None]
    return {
        "reasons": reasons,
        "neighbours": [
            {
                "sentence": reason.sentence,
                "reroute": others.pop(reason.agency_code or "", None),
            }
            for reason in reasons
            if reason.kind == "neighbour"
        ],
        "by_rule": by_rule,
    }


def facts(case: dict[str, Any]) -> dict[str, Any]:
    """What the page's script needs of `case`."""
    lon, lat = (case["geometry"] or {"coordinates": (None, None)})["coordinates"]
    decision = case["decision"]
    return {name: case[name] for name in ("ticket", "version", "status", "service", "group")} | {
        "agency": case["agency"]["name"],
        "agency_code": case["agency"]["code"],
        "lon": lon,
        "lat": lat,
        "accuracy_m": case["accuracy_m"],
        "decision": decision["decided_at"] if decision else None,
        "actions": case["actions"],
    }


def _resumed(event: dict[str, Any]) -> str:
    return str(_("Resumed: %(status)s", status=js_strings()[f"status_{event['status']}"]))


def _moved(event: dict[str, Any]) -> str | None:
    """From when to when a deadline was moved; None for any other event."""
    data = event["data"]
    if event["kind"] != "deadline" or not data.get("due_at_after"):
        return None
    after = moment(data["due_at_after"])
    before = moment(data["due_at_before"]) if data.get("due_at_before") else after
    if before == after:
        return str(_("Deadline moved to %(moment)s", moment=after))
    return str(_("Deadline moved from %(before)s to %(after)s", before=before, after=after))


def _family(event: dict[str, Any], origin: str | None) -> str | None:
    """Which way a merge or split went, seen from this case; None for any other event."""
    kind, data = event["kind"], event["data"]
    if kind == "merged" and data.get("lead"):
        return str(_("Merged into %(ticket)s", ticket=data["lead"]))
    if kind == "merged" and data.get("other"):
        return str(_("Takes in %(ticket)s", ticket=data["other"]))
    if kind == "split" and data.get("other") and data["other"] == origin:
        return str(_("Part of %(ticket)s", ticket=origin))
    if kind == "split" and data.get("other"):
        return str(_("Split off: %(ticket)s", ticket=data["other"]))
    return None


def _of_citizen(event: dict[str, Any]) -> str | None:
    """What was done with a citizen's photo, or what they think; None for any other event."""
    kind, data = event["kind"], event["data"]
    if kind == "photo":
        if "hidden" not in data:  # its words were erased
            return str(_("What the public sees of a photo was changed"))
        if data["hidden"]:
            return str(_("Photo hidden from the public"))
        return str(_("Photo shown again"))
    if kind == "rating" and data.get("stars"):
        return str(_("Rated %(n)s of 5", n=data["stars"]))
    return None


def _heading(
    event: dict[str, Any], catalogue: Catalogue, officer: Person | None, origin: str | None
) -> str:
    """What happened, in a few words; of a new status the status' own word."""
    kind, data = event["kind"], event["data"]
    if kind == "assignment" and data.get("agency_to"):
        agency = catalogue.agencies.get(data["agency_to"])
        name = agency.display if agency else data["agency_to"]
        return str(_("Assigned to %(agency)s", agency=name))
    if kind == "officer" and "officer" in data:
        if data["officer"] is None:
            return str(_("Given back: nobody has it"))
        if officer is not None and data["officer"] == officer.id:
            return str(_("Officer: %(name)s", name=officer.name))
    if told := _moved(event) or _family(event, origin) or _of_citizen(event):
        return told
    words = {
        "submitted": _("Received"),
        "assignment": _("Assigned"),
        "answer": _("Answer to the reporter"),
        "note": _("Internal note"),
        "reply": _("The reporter replied"),
        "officer": _("Officer changed"),
        "deadline": _("Deadline moved"),
        "flag": _("Visibility changed"),
        "retraction": _("No longer public"),
        "merged": _("Merged"),
        "unmerged": _("Taken out of the merge"),
        "split": _("Split"),
        "authority": _("Kept with the city"),
        "contact": _("The reporter changed the contact"),
        "rating": _("Rated"),
        "escalated": _("Taken to the Ombudsman"),
        "erased": _("The reporter's data were removed"),
    }
    if kind not in words:
        return js_strings().get(f"status_{event['status']}", str(kind))
    other = data.get("lead") or data.get("other")
    return f"{words[kind]}: {other}" if other else words[kind]
