"""What holds for the whole house, whoever writes the next room."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from geoapp import errors
from geoapp.settings import Settings
from geoapp.web.errors import STATUS, status_of

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {".py", ".js", ".mjs", ".css", ".sql", ".html", ".sh"}


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("absent: not a git checkout")
    names = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_no_module_is_longer_than_400_lines():
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked()
        if path.suffix in SOURCES
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_every_setting_is_documented_with_its_default():
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    missing = [
        setting.name
        for setting in fields(Settings)
        if f"`GEOAPP_{setting.name.upper()}`" not in page
        or setting.metadata["about"].split("{")[0] not in page
    ]
    assert not missing


def documented() -> dict[str, tuple[str, str]]:
    """Default and range of each setting as the table of the page gives them."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = (line.split("|") for line in page.splitlines() if line.startswith("| `GEOAPP_"))
    return {row[1].strip(" `"): (row[2].strip(" `"), row[3].strip()) for row in rows}


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_the_page_gives_a_setting_its_default_and_range(setting):
    default = setting.default
    shown = {True: "1", False: "0"}[default] if isinstance(default, bool) else str(default)
    least, most = setting.metadata["least"], setting.metadata["most"]
    span = "" if least is None else f"{least:,} – {most:,}"
    assert documented()[f"GEOAPP_{setting.name.upper()}"] == (shown or "empty", span)


def read_settings() -> set[str]:
    """Names read as ``settings.<name>`` outside settings.py, also by Settings' own methods."""
    found = set()
    for path in (ROOT / "geoapp").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name != "settings.py":
            found |= {
                node.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Attribute)
                and "settings" in {getattr(node.value, "id", ""), getattr(node.value, "attr", "")}
            }
            continue
        methods = {
            method.name: {
                node.attr
                for node in ast.walk(method)
                if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self"
            }
            for method in ast.walk(tree)
            if isinstance(method, ast.FunctionDef)
        }
    return found.union(*(read for name, read in methods.items() if name in found))


def test_every_setting_has_an_effect():
    assert not {setting.name for setting in fields(Settings)} - read_settings()


def test_no_documented_setting_is_gone():
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    known = {f"GEOAPP_{setting.name.upper()}" for setting in fields(Settings)}
    written = {word for word in page.replace("`", " ").split() if word.startswith("GEOAPP_")}
    assert {word.rstrip(".,:;)") for word in written if "=" not in word} <= known


def every_error() -> list[type[errors.GeoappError]]:
    found = [errors.GeoappError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return found


@pytest.mark.parametrize("kind", every_error())
def test_every_error_has_a_status_and_stands_in_the_drawn_tree(kind):
    instance = kind.__new__(kind)
    assert 400 <= status_of(instance) <= 599
    assert kind.__name__ in (errors.__doc__ or "")


def test_input_errors_are_the_senders_fault_and_store_errors_ours():
    assert all(
        status_of(kind.__new__(kind)) < 500
        for kind in every_error()
        if issubclass(kind, errors.InvalidInput)
    )
    assert set(STATUS.values()) <= {400, 401, 403, 404, 409, 413, 422, 429, 500, 503}


def test_the_environment_is_read_in_one_place_only():
    offenders = [
        path.name
        for path in (ROOT / "geoapp").rglob("*.py")
        if path.name != "settings.py"
        and ("os.environ" in (text := path.read_text(encoding="utf-8")) or "getenv(" in text)
        # a child process inherits our environment: passing it on isn't reading a setting
        and "embedded" not in path.parts
        and path.name != "run.py"
    ]
    assert not offenders


STATEMENT = re.compile(
    r"\s*(SELECT|WITH|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|TRUNCATE|GRANT|REVOKE"
    r"|COPY|LISTEN|NOTIFY|SET LOCAL|VACUUM|ANALYZE|EXPLAIN)\s"
)
SHORT = 100
"""Characters of SQL that may stand in Python; anything longer has a file of its own."""


def pieces(node: ast.AST) -> list[ast.expr]:
    """What *node* puts a text together from; empty when it doesn't."""
    match node:
        case ast.JoinedStr(values=values):
            return values
        case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
            return [left, right]
        case ast.Call(func=ast.Attribute(attr="format" | "join" | "replace", value=value)):
            return [value]
    return []


def texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def sql_faults(source: str) -> list[str]:
    """Lines that format SQL, or that hold more of it than a short line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if any(STATEMENT.match(text) for piece in pieces(node) for text in texts(piece)):
            found.append(f"{node.lineno}: SQL is put together")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "text":
            found += [
                f"{node.lineno}: a query that wants a file"
                for argument in node.args
                for text in texts(argument)
                if STATEMENT.match(text) and ("\n" in text or len(text) > SHORT)
            ]
    return found


@pytest.mark.parametrize(
    "source",
    [
        'f"SELECT * FROM {table}"',
        'text(f"DELETE FROM {table} WHERE x = 1")',
        '"DROP DATABASE %s" % name',
        '"NOTIFY " + channel',
        '"SELECT {}".format(column)',
        '"SELECT x FROM y".replace("y", z)',
        f'text("SELECT {"x" * 100}")',
        'text("""\nSELECT x\nFROM y""")',
    ],
)
def test_sql_that_is_formatted_or_long_is_noticed(source):
    assert sql_faults(source)


def test_no_sql_is_formatted_in_python_and_none_is_long():
    offenders = [
        f"{path.relative_to(ROOT)}:{fault}"
        for path in (ROOT / "geoapp").rglob("*.py")
        for fault in sql_faults(path.read_text(encoding="utf-8"))
    ]
    assert not offenders


def test_no_javascript_in_python():
    offenders = [
        f"{path.relative_to(ROOT)}: {sign}"
        for path in (ROOT / "geoapp").rglob("*.py")
        for sign in ("<script", "addEventListener")
        if sign in path.read_text(encoding="utf-8")
    ]
    assert not offenders
