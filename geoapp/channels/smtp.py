"""Mail over SMTP: one connection for several, and a plain answer to what became of each.

Did it leave, may it be tried again, may it have arrived although nobody said so?

The steps of a transaction are taken one by one: only then is it known whether a connection
broke before the text was handed over (nothing arrived) or after (nobody can say).
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from geoapp.errors import SettingsError

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SERVERS_FAULT = {421, 454, 530, 534, 535, 538}
"""Codes that speak of the connection or of us, whatever the mail and its address are."""


class Security(StrEnum):
    """How the connection is kept from others' eyes."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over. *ca* is a file with the authorities to trust, empty: the system's."""

    host: str
    port: int
    security: Security = Security.NONE
    user: str = ""
    password: str = ""
    ca: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds to wait: for the connection, for each command's answer, for the answer to the text.

    *whole* ends a transaction however its server spends the time; a sender that is older is
    taken for dead, so it must be shorter than that.
    """

    connect: float = 15.0
    command: float = 20.0
    text: float = 45.0
    whole: float = 100.0


class MailProblem(Exception):
    """A mail that didn't leave; *word* is ours, *codes* the server's (``550 5.1.1``)."""

    def __init__(self, word: str, codes: str = "") -> None:
        super().__init__(f"{word} {codes}".strip())
        self.word = word
        self.codes = codes


class ServerTrouble(MailProblem):
    """The server can't be reached or takes nothing from us: no fault of the mail.

    ``connect``, ``timeout``, ``tls``, ``sign_in``, ``server``.
    """


class TryLater(MailProblem):
    """This mail isn't taken now (``later``), or its address needs what the server lacks."""


class RefusedForGood(MailProblem):
    """This mail will never be taken: ``refused`` by the server, or ``address`` unusable."""


class MayHaveArrived(MailProblem):
    """The text was handed over and the connection ended without an answer: ``no_answer``."""


def parse(url: str) -> MailServer:
    """``smtp://[user:password@]host[:port][?starttls=1&ca=/file]`` or ``smtps://…``.

    Ports by default: 25, with starttls 587, smtps 465.

    Raises:
        SettingsError: it's another kind of address, or would send a password in clear.
    """
    remedy = "Write smtp://user:password@host:587?starttls=1 or smtps://user:password@host."
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise SettingsError("GEOAPP_SMTP_URL can't be read.", remedy) from None
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme not in {"smtp", "smtps"} or not host or set(query) - {"starttls", "ca"}:
        # never the address itself: it has a password in it, and settings' errors end in logs
        raise SettingsError("GEOAPP_SMTP_URL isn't the address of a mail server.", remedy)
    security = Security.NONE
    if parts.scheme == "smtps":
        security = Security.TLS
    elif query.get("starttls", "0").lower() in {"1", "true", "yes", "on"}:
        security = Security.STARTTLS
    if parts.username and security is Security.NONE and host not in _LOOPBACK:
        raise SettingsError(
            "GEOAPP_SMTP_URL has a password and would send it in clear.",
            "Add ?starttls=1, or write smtps://.",
        )
    if query.get("ca") and not Path(query["ca"]).is_file():
        raise SettingsError("GEOAPP_SMTP_URL names a file after ca= that isn't there.", remedy)
    usual = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}
    return MailServer(
        host=host,
        port=port or usual[security],
        security=security,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ca=query.get("ca", ""),
    )


