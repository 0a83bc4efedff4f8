"""A real SMTP server on the loopback for tests, that takes mails or misbehaves as told."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from geoapp.settings import Settings
from tests.servers import free_port

TAKE, HANG, DROP = "250 OK", "hang", "drop"
"""What to do at a stage; anything else is answered as it is. *drop* at the text: after taking it."""


@dataclass(frozen=True)
class Received:
    """A mail that the server has whole."""

    recipient: str
    sender: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class Box:
    """What came, and what is done at each stage: ``plan(stage, recipient)``.

    Stages: ``mail``, ``rcpt``, ``text``.
    """

    port: int = 0
    received: list[Received] = field(default_factory=list)
    plan: Callable[[str, str], str] = lambda _stage, _recipient: TAKE
    connections: int = 0

    def copies(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(one.message_id for one in self.received)


class _Handler:
    """Called by aiosmtpd with all it has, by position."""

    def __init__(self, box: Box) -> None:
        self.box = box

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, said: list[str]
    ) -> list[str]:
        session.host_name = name
        self.box.connections += 1
        return said

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        told = await self._told(server, "mail", address)
        if told.startswith("250"):
            envelope.mail_from = address
        return told

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        told = await self._told(server, "rcpt", address)
        if told.startswith("25"):
            envelope.rcpt_tos.append(address)
        return told

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        recipient = envelope.rcpt_tos[0]
        wanted = self.box.plan("text", recipient)
        if wanted in {TAKE, DROP}:
            content = envelope.content
            assert isinstance(content, bytes)
            self.box.received.append(Received(recipient, envelope.mail_from or "", content))
        return await self._done(server, wanted)

    async def _told(self, server: SMTP, stage: str, address: str) -> str:
        return await self._done(server, self.box.plan(stage, address))

    async def _done(self, server: SMTP, wanted: str) -> str:
        if wanted == DROP:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "421 gone"
        if wanted == HANG:
            await asyncio.sleep(3600)
        return wanted


@contextmanager
def mail_server(
    box: Box | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
    **more: Any,
) -> Iterator[Box]:
    """A server for the block's duration; its `Box` may be used again by the next one."""
    box = box or Box()
    box.port = box.port or free_port()
    given: dict[str, Any] = {"ssl_context": tls} if implicit else {"tls_context": tls}
    controller = Controller(
        _Handler(box), hostname="127.0.0.1", port=box.port, ready_timeout=10,
        enable_SMTPUTF8=True, **(given if tls else {}), **more,
    )  # fmt: skip
    controller.start()
    try:
        yield box
    finally:
        # Connections that hang are cut too.
        loop = controller.loop
        loop.call_soon_threadsafe(_cut, loop)
        controller.stop()


def _cut(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        if "_handle_client" in repr(task.get_coro()):
            task.cancel()


def mail_settings(settings: Settings, port: int, **changes: Any) -> Settings:
    """*settings* with a mail server on *port* of the loopback."""
    values: dict[str, Any] = {
        "smtp_url": f"smtp://127.0.0.1:{port}",
        "mail_from": "Aduan Kota Jambi <aduan@kota.example>",
        "public_url": "https://aduan.kota.example",
    } | changes
    return replace(settings, **values)
