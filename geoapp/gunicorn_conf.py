"""gunicorn: gevent workers, so that thousands of live feeds cost little.

The application is loaded in each worker, after gevent has patched the standard library.
"""

from __future__ import annotations

from typing import Any

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
loglevel = "warning"
control_socket_disable = True


def post_fork(_server: Any, _worker: Any) -> None:
    """Let psycopg2 wait on gevent's loop instead of blocking the whole worker."""
    from psycogreen.gevent import patch_psycopg  # noqa: PLC0415 - only in a forked worker

    patch_psycopg()
