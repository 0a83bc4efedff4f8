"""Logs that say what went wrong and never to whom.

Database drivers put values into their messages: the row that broke a constraint, the
statement with a citizen's words in it. `Discreet` tells of their errors by code, table and
constraint alone; the private cluster's own log does the same by its settings
(``geoapp.embedded.configuration``).
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """A formatter whose tracebacks hold no values of the database's."""

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's name
        """The traceback of the error and of those that led to it, oldest first."""
        told: list[str] = []
        error = ei[1]
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = "".join(traceback.format_tb(error.__traceback__))
            told.append(f"Traceback (most recent call last):\n{frames}{without_values(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\nwhich led to:\n\n".join(reversed(told))


def without_values(error: BaseException) -> str:
    """An error in a line: its type and message, or what a database driver's error is about.

    A driver's message may quote anything that was sent, so only the SQLSTATE and the names
    of table, column and constraint are told.
    """
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    driver: Any = getattr(error, "orig", None) or error  # SQLAlchemy wraps the driver's
    code = getattr(driver, "pgcode", None) or getattr(driver, "sqlstate", None)
    if driver is error and not hasattr(error, "diag"):
        return f"{kind}: {error}"
    diagnosis = getattr(driver, "diag", None)
    names = (getattr(diagnosis, f"{what}_name", None) for what in ("table", "column", "constraint"))
    return " ".join(filter(None, (f"{kind}:", f"SQLSTATE {code or 'none'}", *names)))


def configuration(*, level: str = "WARNING", requests: bool = False) -> dict[str, Any]:
    """For `logging.config.dictConfig`: to stderr, discreetly.

    Args:
        level: from which on our own loggers are heard; others from WARNING on.
        requests: a line for every request too: method, route, status, milliseconds, number.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"discreet": {"()": "geoapp.logs.Discreet", "format": FORMAT}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "discreet",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "geoapp": {"level": level},
            "geoapp.requests": {"level": "INFO" if requests else "WARNING"},
            "gunicorn.error": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
        },
    }
