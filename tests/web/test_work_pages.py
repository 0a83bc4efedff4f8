from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask_babel import force_locale
from sqlalchemy import text

from geoapp import resources
from geoapp.store.database import Role
from geoapp.web.strings import JS_STRINGS
from geoapp.web.strings_duplicates import DUPLICATES
from geoapp.web.strings_work import WORK_STRINGS, channel_names, role_names
from tests.asking import as_owner
from tests.casework import World
from tests.people import hire, sign_in

HOSTILE = "</p><script>alert(1)</script> '${x}' & \"quoted\""
SCRIPTS = sorted((resources.static() / "js" / "work").rglob("*.js"))


@pytest.fixture(scope="module")
def staff(module_database):
    return World.build(module_database)


@pytest.fixture
def at(module_app, emptied):
    """Asks for a page as somebody: ``at(actor, path)``."""

    def ask(actor, path, **options):
        client = module_app.test_client()
        if actor is not None:
            sign_in(client, actor)
        return client.get(path, **options)

    return ask


def words_of(html: str) -> str:
    """What a reader without scripts sees."""
    visible = re.sub(r"<(script|style|svg|noscript)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", visible)).split())


def facts_of(html: str) -> dict:
    return json.loads(unescape(re.search(r"data-case='([^']*)'", html)[1]))


def test_visitors_are_sent_to_the_door_and_see_nothing(at, staff):
    ticket = staff.new(description="Lubang di depan sekolah")
    for path in ("/agency", "/agency/numbers", "/agency/digest", f"/case/{ticket}"):
        answer = at(None, path)
        assert answer.status_code in {302, 303, 401}
        assert "Lubang di depan sekolah" not in answer.text