class Outlet:
    """An open connection to the mail server, for one mail after the other."""

    def __init__(self, connection: smtplib.SMTP, patience: Patience) -> None:
        self._connection = connection
        self._patience = patience

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand *message* over for *recipient*; returns when the server has taken it.

        Raises:
            ServerTrouble: it left nothing; the connection is of no use any more.
            TryLater, RefusedForGood: this mail alone; the connection can go on.
            MayHaveArrived: nobody can say; the connection is of no use any more.
        """
        wide = not (sender + recipient).isascii()
        if wide and not self._connection.has_extn("smtputf8"):
            raise RefusedForGood("address", "smtputf8")
        text = _as_sent(message)
        with self._watched():
            options = ["SMTPUTF8", "BODY=8BITMIME"] if wide else []
            self._address(f"mail FROM:<{sender}>{''.join(' ' + o for o in options)}", wide)
            code, answer = self._say(f"rcpt TO:<{recipient}>", wide)
            if code not in {250, 251}:
                self._refused(code, answer)
            code, answer = self._say("data")
            if code != 354:
                self._refused(code, answer)
            self._hand_over(text)

    def _address(self, command: str, wide: bool) -> None:
        code, answer = self._say(command, wide)
        if code != 250:
            # of the sender, which is always the same: no fault of this mail
            raise ServerTrouble("server", _codes(code, answer))

    def _say(self, command: str, wide: bool = False) -> tuple[int, bytes]:
        if any(sign in command for sign in "\r\n\0"):
            raise RefusedForGood("address", "")
        connection = self._connection
        try:
            self._wait(self._patience.command)
            connection.command_encoding = "utf-8" if wide else "ascii"
            connection.putcmd(command)
            return connection.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            # smtplib tells a timeout as a lost connection, with its words
            waited = isinstance(problem, TimeoutError) or "timed out" in str(problem)
            raise ServerTrouble("timeout" if waited else "connect") from problem

    def _hand_over(self, text: bytes) -> None:
        """From the first byte on nobody but the server can say whether it arrived."""
        try:
            self._wait(self._patience.text)
            self._connection.send(text)
            code, answer = self._connection.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            raise MayHaveArrived("no_answer") from problem
        if code != 250:
            self._refused(code, answer)

    def _refused(self, code: int, answer: bytes) -> None:
        """Say what *code* means, with the connection ready for the next mail."""
        told = _codes(code, answer)
        if code in _SERVERS_FAULT or not 400 <= code < 600:
            raise ServerTrouble("server", told)
        # what the server says to this matters to the next mail alone, which will find out
        self._say("rset")
        if code < 500:
            raise TryLater("later", told)
        raise RefusedForGood("refused", told)

    def _wait(self, seconds: float) -> None:
        if self._connection.sock is not None:
            self._connection.sock.settimeout(seconds)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """End the transaction when it has taken too long in all: a timeout is per byte."""
        socket_ = self._connection.sock
        watch = threading.Timer(self._patience.whole, _shut, [socket_])
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def close(self) -> None:
        """Say good-bye, without waiting long for an answer."""
        try:
            self._wait(2.0)
            self._connection.quit()
        except (OSError, smtplib.SMTPException):
            self._connection.close()


@contextmanager
def connect(server: MailServer, *, name: str, patience: Patience) -> Iterator[Outlet]:
    """A connection to *server*, greeted as *name*, secured and signed in.

    Raises:
        ServerTrouble: it can't be had.
    """
    try:
        connection = _opened(server, name, patience)
    except smtplib.SMTPAuthenticationError as problem:
        raise ServerTrouble("sign_in", str(problem.smtp_code)) from problem
    except ssl.SSLError as problem:
        raise ServerTrouble("tls", problem.reason or "") from problem
    except TimeoutError as problem:
        raise ServerTrouble("timeout") from problem
    except smtplib.SMTPResponseException as problem:
        raise ServerTrouble("server", str(problem.smtp_code)) from problem
    except smtplib.SMTPNotSupportedError as problem:
        word = "tls" if server.security is Security.STARTTLS else "sign_in"
        raise ServerTrouble(word, "not offered") from problem
    except (OSError, smtplib.SMTPException) as problem:
        raise ServerTrouble("connect") from problem
    outlet = Outlet(connection, patience)
    try:
        yield outlet
    finally:
        outlet.close()


def _opened(server: MailServer, name: str, patience: Patience) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=server.ca or None)
    if server.security is Security.TLS:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, name, timeout=patience.connect, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, name, timeout=patience.connect)
    try:
        if server.security is Security.STARTTLS:
            connection.starttls(context=context)
        connection.ehlo_or_helo_if_needed()
        if server.user:
            _sign_in(connection, server)
    except BaseException:
        connection.close()
        raise
    return connection


def _sign_in(connection: smtplib.SMTP, server: MailServer) -> None:
    """By one way that the server offers, and once.

    `smtplib.SMTP.login` would try a wrong password by each way, and be shut out for it.
    """
    ways: dict[str, Any] = {
        "PLAIN": connection.auth_plain,
        "LOGIN": connection.auth_login,
        "CRAM-MD5": connection.auth_cram_md5,
    }
    offered = connection.esmtp_features.get("auth", "").upper().split()
    connection.user, connection.password = server.user, server.password
    for name, way in ways.items():
        if name in offered:
            connection.auth(name, way)
            return
    raise smtplib.SMTPNotSupportedError("no way to sign in")


def _as_sent(message: EmailMessage) -> bytes:
    """The bytes of *message*: lines ended and dots doubled as SMTP wants, with the final dot."""
    text = message.as_bytes()
    text = re.sub(rb"\r\n|\r|\n", b"\r\n", text)
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", text) + b".\r\n"


def _codes(code: int, answer: bytes) -> str:
    """``550 5.1.1``: the numbers alone, as the words may repeat the address."""
    enhanced = re.match(rb"[245]\.\d{1,3}\.\d{1,3}\b", answer)
    return f"{code} {enhanced[0].decode()}" if enhanced else str(code)


def _shut(socket_: socket.socket | None) -> None:
    try:
        if socket_ is not None:
            socket_.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it's closed already
