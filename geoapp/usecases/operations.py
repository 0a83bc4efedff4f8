"""What those who run the server ask: how many, how late, how long a queue."""

from __future__ import annotations

from geoapp.domain.notice import MailState
from geoapp.store import deliveries, operations
from geoapp.store.database import Database, Role
from geoapp.store.feed import held_back_s
from geoapp.store.operations import Gauge


def state(database: Database) -> list[Gauge]:
    """Every gauge that is read from the database; none of them tells of anybody."""
    with database.transaction(Role.LISTENER) as connection:
        return [
            *operations.state(connection),
            Gauge("geoapp_feed_held_back_seconds", {}, held_back_s(connection)),
            *_mail(deliveries.state(connection)),
        ]


def _mail(state: MailState) -> list[Gauge]:
    return [
        Gauge("geoapp_mails_waiting", {}, state.waiting),
        Gauge("geoapp_mails_oldest_waiting_seconds", {}, state.oldest_s),
        Gauge("geoapp_mails_last_day", {"state": "sent"}, state.sent_day),
        Gauge("geoapp_mails_last_day", {"state": "failed"}, state.failed_day),
        Gauge("geoapp_mails_last_day", {"state": "dropped"}, state.dropped_day),
        Gauge("geoapp_mails_uncertain_last_day", {}, state.uncertain_day),
        Gauge("geoapp_mail_server_in_trouble", {}, float(state.in_trouble)),
    ]
