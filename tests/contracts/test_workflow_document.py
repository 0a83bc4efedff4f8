"""docs/workflow.md says what the code does: every transition, every row of the table."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from geoapp.domain.answers import DISPUTE_DAYS, reply_leads_to
from geoapp.domain.complaint import CLOCK_RUNS, OPEN, Status
from geoapp.domain.workflow import STEPS
from geoapp.errors import StepRefused

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
EDGE = re.compile(r"^\s*(\w+) --> (\w+) : ([\w, ]+)$", re.MULTILINE)


def codes_transitions() -> set[tuple[str, str, str]]:
    """Every change of status that the code knows: from, to, by what."""
    found = {
        (source.value, target.value, step.value)
        for step, rule in STEPS.items()
        for source in rule.sources
        for target in rule.targets
        if source is not target
    }
    for status in Status:
        for solved in (True, False):
            try:
                after = reply_leads_to(status, solved=solved, now=NOW, disputed_until=NOW)
            except StepRefused:
                continue
            if after is not None:
                found.add((status.value, after.value, "reply"))
    # geoapp/store/sql/casework_close_due.sql
    found.add(("resolved", "closed", "worker"))
    return found


def test_the_diagram_draws_every_transition_and_no_other():
    diagram = DOCUMENT.read_text(encoding="utf-8").split("```mermaid")[1].split("```")[0]
    drawn = set()
    running = {status.value for status in CLOCK_RUNS}
    for source, target, steps in EDGE.findall(diagram):
        for step in steps.split(", "):
            for one in running if source == "running" else {source}:
                drawn |= {
                    (one, other, step) for other in (running if target == "running" else {target})
                }
    inside = set(re.findall(r"\w+", diagram.split("{")[1].split("}")[0])) & {*Status}
    assert inside == running
    assert drawn == codes_transitions()


def named(text: str) -> frozenset[Status]:
    if text == "any":
        return frozenset(Status)
    if text == "any open":
        return frozenset(OPEN)
    if text.startswith("any open but "):
        return frozenset(OPEN) - named(text.removeprefix("any open but "))
    if text.startswith("any but "):
        return frozenset(Status) - named(text.removeprefix("any but "))
    return frozenset() if text == "(stays)" else frozenset(map(Status, text.split(", ")))


def test_the_table_has_every_step_as_the_code_has_it():
    lines = DOCUMENT.read_text(encoding="utf-8").split("## Steps")[1].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    rows = [row for row in rows if row[0] in {step.value for step in STEPS}]
    told = {
        (step, permission, named(source), named(target), needs, may)
        for step, source, target, permissions, needs, may in rows
        for permission in permissions.split(" or ")
    }
    assert told == {
        (
            step.value,
            way.permission.value,
            way.sources,
            rule.targets,
            ", ".join(rule.needs) or "–",
            ", ".join(rule.optional) or "–",
        )
        for step, rule in STEPS.items()
        for way in rule.ways
    }


def test_the_days_told_are_the_days_kept():
    assert f"{DISPUTE_DAYS}th working day" in DOCUMENT.read_text(encoding="utf-8")