def test_a_case_tells_its_facts_without_scripts(at, staff):
    ticket = staff.new(description="Lubang besar", landmark="Dekat pasar", accuracy_m=12.0)
    staff.act(staff.operator, "assign", ticket)
    staff.act(staff.operator, "note", ticket, text="Warga menelepon dua kali")
    staff.act(staff.admin, "answer", ticket, text="Tim kami ke sana Senin.")
    answer = at(staff.admin, f"/case/{ticket}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    said = words_of(answer.text)
    for fact in (
        ticket, "Jalan berlubang", "Lubang besar", "Dekat pasar", "Kel. Jelutung", "Dinas PUPR",
        "Titik berada di dalam Kelurahan Jelutung, 78 m dari batasnya",
        "Ketelitian GPS ±12 m tidak sampai ke batas (78 m)",
        "Warga menelepon dua kali", "Tim kami ke sana Senin.", "Olivia", "Adi",
    ):  # fmt: skip
        assert fact in said
    assert said.index("Tim kami ke sana") < said.index("Warga menelepon")  # newest first


def test_public_and_internal_words_are_told_apart(at, staff):
    ticket = staff.new()
    staff.act(staff.operator, "assign", ticket, agency="dlh", reason="Ada pohon tumbang")
    staff.act(staff.operator, "hold", ticket, reason="Menunggu foto")
    html = at(staff.operator, f"/case/{ticket}").text
    boxes = re.findall(
        r'<div class="said (open|inside)">.*?<p dir="auto">(.*?)</p>', html, re.DOTALL
    )
    assert ("inside", "Ada pohon tumbang") in boxes
    assert ("open", "Menunggu foto") in boxes


def test_history_says_which_way_a_merge_and_a_split_went(at, staff):
    lead, again = staff.new(), staff.new()
    staff.act(staff.operator, "merge", again, lead=lead)
    service = staff.row(lead).service_code
    part = staff.act(staff.operator, "split", lead, service=service, text="Genangan di kiri").other
    said = {
        ticket: words_of(at(staff.operator, f"/case/{ticket}").text)
        for ticket in (lead, again, part)
    }
    assert f"Menerima gabungan {again}" in said[lead]
    assert f"Dipecah menjadi {part}" in said[lead]
    assert f"Digabungkan ke {lead}" in said[again]
    assert said[part].count(f"Pecahan dari {lead}") >= 2  # among the facts and in the history


def test_the_other_language_keeps_what_is_looked_at(at, staff):
    html = at(staff.operator, "/agency?duty=open&group=road&lang=id").text
    link = re.search(r'href="([^"]*)"[^>]*data-lang="en"', html)[1]
    assert unescape(link) == "?duty=open&group=road&lang=en"


def test_history_names_officers_agencies_and_moved_deadlines(at, staff):
    ticket = staff.new()
    staff.act(staff.operator, "assign", ticket)
    staff.act(staff.admin, "give", ticket, officer=staff.officer.account_id)
    staff.act(staff.admin, "hold", ticket, reason="Menunggu bahan")
    assert "bergeser selama jeda" in words_of(at(staff.admin, f"/case/{ticket}").text)
    staff.set(ticket, "hold_since = hold_since - interval '2 days'")
    staff.act(staff.admin, "resume", ticket)
    said = words_of(at(staff.admin, f"/case/{ticket}").text)
    assert "Petugas: Budi" in said
    assert re.search(r"Tenggat pindah dari \S+, .{3,12}, \d\d\.\d\d ke ", said)
    assert "Dilanjutkan: Ditugaskan" in said
    staff.act(staff.admin, "hand_over", ticket, agency="dlh", reason="Pohon tumbang")
    assert "Ditugaskan ke Dinas Lingkungan Hidup" in words_of(
        at(staff.operator, f"/case/{ticket}").text
    )


def test_words_of_people_are_text_and_never_markup(at, staff):
    ticket = staff.new(description=HOSTILE, landmark=HOSTILE)
    staff.act(staff.operator, "note", ticket, text=HOSTILE)
    html = at(staff.operator, f"/case/{ticket}").text
    assert "<script>alert" not in html
    assert words_of(html).count("alert(1)") == 3
    assert facts_of(html)["ticket"] == ticket


def test_everybody_is_offered_what_they_may_do_and_nothing_else(at, staff):
    ticket = staff.new()
    staff.act(staff.operator, "assign", ticket)

    def steps(actor):
        return {action["step"] for action in facts_of(at(actor, f"/case/{ticket}").text)["actions"]}

    assert {"answer", "hold", "merge", "split"} <= steps(staff.operator)
    assert {"answer", "give", "finish"} <= steps(staff.admin)
    assert not {"merge", "split", "reject", "verify"} & steps(staff.admin)
    for onlooker in (staff.head, staff.auditor, staff.city_admin):
        assert steps(onlooker) == set()


def test_what_lies_outside_an_account_is_not_there(at, staff):
    ticket = staff.new()
    stranger = hire(staff.database, "agency_admin", agency="dlh", name="Dewi")
    for who, path in ((stranger, ticket), (staff.admin, "JBI-0000-0000"), (staff.admin, "x" * 300)):
        answer = at(who, f"/case/{path}")
        assert answer.status_code == 404
        assert "Jalan berlubang" not in answer.text


def test_the_live_part_comes_alone(at, staff):
    ticket = staff.new()
    part = at(staff.admin, f"/case/{ticket}?part=live").text
    assert part.lstrip().startswith("<article")
    assert "<script" not in part
    assert facts_of(part) == facts_of(at(staff.admin, f"/case/{ticket}").text)


def test_only_staffs_pages_carry_staffs_words_and_the_form_token(at, staff):
    ours = at(staff.operator, "/agency").text
    assert 'name="csrf-token"' in ours
    assert '"step_verify"' in ours
    for public in ("/", "/report", "/about"):
        theirs = at(staff.operator, public).text
        assert '"step_verify"' not in theirs
        assert 'name="csrf-token"' not in theirs


def test_pages_for_staff_have_no_inline_handlers_or_styles(at, staff):
    ticket = staff.new()
    for path in ("/agency", f"/case/{ticket}", "/agency/numbers?agency=dlh", "/agency/digest"):
        html = at(staff.operator, path).text
        assert not re.findall(r"<[^>]+\s(?:on\w+|style)=", html.split("<script", 1)[0])


def test_a_head_reads_the_figures_of_the_own_agency_alone(at, staff):
    ticket = staff.new()
    staff.act(staff.operator, "assign", ticket)
    other = staff.new()
    staff.act(staff.operator, "assign", other, agency="dlh", reason="Pohon tumbang")
    page = at(staff.head, "/agency/numbers?agency=dlh").text
    said = words_of(page)
    assert "Dinas PUPR, Bina Marga" in said
    assert "Dinas Lingkungan Hidup" not in said
    assert re.search(r'data-code="open">.*?class="value">1<', page, re.DOTALL)
    assert "dari semua aduan terbuka" in said  # formulas stand beside


def test_who_reads_all_agencies_chooses_one(at, staff):
    assert "Pilih instansi." in words_of(at(staff.operator, "/agency/numbers").text)
    said = words_of(at(staff.operator, "/agency/numbers?agency=dlh").text)
    assert "Angka · Dinas Lingkungan Hidup" in said
    answer = at(staff.operator, "/agency/numbers?agency=nonsense&days=x")
    assert "Pilih instansi." in words_of(answer.text)


def test_the_morning_is_told_when_it_came(at, staff):
    assert "Ringkasan belum ada" in words_of(at(staff.head, "/agency/digest").text)
    ticket = staff.new()
    staff.set(ticket, "due_at = now() - :late, status = 'assigned'", late=timedelta(days=2))
    data = {
        "counts": {"overdue": 51, "due_today": 0, "on_hold": 0, "new": 0},
        "lists": {
            "overdue": [
                {
                    "ticket": ticket,
                    "service": "pothole",
                    "status": "assigned",
                    "kelurahan": "Jelutung",
                    "due_at": "2026-11-19T05:00:00+00:00",
                }
            ],
            "due_today": [],
            "on_hold": [],
            "new": [],
        },
    }
    with staff.database.transaction(Role.WORKER, "15.71") as connection:
        connection.execute(
            text(
                "INSERT INTO geoapp.agency_digest (city_code, agency_code, day, data)"
                " VALUES ('15.71', 'pupr_bina_marga', current_date, cast(:data AS jsonb))"
            ),
            {"data": json.dumps(data)},
        )
    said = words_of(at(staff.head, "/agency/digest").text)
    assert f"{ticket} Jalan berlubang Jelutung" in said
    assert "Lewat tenggat (51) · 1 yang paling mendesak" in said
    with as_owner(staff.database) as connection:
        connection.execute(text("TRUNCATE geoapp.agency_digest"))


def test_every_text_that_the_scripts_ask_for_is_there():
    known = {*WORK_STRINGS, *JS_STRINGS, *DUPLICATES}
    asked = {
        (path.name, key)
        for path in SCRIPTS
        for key in re.findall(r"\bt\(\s*'([a-z_]+)'", Path(path).read_text(encoding="utf-8"))
    }
    assert asked
    assert {(name, key) for name, key in asked if key not in known} == set()


def test_no_text_of_staff_hides_one_of_everybody():
    assert set(WORK_STRINGS) & set(JS_STRINGS) == set()


def test_every_text_is_indonesian_in_indonesian(module_app):
    same = {"Kelurahan", "Kecamatan"}
    with module_app.test_request_context("/agency"):
        with force_locale("en"):
            english = {key: str(words) for key, words in WORK_STRINGS.items()}
            english |= role_names() | {"channel_media": channel_names()["media"]}
        with force_locale("id"):
            local = {key: str(words) for key, words in WORK_STRINGS.items()}
            local |= role_names() | {"channel_media": channel_names()["media"]}
    untold = {
        key for key, words in english.items()
        if local[key] == words and words not in same and re.search(r"[a-z]{3}", re.sub(r"{\w+}", "", words))
    }  # fmt: skip
    assert untold <= {"operator", "auditor"}


def test_field_officers_read_cases_of_their_area_but_no_figures(at, staff):
    ticket = staff.new()
    assert at(staff.officer, f"/case/{ticket}").status_code == 200
    assert at(staff.officer, "/agency/numbers").status_code == 403
    elsewhere = hire(
        staff.database, "field_officer", agency="pupr_bina_marga", kelurahan=["15.71.01.1001"]
    )
    assert at(elsewhere, f"/case/{ticket}").status_code == 404
