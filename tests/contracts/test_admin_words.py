"""Every kind of entry that the program writes into the administration's log has words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import geoapp
from geoapp import resources
from geoapp.web.strings_admin import EVENTS

KIND = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = {"record", "log", "_log", "_own"}
"""Functions of stores and use cases that write an entry."""


def written() -> dict[str, str]:
    """Every kind that a call of a writer names, and where.

    A kind taken from a variable counts by whatever the variable is given in that module.
    """
    found: dict[str, str] = {}
    for file in sorted(Path(geoapp.__file__).parent.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        given: dict[str, list[ast.expr]] = {}
        calls = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                given.setdefault(node.targets[0].id, []).append(node.value)
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                calls += [node] if name in WRITERS else []
        for call in calls:
            for argument in call.args:
                values = (
                    given.get(argument.id, []) if isinstance(argument, ast.Name) else [argument]
                )
                for value in values:
                    for kind in texts(value):
                        found[kind] = f"{file.name}:{call.lineno}"
    for file in sorted(Path(geoapp.__file__).parent.rglob("*.sql")):
        statement = file.read_text(encoding="utf-8")
        if "INTO geoapp.admin_event" in statement:
            found |= dict.fromkeys(re.findall(r"'([a-z_]+\.[a-z_]+)'", statement), file.name)
    return found


def texts(value: ast.expr) -> list[str]:
    """Texts of a kind's form that an expression may be: itself, or either side of an ``if``."""
    if isinstance(value, ast.IfExp):
        return texts(value.body) + texts(value.orelse)
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [value.value] if KIND.fullmatch(value.value) else []
    return []


def test_every_kind_that_is_written_has_words_in_both_languages() -> None:
    from babel.messages.pofile import read_po

    kinds = written()
    # Kinds of every module that writes, so that a writer by another name is noticed
    assert {"account.demo_added", "account.deactivated", "account.totp_set", "agency.added",
            "catalogue.replaced", "grant.added", "holiday.removed", "key.made",
            "service.changed"} <= kinds.keys()  # fmt: skip
    assert {kind: where for kind, where in kinds.items() if kind not in EVENTS} == {}
    folder = resources.path("translations") / "id" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        indonesian = {message.id: message.string for message in read_po(file)}
    english = {kind: word._args[0] for kind, word in EVENTS.items()}
    assert {kind for kind, word in english.items() if not indonesian.get(word)} == set()


def test_no_words_stand_for_what_nobody_writes() -> None:
    assert set(EVENTS) - written().keys() == set()
