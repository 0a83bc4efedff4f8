"""gunicorn: gevent workers, so that thousands of live feeds cost little.

The application is loaded in each worker, after gevent has patched the standard library.
"""

from __future__ import annotations

import shutil
from typing import Any

from geoapp import logs
from geoapp.settings import Settings

settings = Settings.from_env()

bind = f"{settings.host}:{settings.port}"
worker_class = "gevent"
workers = settings.web_workers
worker_connections = settings.worker_connections
preload_app = False
# Requests take milliseconds; what is still open after two seconds are live feeds, whose
# browsers connect again by themselves.
graceful_timeout = 2
timeout = 60
keepalive = 30
backlog = 2048
limit_request_line = 8190
accesslog = None
errorlog = "-"
logconfig_dict = logs.configuration(requests=settings.log_requests)
control_socket_disable = True
# Where the workers keep the counters that /metrics adds up; prometheus_client reads it.
_counters = settings.home / "metrics"
raw_env = [f"PROMETHEUS_MULTIPROC_DIR={_counters}"]


def on_starting(_server: Any) -> None:
    """Counters start at nought with the server."""
    shutil.rmtree(_counters, ignore_errors=True)
    _counters.mkdir(parents=True, exist_ok=True)


def child_exit(_server: Any, worker: Any) -> None:
    """A worker that is gone has no open feeds any more."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    mark_process_dead(worker.pid, str(_counters))  # type: ignore[no-untyped-call]


def post_fork(_server: Any, _worker: Any) -> None:
    """Let psycopg2 wait on gevent's loop instead of blocking the whole worker."""
    from psycogreen.gevent import patch_psycopg  # noqa: PLC0415 - only in a forked worker

    patch_psycopg()
