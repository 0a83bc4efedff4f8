"""Thousands of generated requests: every answer is one that the description announces."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from geoapp.domain.access import Grant, StaffRole
from geoapp.store.database import Database
from geoapp.usecases import accounts
from tests.servers import serve
from tests.support import default_city

HOOKS = Path(__file__).resolve().parent
PER_OPERATION = 60
"""Cases for each operation and phase; over 28 operations more than 2,000 in all."""

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,unsupported_method"
)


pytestmark = pytest.mark.long


def operators_key(database: Database) -> str:
    """A machine that may read and do what an operator may, so that no address is closed."""
    city = default_city(database)
    machine = accounts.add_machine(
        database,
        city,
        accounts.COMMAND_LINE,
        name="generated requests",
        grants=[Grant(role=StaffRole.OPERATOR)],
    )
    made = accounts.make_key(
        database,
        city,
        accounts.COMMAND_LINE,
        machine,
        name="test",
        scopes=["intake", "read", "act"],
    )
    return made.key


def test_two_thousand_generated_requests_find_no_fault(jambi, tmp_path):
    report = tmp_path / "report.ndjson"
    key = operators_key(jambi)
    with serve(jambi.url, tmp_path / "server") as server:
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"), "run",
                f"{server.url}/api/v1/openapi.json",
                "-H", f"Authorization: Bearer {key}",
                "--phases=examples,coverage,fuzzing",
                f"--max-examples={PER_OPERATION}", "--checks", CHECKS,
                "--seed=20260621", "--generation-deterministic",
                "--workers=1", "--no-color", "--max-failures=20", "--request-timeout=20",
                f"--report-ndjson-path={report}", "--report=ndjson",
            ],
            cwd=tmp_path,  # it keeps notes of its own there
            env=os.environ
            | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HOOKS)},
            capture_output=True, text=True, timeout=560, check=False,
        )  # fmt: skip
        assert server.healthy()
        logged = server.log.read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    generated = re.search(r"(\d[\d,]*) generated", run.stdout)
    assert generated, run.stdout[-3000:]
    assert int(generated[1].replace(",", "")) >= 2000, run.stdout[-3000:]
    assert "Traceback" not in logged
    assert json.loads(report.read_text(encoding="utf-8").splitlines()[0])
