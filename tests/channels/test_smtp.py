"""Handing mails over to a real server that takes them, refuses them, hangs, drops, lies."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from geoapp.channels import smtp
from geoapp.errors import SettingsError
from tests.mail_server import DROP, HANG, TAKE, Box, mail_server
from tests.servers import free_port

SENDER = "aduan@kota.example"
QUICK = smtp.Patience(connect=2.0, command=0.5, text=0.5, whole=1.5)


def mail(text: str = "Halo\n", to: str = "warga@contoh.example") -> EmailMessage:
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"], message["To"], message["Subject"] = SENDER, to, "Laporan"
    message["Message-ID"] = "<1@kota.example>"
    message.set_content(text)
    return message


def hand_over(box: Box, *, to: str = "warga@contoh.example", text: str = "Halo\n") -> None:
    server = smtp.parse(f"smtp://127.0.0.1:{box.port}")
    with smtp.connect(server, name="kota.example", patience=QUICK) as outlet:
        outlet.send(mail(text), sender=SENDER, recipient=to)


def test_a_mail_arrives_as_it_was_written_dots_and_long_lines_included() -> None:
    text = (
        ".\n..dua titik\nGorong-gorong “tersumbat” di Jalan É\n" + "panjang " * 400 + "\n.akhir\n"
    )
    with mail_server() as box:
        hand_over(box, text=text)
    [got] = box.received
    assert (got.sender, got.recipient) == (SENDER, "warga@contoh.example")
    assert got.message.get_content().replace("\r\n", "\n") == text
    # RFC 5321: at most 998 characters before the line's end, and no lone CR or LF
    lines = got.content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not set(b"".join(lines)) & set(b"\r\n")


def test_several_mails_go_over_one_connection() -> None:
    with (
        mail_server() as box,
        smtp.connect(
            smtp.parse(f"smtp://127.0.0.1:{box.port}"), name="kota.example", patience=QUICK
        ) as outlet,
    ):
        for number in range(3):
            outlet.send(mail(), sender=SENDER, recipient=f"w{number}@contoh.example")
    assert len(box.received) == 3
    assert box.connections == 1


@pytest.mark.parametrize(
    ("stage", "answer", "raised", "told"),
    [
        ("rcpt", "450 4.2.1 mailbox busy: warga@contoh.example", smtp.TryLater, "later 450 4.2.1"),
        ("rcpt", "550 5.1.1 no such user warga", smtp.RefusedForGood, "refused 550 5.1.1"),
        ("text", "451 4.7.1 greylisted", smtp.TryLater, "later 451 4.7.1"),
        ("text", "554 5.7.1 spam", smtp.RefusedForGood, "refused 554 5.7.1"),
        ("mail", "451 4.3.2 busy", smtp.ServerTrouble, "server 451 4.3.2"),
        ("mail", "550 5.7.1 we do not know you", smtp.ServerTrouble, "server 550 5.7.1"),
        ("rcpt", "421 4.3.2 shutting down", smtp.ServerTrouble, "server 421 4.3.2"),
        ("rcpt", "530 5.7.0 sign in first", smtp.ServerTrouble, "server 530 5.7.0"),
        ("rcpt", HANG, smtp.ServerTrouble, "timeout"),
        ("mail", DROP, smtp.ServerTrouble, "connect"),
        ("text", HANG, smtp.MayHaveArrived, "no_answer"),
        ("text", DROP, smtp.MayHaveArrived, "no_answer"),
    ],
)
def test_what_the_server_does_is_told_by_our_word_and_its_numbers_never_by_its_text(
    stage: str, answer: str, raised: type[smtp.MailProblem], told: str
) -> None:
    box = Box(plan=lambda at, _recipient: answer if at == stage else TAKE)
    with mail_server(box), pytest.raises(raised) as caught:
        hand_over(box)
    assert type(caught.value) is raised
    assert str(caught.value) == told


def test_a_refused_mail_does_not_spoil_the_connection_for_the_next() -> None:
    box = Box(plan=lambda at, to: "550 5.1.1 no" if at == "rcpt" and to.startswith("x") else TAKE)
    with (
        mail_server(box),
        smtp.connect(
            smtp.parse(f"smtp://127.0.0.1:{box.port}"), name="kota.example", patience=QUICK
        ) as outlet,
    ):
        with pytest.raises(smtp.RefusedForGood):
            outlet.send(mail(), sender=SENDER, recipient="x@contoh.example")
        outlet.send(mail(), sender=SENDER, recipient="y@contoh.example")
    assert [one.recipient for one in box.received] == ["y@contoh.example"]
    assert box.connections == 1


def test_nobody_there_is_trouble_and_no_mails_fault() -> None:
    with (
        pytest.raises(smtp.ServerTrouble, match="connect"),
        smtp.connect(
            smtp.parse(f"smtp://127.0.0.1:{free_port()}"), name="kota.example", patience=QUICK
        ),
    ):
        pass


@pytest.mark.parametrize(
    "recipient",
    ["a@b.example\r\nDATA", "a@b.example\nRCPT TO:<c@d.example>", "a\0@b.example"],
)
def test_no_address_carries_a_second_command(recipient: str) -> None:
    with mail_server() as box:
        with pytest.raises(smtp.RefusedForGood):
            hand_over(box, to=recipient)
        assert box.received == []


def test_an_address_in_other_letters_needs_a_server_that_knows_them() -> None:
    with mail_server() as box:
        hand_over(box, to="pengguna-ü@contoh.example")
    assert [one.recipient for one in box.received] == ["pengguna-ü@contoh.example"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and key for 127.0.0.1, signed by themselves."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36_500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def offering(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def known(_server: object, _session: object, _envelope: object, _mechanism: str, data: object):
    right = isinstance(data, LoginPassword) and data.password == b"rahasia:/@"
    return AuthResult(success=right, handled=False)


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_the_connection_is_secured_and_signed_in_as_the_address_says(
    certificate: Path, way: str
) -> None:
    more = {"authenticator": known}
    context = offering(certificate)
    with mail_server(tls=context, implicit=way == "tls", **more, auth_require_tls=False) as box:
        kind = "smtps" if way == "tls" else "smtp"
        start = "&starttls=1" if way == "starttls" else ""
        url = f"{kind}://aduan:rahasia%3A%2F%40@127.0.0.1:{box.port}?ca={certificate}{start}"
        with smtp.connect(smtp.parse(url), name="kota.example", patience=QUICK) as outlet:
            outlet.send(mail(), sender=SENDER, recipient="warga@contoh.example")
        assert len(box.received) == 1
        wrong = smtp.parse(url.replace("rahasia", "salah"))
        with (
            pytest.raises(smtp.ServerTrouble, match="sign_in 535"),
            smtp.connect(wrong, name="kota.example", patience=QUICK),
        ):
            pass
        stranger = smtp.parse(url.replace(f"ca={certificate}", ""))
        with (
            pytest.raises(smtp.ServerTrouble, match="tls"),
            smtp.connect(stranger, name="kota.example", patience=QUICK),
        ):
            pass


def test_a_server_that_cannot_secure_the_connection_gets_nothing() -> None:
    with mail_server() as box:
        server = smtp.parse(f"smtp://127.0.0.1:{box.port}?starttls=1")
        with (
            pytest.raises(smtp.ServerTrouble, match="tls not offered"),
            smtp.connect(server, name="kota.example", patience=QUICK),
        ):
            pass


def test_the_address_of_the_server_is_read_with_its_usual_ports() -> None:
    assert smtp.parse("smtp://mail.example").port == 25
    assert smtp.parse("smtp://mail.example?starttls=1").port == 587
    assert smtp.parse("smtps://mail.example").port == 465
    read = smtp.parse("smtp://u%40x:p%2Fw@mail.example:2525?starttls=1")
    assert (read.user, read.password, read.port) == ("u@x", "p/w", 2525)


@pytest.mark.parametrize(
    "url",
    ["http://mail.example", "mail.example", "smtp://", "smtp://user:SECRET@mail.example",
     "smtp://mail.example?starttls=1&verify=0", "smtp://mail.example:port",
     "smtps://mail.example?ca=/nowhere/ca.pem"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_told_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        smtp.parse(url)
    assert "SECRET" not in str(caught.value)


def test_a_server_that_drips_its_answer_is_left_after_the_whole_time() -> None:
    def drip(listener: socket.socket, ended: threading.Event) -> None:
        connection, _address = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"220 here\r\n")
            connection.recv(1000)
            connection.sendall(b"250 kota\r\n")
            connection.recv(1000)
            while not ended.wait(0.1):  # each line well within a command's patience
                connection.sendall(b"250-wait\r\n")

    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener, ended))
        thread.start()
        server = smtp.parse(f"smtp://127.0.0.1:{listener.getsockname()[1]}")
        try:
            with (
                pytest.raises(smtp.ServerTrouble),
                smtp.connect(server, name="kota.example", patience=QUICK) as outlet,
            ):
                outlet.send(mail(), sender=SENDER, recipient="warga@contoh.example")
        finally:
            ended.set()
            thread.join(10)
    assert not thread.is_alive()
