"""What is told to whom: one mail for each event and person, and nothing to anybody else."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from geoapp.usecases import mail_links, notices, replies
from tests.mail_world import Mails, told


def test_a_report_is_confirmed_with_its_ticket_its_secret_link_who_acts_and_by_when(
    mails: Mails,
) -> None:
    ticket = mails.reported("siti@contoh.example")
    [mail] = mails.round()
    assert mail.recipient == "siti@contoh.example"
    assert mail.message["Subject"] == f"Laporan {ticket} sudah diterima"
    words = told(mail)
    key = replies.follow_key(mails.settings.secret(), "15.71", ticket)
    assert f"https://aduan.kota.example/c/{ticket}#kunci={key}" in words
    assert "Ditangani: Dinas PUPR, Bina Marga" in words
    row = mails.world.row(ticket)
    # Jambi is seven hours ahead of UTC all year.
    due = row.due_at.astimezone(UTC) + timedelta(hours=7)
    assert f"{due:%H.%M} WIB" in words
    assert "https://aduan.kota.example/u/" in words
    assert "Lubang besar" not in words  # nobody's words travel by our hand


@pytest.mark.parametrize(("language", "expected"), [("id", "Terima kasih"), ("en", "Thank you")])
def test_a_mail_speaks_the_language_of_its_reader(
    mails: Mails, language: str, expected: str
) -> None:
    mails.reported(language=language)
    [mail] = mails.round()
    assert told(mail).startswith(expected)
    assert mail.message["Content-Language"] == language
    # and so do the pages it leads to
    assert told(mail).count("?lang=en") == (2 if language == "en" else 0)


def test_the_life_of_a_report_is_told_step_by_step_and_what_was_done_once(mails: Mails) -> None:
    world = mails.world
    ticket = mails.reported()
    world.act(world.operator, "verify", ticket)
    world.act(world.operator, "assign", ticket)
    world.act(world.officer, "take", ticket)
    world.act(world.officer, "start", ticket)
    world.act(world.admin, "answer", ticket, text="Besok kami datang.")
    world.act(world.admin, "note", ticket, text="CATATAN-DALAM")
    world.act(world.admin, "hold", ticket, reason="Menunggu aspal.")
    world.act(world.admin, "resume", ticket)
    world.act(world.officer, "finish", ticket, text="Lubang sudah ditambal.")
    world.act(world.operator, "close", ticket)
    arrived = mails.round()
    assert [row.kind for row in mails.rows()] == [
        "received", "verified", "assigned", "in_progress", "answer", "on_hold", "resumed",
        "resolved", "closed",
    ]  # fmt: skip
    words = {row.kind: told(mail) for row, mail in zip(mails.rows(), arrived, strict=True)}
    assert "| Besok kami datang." in words["answer"]
    assert "| Menunggu aspal." in words["on_hold"]
    assert "| Lubang sudah ditambal." in words["resolved"]
    assert "penilaian" in words["closed"]
    assert not any("CATATAN-DALAM" in text for text in words.values())
    assert mails.round() == []


def test_who_follows_is_told_the_same_without_the_key(mails: Mails) -> None:
    world = mails.world
    ticket = mails.reported("siti@contoh.example")
    mails.follow(ticket, "budi@contoh.example", language="en")
    mails.follow(ticket, "budi@contoh.example", language="en")  # asked twice, told once
    world.act(world.operator, "verify", ticket)
    arrived = mails.round()
    to_budi = [mail for mail in arrived if mail.recipient == "budi@contoh.example"]
    assert [mail.message["Subject"] for mail in to_budi] == [
        f"You follow report {ticket}",
        f"Report {ticket} has been checked",
    ]
    key = replies.follow_key(mails.settings.secret(), "15.71", ticket)
    assert not any(key in told(mail) or "kunci" in told(mail) for mail in to_budi)
    assert not any("siti" in told(mail) for mail in to_budi)


def test_followers_hear_nothing_of_a_report_that_turns_private_even_of_what_was_before(
    mails: Mails,
) -> None:
    world = mails.world
    ticket = mails.reported("siti@contoh.example")
    mails.follow(ticket, "budi@contoh.example")
    mails.round()
    world.act(world.operator, "verify", ticket)
    mails.look()  # rows of the verification are made, nothing is sent yet
    world.act(world.operator, "confidential", ticket, reason="Menyebut nama orang")
    world.act(world.operator, "assign", ticket)
    arrived = mails.round()
    assert {mail.recipient for mail in arrived} == {"siti@contoh.example"}
    assert ("verified", "dropped") in mails.kinds()
    # and its own sender's mails say nothing that a stranger at the screen might read
    row = mails.world.row(ticket)
    for mail in arrived:
        words = told(mail)
        assert f"Kabar tentang laporan {ticket}" in mail.message["Subject"]
        assert "Dinas PUPR" not in words
        assert "Jelutung" not in words
    assert row.confidential


def test_a_confidential_report_is_confirmed_without_a_word_of_what_it_is(mails: Mails) -> None:
    ticket = mails.reported(confidential=True)
    [mail] = mails.round()
    words = told(mail)
    assert f"Laporan: {ticket}" in words
    for private in ("Jalan", "berlubang", "Dinas PUPR", "Jelutung", "Tenggat", "Target"):
        assert private not in words.split("--")[0].replace("Laporan rahasia", "")


def test_who_reported_what_was_merged_hears_of_the_one_it_goes_on_with(mails: Mails) -> None:
    world = mails.world
    lead, other = mails.reported("siti@contoh.example"), mails.reported("budi@contoh.example")
    world.act(world.operator, "merge", other, lead=lead)
    mails.round()
    world.act(world.operator, "verify", lead)
    world.act(world.operator, "assign", lead)
    arrived = mails.round()
    to_budi = [told(mail) for mail in arrived if mail.recipient == "budi@contoh.example"]
    assert len(to_budi) == 2
    for words in to_budi:
        assert f"Laporan Anda {other} digabung dengan {lead}" in words
        assert f"/c/{lead}\n" in words  # the page that everybody sees
        assert "#kunci=" not in words
    # nobody is told twice who is in both
    mails.follow(lead, "budi@contoh.example")
    mails.round()
    world.act(world.officer, "start", lead)
    assert sorted(mail.recipient for mail in mails.round()) == [
        "budi@contoh.example",
        "siti@contoh.example",
    ]


def test_a_deadline_that_passed_is_told_once_with_whom_to_turn_to(mails: Mails) -> None:
    ticket = mails.reported()
    mails.round()
    mails.execute("UPDATE geoapp.contact SET created_at = now() - interval '9 days'")
    mails.execute("UPDATE geoapp.notice_cursor SET mail_since = now() - interval '9 days'")
    mails.world.set(ticket, "due_at = now() - interval '1 hour'")
    [mail] = mails.round()
    assert "melewati tenggat" in mail.message["Subject"]
    ombudsman = mails.world.city.ombudsman
    assert ombudsman is not None
    assert ombudsman.name.local in told(mail)
    assert ombudsman.website in told(mail)
    assert mails.round() == []
    # and once more when another one passes
    mails.world.act(mails.world.operator, "verify", ticket)
    mails.execute("UPDATE geoapp.complaint SET status = 'closed'")
    mails.world.act(mails.world.operator, "reopen", ticket, reason="Belum selesai")
    mails.world.set(ticket, "due_at = now() - interval '1 minute'")
    kinds = [row.kind for row in mails.rows()] if not mails.round() else []
    assert [row.kind for row in mails.rows()].count("overdue") == 2, kinds


def test_a_deadline_of_before_there_was_mail_is_told_to_nobody(mails: Mails) -> None:
    ticket = mails.reported()
    mails.round()
    mails.execute("UPDATE geoapp.contact SET created_at = now() - interval '9 days'")
    mails.world.set(ticket, "due_at = now() - interval '1 hour'")
    assert mails.round() == []


def test_without_a_mail_server_nothing_is_kept_for_later(mails: Mails, settings) -> None:
    mails.reported()
    assert notices.look(mails.database, settings) == 0
    assert not notices.offered(settings, mails.world.city)
    # a server is set: what happened before is not told, what happens now is
    assert mails.round() == []
    mails.reported("budi@contoh.example")
    assert [mail.recipient for mail in mails.round()] == ["budi@contoh.example"]


def test_an_event_that_a_running_transaction_hides_is_told_when_it_has_ended(mails: Mails) -> None:
    from sqlalchemy import text

    mails.round()
    # A transaction with a lower number that is still running: what commits later isn't read yet.
    with mails.database.engine.connect() as slow, slow.begin():
        slow.execute(text("SELECT pg_current_xact_id()"))
        mails.reported()
        assert mails.round() == []
    assert len(mails.round()) == 1


def test_nothing_a_citizen_or_an_officer_writes_becomes_a_header(mails: Mails) -> None:
    world = mails.world
    ticket = mails.reported(description="Lubang\r\nBcc: korban@contoh.example\r\n\r\nx")
    mails.round()
    world.act(world.admin, "answer", ticket, text="Baik\r\nBcc: korban@contoh.example\r\n.\r\nQUIT")
    [mail] = mails.round()
    assert mail.message["Bcc"] is None
    assert "| Bcc: korban@contoh.example" in told(mail)
    assert "| ." in told(mail)


def test_one_address_gets_only_so_many_mails_that_it_did_not_ask_for(mails: Mails) -> None:
    for _ in range(12):
        mails.follow(mails.reported("orang@contoh.example"), "korban@contoh.example")
    arrived = mails.round()
    per = {
        who: sum(mail.recipient == who for mail in arrived)
        for who in ("orang@contoh.example", "korban@contoh.example")
    }
    # docs/mail.md: ten confirmations within 24 hours
    assert per == {"orang@contoh.example": 10, "korban@contoh.example": 10}
    assert [row.problem for row in mails.rows() if row.state == "dropped"] == ["too_many"] * 4


def test_beyond_a_days_number_other_mails_wait_for_the_next_day(mails: Mails) -> None:
    mails.reported()
    mails.round()
    # docs/mail.md: forty mails within 24 hours
    mails.execute(
        "INSERT INTO geoapp.delivery (city_code, complaint_id, event_id, contact_id, kind, state,"
        " sent_at) SELECT city_code, complaint_id, 100000 + n, contact_id, 'answer', 'sent', now()"
        " FROM geoapp.delivery CROSS JOIN generate_series(1, 39) AS n"
    )
    world = mails.world
    ticket = mails.rows()[0].ticket
    world.act(world.operator, "verify", ticket)
    assert mails.round() == []
    assert mails.rows()[-1].state == "waiting"
    mails.execute(
        "UPDATE geoapp.delivery SET sent_at = now() - interval '25 hours' WHERE sent_at IS NOT NULL"
    )
    mails.soon()
    assert len(mails.round()) == 1


def test_links_lead_to_the_city_whose_complaint_it_is(mails: Mails) -> None:
    from dataclasses import replace

    settings, city = mails.settings, mails.world.city
    plain = mail_links.ticket_url(settings, city, "JBI-1")
    assert plain == (
        "https://aduan.kota.example/c/JBI-1"
        if city.unprefixed
        else f"https://aduan.kota.example/{city.slug}/c/JBI-1"
    )
    slugged = replace(settings, default_city="elsewhere", public_url="http://kota.example/")
    assert mail_links.site_url(slugged, city) == f"http://kota.example/{city.slug}"
    hosted = replace(city, host="aduan.jambi.example")
    assert mail_links.site_url(settings, hosted) == "https://aduan.jambi.example"
