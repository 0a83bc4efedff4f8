"""The database's clock rules: no room asks the machine it runs on what time it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ASKING = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"},
}
"""Ways to read the machine's clock: attributes of these names, however they were imported.
``time.monotonic`` isn't among them: it tells lengths, not moments."""

ALLOWED: dict[str, str] = {}
"""``module:function`` that may, and why."""


def readings(source: str) -> Iterator[tuple[str, int, str]]:
    """Function, line and words of every place where *source* reads the machine's clock."""
    tree = ast.parse(source)
    named = {name: name for name in ASKING}
    direct: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {a.asname or a.name: a.name for a in node.names if a.name in ASKING}
        if isinstance(node, ast.ImportFrom) and node.module in {"datetime", "time"}:
            for alias in node.names:
                if alias.name in ASKING and node.module == "datetime":
                    named[alias.asname or alias.name] = alias.name
                elif alias.name in ASKING["time"] and node.module == "time":
                    direct[alias.asname or alias.name] = f"time.{alias.name}"
    if direct:  # `time` of the time module then, not the class of datetime
        named = {name: what for name, what in named.items() if name not in direct}
    yield from _walk(tree, "", named, direct)


def _walk(
    node: ast.AST, inside: str, named: dict[str, str], direct: dict[str, str]
) -> Iterator[tuple[str, int, str]]:
    for child in ast.iter_child_nodes(node):
        here = inside
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            here = f"{inside}.{child.name}".lstrip(".")
        if isinstance(child, ast.Attribute):
            owner = child.value
            last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if child.attr in ASKING.get(named.get(last, ""), ()):
                yield inside, child.lineno, f"{last}.{child.attr}"
        if isinstance(child, ast.Name) and child.id in direct:
            yield inside, child.lineno, direct[child.id]
        yield from _walk(child, here, named, direct)


def test_no_room_reads_the_clock_of_its_machine() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{inside}": f"line {line}: {words}"
        for path in sorted((ROOT / "geoapp").rglob("*.py"))
        for inside, line, words in readings(path.read_text(encoding="utf-8"))
    }
    assert {place: what for place, what in found.items() if place not in ALLOWED} == {}
    assert ALLOWED.keys() <= found.keys(), "allowed, but no longer there"


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import UTC, datetime\ndatetime.now(UTC)",
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.datetime.utcnow()",
        "from datetime import datetime as moment\nmoment.today()",
        "from datetime import date\ndef today():\n    return date.today()",
        "import time\ntime.time()",
        "import time as clock\nclock.time()",
        "from time import time\ntime()",
        "from time import time as now\nnow()",
        "from datetime import datetime\nfield(default_factory=datetime.now)",
    ],
)
def test_every_way_to_ask_is_noticed(source: str) -> None:
    assert len(list(readings(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.monotonic()",
        "from datetime import time\ntime(8, 0)",
        "database.now()",
        "loop.time()",
    ],
)
def test_lengths_and_the_databases_clock_are_free(source: str) -> None:
    assert not list(readings(source))
