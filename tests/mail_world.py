"""A city whose people are told by mail, for tests: who reported, who follows, what arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from geoapp.domain.complaint import NewComplaint
from geoapp.domain.contact import Contact
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import cities, contacts, notices, submit
from geoapp.usecases.posting import Post
from geoapp.usecases.vault import Vault
from tests.asking import as_owner
from tests.casework import World
from tests.mail_server import Box, Received
from tests.support import JELUTUNG

_ROWS = text("""
    SELECT delivery.*, complaint.ticket, contact.role, contact.email_sealed
    FROM geoapp.delivery
    JOIN geoapp.complaint ON complaint.id = delivery.complaint_id
    JOIN geoapp.contact ON contact.id = delivery.contact_id
    ORDER BY delivery.id
""")


@dataclass
class Mails:
    """People of *world*'s city, the mail server that *box* is, and the sender between them."""

    world: World
    settings: Settings
    box: Box
    post: Post

    @property
    def database(self) -> Database:
        """Where it all is."""
        return self.world.database

    def reported(
        self, email: str = "siti@contoh.example", *, language: str = "id", **changes: Any
    ) -> str:
        """The ticket of a pothole that somebody with an address has just reported."""
        values: dict[str, Any] = {
            "service": "pothole",
            "description": "Lubang besar di tengah jalan",
            "position": JELUTUNG,
        } | changes
        vault = Vault(self.settings)
        city = self.world.city
        told = submit.submit(
            self.database,
            city,
            cities.catalogue(self.database, city),
            NewComplaint(**values),
            also=lambda connection, row: {
                "notices": contacts.keep(
                    connection, vault, city, row.ticket, "reporter", Contact(email=email), language
                )
            },
        )
        return str(told["ticket"])

    def follow(self, ticket: str, email: str, *, language: str = "id") -> None:
        """Somebody gives an address to follow *ticket*."""
        contacts.follow(
            self.database, Vault(self.settings), self.world.city, ticket, email, language
        )

    def look(self) -> int:
        """Make rows of whatever the feed has."""
        return notices.look(self.database, self.settings)

    def round(self) -> list[Received]:
        """Look and send; what arrived by it."""
        before = len(self.box.received)
        self.look()
        self.post.deliver()
        return self.box.received[before:]

    def rows(self) -> list[Row[Any]]:
        """The outbox, in the order it was made."""
        with as_owner(self.database) as connection:
            return list(connection.execute(_ROWS))

    def kinds(self) -> list[tuple[str, str]]:
        """Kind and state of every row of the outbox."""
        return [(row.kind, row.state) for row in self.rows()]

    def execute(self, command: str, **values: Any) -> None:
        """Change rows as the owner may."""
        with as_owner(self.database) as connection:
            connection.execute(text(command), values)

    def soon(self) -> None:
        """As if every pause were over."""
        self.execute("UPDATE geoapp.delivery SET due_at = now() WHERE state = 'waiting'")


def told(mail: Received) -> str:
    """The words of a mail, without the encoding they travelled in."""
    return str(mail.message.get_content()).replace("\r\n", "\n")
