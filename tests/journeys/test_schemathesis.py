"""Thousands of generated requests: every answer is one that the description announces."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.servers import serve

HOOKS = Path(__file__).resolve().parent
PER_OPERATION = 300
"""Cases for each operation and phase; over ten operations more than 2,000 in all."""

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,unsupported_method"
)


def test_two_thousand_generated_requests_find_no_fault(jambi, tmp_path):
    report = tmp_path / "report.ndjson"
    with serve(jambi.url, tmp_path / "server") as server:
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"), "run",
                f"{server.url}/api/v1/openapi.json",
                "--phases=examples,coverage,fuzzing",
                f"--max-examples={PER_OPERATION}", "--checks", CHECKS,
                "--seed=20260621", "--generation-deterministic",
                "--workers=1", "--no-color", "--max-failures=20", "--request-timeout=20",
                f"--report-ndjson-path={report}", "--report=ndjson",
            ],
            cwd=tmp_path,  # it keeps notes of its own there
            env=os.environ
            | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HOOKS)},
            capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip
        assert server.healthy()
        logged = server.log.read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    generated = re.search(r"(\d[\d,]*) generated", run.stdout)
    assert generated, run.stdout[-3000:]
    assert int(generated[1].replace(",", "")) >= 2000, run.stdout[-3000:]
    assert "Traceback" not in logged
    assert json.loads(report.read_text(encoding="utf-8").splitlines()[0])
