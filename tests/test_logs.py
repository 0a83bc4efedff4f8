"""Logs tell what went wrong, never with whose words."""

from __future__ import annotations

import logging
import sys

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from geoapp.embedded import Cluster
from geoapp.logs import Discreet

CANARY = "Siti Canary, 0812-3456\nDETAIL: second line of Siti Canary"

FAULTS = {
    "a unique constraint quotes the key": (
        "INSERT INTO geoapp.account (city_code, name, email) VALUES"
        " ('15.71', :words, lower(:words)), ('15.71', :words, lower(:words))"
    ),
    "a check quotes the row": (
        "INSERT INTO geoapp.account (city_code, name, kind) VALUES ('15.71', :words, 'neither')"
    ),
    "a cast quotes the value": "SELECT cast(:words AS integer)",
    "a syntax error quotes the statement": "SELECT :words FROM FROM",
}


def logged(error: BaseException) -> str:
    """What the log says of *error*."""
    record = logging.LogRecord("geoapp", logging.ERROR, __file__, 1, "it failed", (), None)
    record.exc_info = (type(error), error, error.__traceback__)
    return Discreet().format(record)


@pytest.mark.parametrize("statement", FAULTS.values(), ids=FAULTS.keys())
def test_a_driver_s_words_stay_out_of_the_log(jambi_db: Connection, statement: str) -> None:
    with pytest.raises(SQLAlchemyError) as caught:
        jambi_db.execute(text(statement), {"words": CANARY})
    assert "siti" in str(caught.value.__cause__).lower()
    said = logged(caught.value)
    assert "siti" not in said.lower()
    assert "SQLSTATE" in said
    assert "test_logs.py" in said


def test_other_errors_keep_their_words_and_their_causes() -> None:
    try:
        try:
            {}["what led to it"]
        except KeyError as cause:
            raise RuntimeError("what became of it") from cause
    except RuntimeError:
        said = logged(sys.exc_info()[1])  # type: ignore[arg-type]
    assert said.index("what led to it") < said.index("what became of it")


def test_the_cluster_s_own_log_has_no_words_either(jambi_db: Connection, cluster: Cluster) -> None:
    mark = "CanaryOfTheServer"
    for statement in FAULTS.values():
        savepoint = jambi_db.begin_nested()
        with pytest.raises(SQLAlchemyError):
            jambi_db.execute(text(statement), {"words": mark})
        savepoint.rollback()
    written = cluster.log.read_text(encoding="utf-8", errors="replace")
    assert mark.lower() not in written.lower()
