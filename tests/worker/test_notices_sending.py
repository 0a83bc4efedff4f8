"""What becomes of a mail, whatever the server does and whenever the sender is killed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from geoapp.channels import mail
from geoapp.domain.notice import pause_s
from geoapp.usecases import notices
from geoapp.usecases.posting import Post
from tests.mail_sender import sender, settings_of
from tests.mail_server import DROP, HANG, TAKE
from tests.mail_world import Mails
from tests.servers import free_port
from tests.support import eventually


def at(stage: str, answer: str):
    """A server that answers so at one stage, and takes everything else."""
    return lambda here, _recipient: answer if here == stage else TAKE


def test_a_mail_that_left_is_sent_once(mails: Mails) -> None:
    mails.reported()
    assert len(mails.round()) == 1
    [row] = mails.rows()
    assert (row.state, row.attempts, row.uncertain, row.problem) == ("sent", 1, 0, None)
    assert mails.round() == []


def test_what_the_server_puts_off_is_tried_after_longer_and_longer_pauses(mails: Mails) -> None:
    mails.box.plan = at("rcpt", "451 4.7.1 come back later, siti@contoh.example")
    mails.reported()
    pauses = []
    for _ in range(3):
        mails.round()
        [row] = mails.rows()
        pauses.append(row.due_at - row.tried_at)
        assert (row.state, row.problem) == ("waiting", "later 451 4.7.1")
        mails.soon()
    assert [round(pause.total_seconds()) for pause in pauses] == [60, 120, 240]
    mails.box.plan = lambda _stage, _recipient: TAKE
    assert len(mails.round()) == 1


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (9, 256), (10, 360), (99, 360)])
def test_pauses_double_up_to_six_hours(attempts: int, minutes: int) -> None:
    assert pause_s(attempts) == 60 * minutes


def test_what_the_server_refuses_for_good_is_given_up_with_its_codes_alone(mails: Mails) -> None:
    mails.box.plan = at("rcpt", "550 5.1.1 siti@contoh.example: user unknown")
    mails.reported()
    assert mails.round() == []
    [row] = mails.rows()
    assert (row.state, row.problem) == ("failed", "refused 550 5.1.1")
    mails.soon()
    assert mails.round() == []


@pytest.mark.parametrize("answer", [DROP, HANG])
def test_no_answer_after_the_text_is_counted_and_the_second_copy_has_the_same_id(
    mails: Mails, answer: str
) -> None:
    mails.box.plan = at("text", answer)
    mails.reported()
    mails.round()
    [row] = mails.rows()
    assert (row.state, row.uncertain, row.problem) == ("waiting", 1, "no_answer")
    mails.box.plan = lambda _stage, _recipient: TAKE
    mails.soon()
    mails.round()
    [row] = mails.rows()
    assert (row.state, row.uncertain) == ("sent", 1)
    # it had taken the first one, or it hadn't: nobody but the server knows
    assert list(mails.box.copies().values()) == [2 if answer == DROP else 1]


def test_a_server_that_is_away_costs_no_mail_its_turn(mails: Mails) -> None:
    mails.reported()
    away = replace(mails.settings, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    told = Post(mails.database, away, mails.post.pace)
    mails.look()
    assert told.deliver().trouble == "connect"
    [row] = mails.rows()
    assert (row.state, row.attempts, row.problem) == ("waiting", 0, "connect")
    health = notices.health(mails.database, mails.settings)
    assert (health["state"], health["waiting"]) == ("trouble", 1)
    assert health["last_problem"] == "The mail server can't be reached, or ended the connection."
    # back again: nothing has to wait for a pause to end
    assert len(mails.round()) == 1
    assert notices.health(mails.database, mails.settings)["state"] == "ok"


def test_after_trouble_the_server_is_left_in_peace_for_a_while(mails: Mails) -> None:
    mails.reported()
    mails.look()
    away = replace(mails.settings, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    post = Post(mails.database, away, replace(mails.post.pace, rest_s=3600.0))
    assert post.deliver().trouble == "connect"
    assert post.deliver().trouble is None  # it wasn't even asked


def test_one_mail_on_which_the_server_hangs_does_not_hold_up_the_others(mails: Mails) -> None:
    for number in range(4):
        mails.reported(f"warga{number}@contoh.example")
    mails.box.plan = lambda stage, to: HANG if stage == "rcpt" and "warga0" in to else TAKE
    for _ in range(2):
        mails.round()
    assert sorted(one.recipient for one in mails.box.received) == [
        f"warga{number}@contoh.example" for number in (1, 2, 3)
    ]


def test_what_a_dead_sender_had_in_hand_waits_again_and_is_counted(mails: Mails) -> None:
    mails.reported()
    mails.look()
    mails.execute(
        "UPDATE geoapp.delivery SET state = 'sending', claimed_at = now() - interval '119 s'"
    )
    assert mails.round() == []  # somebody may be at it
    mails.execute("UPDATE geoapp.delivery SET claimed_at = now() - interval '121 s'")
    assert len(mails.round()) == 1
    [row] = mails.rows()
    assert (row.state, row.uncertain) == ("sent", 1)


def test_a_sender_has_given_up_before_it_is_taken_for_dead() -> None:
    # 5 minutes is the limit for what was in a dead sender's hand: two until it is taken for
    # dead, one until the next round, and less than two until procrastinate gives its job back.
    from geoapp.usecases.posting import Pace

    assert Pace().patience.whole < Pace().stale_s <= 120


def test_what_could_not_be_delivered_for_days_is_given_up(mails: Mails) -> None:
    mails.reported()
    mails.look()
    mails.execute(
        "UPDATE geoapp.delivery SET created_at = now() - interval '121 hours',"
        " problem = 'later 451', due_at = now() + interval '1 hour'"
    )
    mails.round()
    [row] = mails.rows()
    assert (row.state, row.problem) == ("failed", "later 451")


def test_an_address_that_does_not_open_waits_for_its_key_and_holds_up_nobody(mails: Mails) -> None:
    mails.reported("siti@contoh.example")
    mails.execute("UPDATE geoapp.contact SET email_sealed = '\\x00112233445566778899'::bytea")
    mails.reported("budi@contoh.example")
    assert [one.recipient for one in mails.round()] == ["budi@contoh.example"]
    assert [(row.state, row.problem) for row in mails.rows()] == [
        ("waiting", "unreadable"),
        ("sent", None),
    ]


def test_every_header_is_there_that_mail_programs_ask_for(mails: Mails) -> None:
    ticket = mails.reported()
    mails.world.act(mails.world.operator, "verify", ticket)
    first, second = mails.round()
    headers = first.message
    assert headers["From"] == "Aduan Kota Jambi <aduan@kota.example>"
    assert headers["To"] == "siti@contoh.example"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"\r\nList-Unsubscribe: <https://aduan.kota.example/u/" in first.content
    assert headers["Auto-Submitted"] == "auto-generated"
    sent_at = headers["Date"].datetime
    assert abs(sent_at - mails.database.now()) < timedelta(minutes=1)
    assert first.message_id != second.message_id
    assert headers["References"] == second.message["References"]  # one thread in a mailbox
    assert headers.get_content_type() == "text/plain"
    assert not headers.is_multipart()


@pytest.mark.parametrize(
    ("address", "arrives_at"),
    [
        ("siti@bücher.example", "siti@xn--bcher-kva.example"),
        ("warga+aduan@contoh.example", "warga+aduan@contoh.example"),
        ("sitî@contoh.example", "sitî@contoh.example"),
    ],
)
def test_addresses_in_other_letters_arrive(mails: Mails, address: str, arrives_at: str) -> None:
    mails.reported(address)
    [got] = mails.round()
    assert got.recipient == arrives_at
    assert got.message["To"] == arrives_at


def test_a_sender_with_letters_of_its_own_is_encoded_as_headers_are() -> None:
    post = mail.sender("Pengaduan Kota Jambi – “Aduan” <aduan@kota.example>")
    notice = mail.Notice(
        kind="received", language="id", city="Jambi", timezone="Asia/Jakarta", ticket="JBI-1",
        is_reporter=True, confidential=False, open=True, follow_url="https://x.example",
        unsubscribe_url="https://x.example/u",
    )  # fmt: skip
    from datetime import UTC, datetime

    message = mail.compose(
        replace(notice, unsubscribe_url=f"https://x.example/u/{'a' * 120}"), to="a@b.example", sender=post, now=datetime(2026, 3, 4, tzinfo=UTC),
        message_id="1@x", thread_id="2@x",
    )  # fmt: skip
    raw = message.as_bytes()
    assert raw.isascii()
    assert f"List-Unsubscribe: <https://x.example/u/{'a' * 120}>\r\n".encode() in raw
    assert b"=?utf-8?" in raw.partition(b"\r\n\r\n")[0]  # RFC 2047
    assert str(message["From"].addresses[0].display_name) == "Pengaduan Kota Jambi – “Aduan”"


@pytest.fixture
def hammered(mails: Mails) -> Mails:
    """The world with settings that a sender in another process has, too."""
    ours = settings_of(mails.box.port)
    return Mails(mails.world, ours, mails.box, Post(mails.database, ours, mails.post.pace))


@pytest.mark.long
def test_killed_in_the_middle_again_and_again_no_mail_is_lost_and_copies_are_counted(
    hammered: Mails,
) -> None:
    """A smaller `make validate-mail`, with kills alone."""
    for number in range(40):
        hammered.reported(f"warga{number}@contoh.example")
    box, database = hammered.box, hammered.database
    for kill in range(6):
        wanted = 6 * kill + 3
        with sender(database.url, box.port, stale_s=0.5):
            eventually(lambda wanted=wanted: len(box.received) >= wanted, what="mails")
    with sender(database.url, box.port, stale_s=0.5):
        eventually(lambda: {row.state for row in hammered.rows()} == {"sent"}, within_s=30)
    rows, copies = hammered.rows(), box.copies()
    assert len(rows) == len(copies) == 40
    for row in rows:
        identity = mail.identity(
            hammered.settings.secret(), "kota.example", "15.71", "delivery", row.id
        )
        assert 1 <= copies[f"<{identity}>"] <= 1 + row.uncertain


@pytest.mark.long
def test_a_sender_that_writes_down_before_it_sends_is_found_out(hammered: Mails) -> None:
    box = hammered.box
    box.plan = lambda stage, to: "451 4.3.0 later" if stage == "rcpt" and "7@" in to else TAKE
    for number in range(10):
        hammered.reported(f"warga{number}@contoh.example")
    with sender(hammered.database.url, box.port, stale_s=0.5, wrong=True):
        eventually(lambda: {row.state for row in hammered.rows()} == {"sent"}, within_s=30)
    assert len(box.copies()) == 9  # the outbox says ten
