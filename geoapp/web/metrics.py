"""``/metrics`` for Prometheus, and the counting of requests behind it.

Addresses are counted by their route, never by what stands in its variables, so that no
ticket or token gets into a monitoring system. Counters of all workers are added up through
the files in ``PROMETHEUS_MULTIPROC_DIR`` (see ``geoapp.gunicorn_conf``).
"""

from __future__ import annotations

import hmac
import logging
import time
import uuid
from collections.abc import Iterator

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector
from prometheus_client.values import ValueClass

from geoapp.errors import DatabaseUnavailable, NotFound, NotSignedIn
from geoapp.usecases import operations
from geoapp.web.access import Audience, open_to
from geoapp.web.context import site

blueprint = Blueprint("metrics", __name__)
log = logging.getLogger("geoapp.requests")

_REQUESTS = Counter(
    "geoapp_http_requests", "Requests answered, by route and status.", ("method", "route", "status")
)
_SECONDS = Histogram(
    "geoapp_http_request_seconds",
    "Time until an answer began, by route.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
_CLIENTS = Gauge("geoapp_live_clients", "Open live feeds.", multiprocess_mode="livesum")


def register(app: Flask) -> None:
    """Count every request; give each a number that its answer and its log line carry."""
    app.register_blueprint(blueprint)
    app.before_request(_begin)
    app.after_request(_end)


@blueprint.get("/metrics")
@open_to(Audience.EVERYBODY)
def show() -> Response:
    """The figures, for whoever sends ``Authorization: Bearer <GEOAPP_METRICS_TOKEN>``.

    Raises:
        NotFound: no token is set, so there is nothing here.
        NotSignedIn: another token, or none, was sent.
    """
    token = site().settings.metrics_token
    if not token:
        raise NotFound("There is no such page.", "Set GEOAPP_METRICS_TOKEN to open it.")
    sent = request.headers.get("Authorization", "")
    if not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        raise NotSignedIn("The metrics need their token.", "Send Authorization: Bearer <token>.")
    registry = CollectorRegistry()
    if _several_processes():
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Ours())
    registry.register(_FromDatabase())
    response = Response(generate_latest(registry))
    response.headers["Content-Type"] = CONTENT_TYPE_LATEST
    response.headers["Cache-Control"] = "no-store"
    return response


def _several_processes() -> bool:
    """Whether counters go through files that all workers share."""
    return getattr(ValueClass, "__name__", "") == "MmapedValue"


class _Ours(Collector):
    """This process's counters alone, where no folder to share is set."""

    def collect(self) -> Iterator[Metric]:
        for metric in REGISTRY.collect():
            if metric.name.startswith("geoapp_"):
                yield metric


class _FromDatabase(Collector):
    """What the database says now; a database that is away is a figure too."""

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        up = 1.0
        try:
            gauges = operations.state(site().database)
        except DatabaseUnavailable:
            gauges, up = [], 0.0
        for gauge in gauges:
            labels = sorted(gauge.labels)
            family = families.setdefault(
                gauge.name, GaugeMetricFamily(gauge.name, _ABOUT[gauge.name], labels=labels)
            )
            family.add_metric([gauge.labels[label] for label in labels], gauge.value)
        yield GaugeMetricFamily("geoapp_database_up", "Whether the database answers.", value=up)
        yield from families.values()


_ABOUT = {
    "geoapp_complaints_open": "Complaints somebody still has to act on.",
    "geoapp_complaints_overdue": "Open complaints past their target.",
    "geoapp_complaints_last_hour": "Complaints submitted within the last hour.",
    "geoapp_jobs": "Background jobs waiting, running and failed.",
    "geoapp_hotspots_age_seconds": "Age of the newest hotspots.",
    "geoapp_events_unsealed": "Events of the history that wait for a seal.",
    "geoapp_unsealed_age_seconds": "How long the oldest of them has waited.",
    "geoapp_database_connections": "Connections to the database by program.",
    "geoapp_feed_held_back_seconds": "How long the oldest unreadable event has waited.",
    "geoapp_mails_waiting": "Mails that wait to be sent.",
    "geoapp_mails_oldest_waiting_seconds": "How long the oldest of them has waited.",
    "geoapp_mails_last_day": "Mails of the last 24 hours by what became of them.",
    "geoapp_mails_uncertain_last_day": "Times a mail may have left twice, of the last 24 hours.",
    "geoapp_mail_server_in_trouble": "1 when the mail server took nothing when it was tried last.",
}


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = uuid.uuid4().hex[:12]


def _end(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule is not None else "none"
    status = str(response.status_code)
    _REQUESTS.labels(request.method, route, status).inc()
    _CLIENTS.set(site().hub.clients)
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    if route != "/live":
        _SECONDS.labels(route).observe(seconds)
    number = g.get("request_id", "-")
    response.headers.setdefault("X-Request-ID", number)
    if site().settings.log_requests:
        # Route and status, never the address: it may hold a ticket, a token, a name.
        log.info("%s %s %s %.0f ms %s", request.method, route, status, 1000 * seconds, number)
    return response
