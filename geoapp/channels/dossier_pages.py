"""The pages of a dossier, from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from geoapp.channels import dossier_map
from geoapp.channels import dossier_words as words
from geoapp.channels.dossier_sheet import ACCENT, INK, LATE, LEFT, QUIET, WIDTH, Sheet

_COLUMNS = (42.0, 50.0, 50.0, 28.0)


def draw(whole: Mapping[str, Any], pictures: Sequence[Path]) -> bytes:
    """The PDF of *whole* (`geoapp.domain.dossier.Dossier` as JSON), with *pictures* (JPEG)."""
    sheet = Sheet(f"{whole['ticket']} · {whole['city']}", whole["timezone"], _texts(whole))
    sheet.set_title(f"{words.HEADINGS['title'][0]} {whole['ticket']}")
    sheet.set_lang("id")
    sheet.set_creation_date(datetime.fromisoformat(whole["made_at"]))
    sheet.add_page()
    _head(sheet, whole)
    _ombudsman(sheet, whole)
    _report(sheet, whole, pictures)
    _place(sheet, whole)
    _promises(sheet, whole)
    _history(sheet, whole, pictures)
    _rating(sheet, whole)
    _proof(sheet, whole)
    _sender(sheet)
    return bytes(sheet.output())


def _texts(value: Any) -> Iterator[str]:
    """Every text in it, for the choice of fonts; and all of ours."""
    yield "·–—…“”ÀÿABCabc0123456789"
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _both(pair: tuple[str, str]) -> str:
    return f"{pair[0]} ({pair[1]})"


def _status(code: str) -> tuple[str, str]:
    return words.STATUS.get(code, (code, code))


def _head(sheet: Sheet, whole: Mapping[str, Any]) -> None:
    sheet.opening(words.HEADINGS["title"], whole["city"])
    sheet.fact(words.LABELS["ticket"], whole["ticket"])
    sheet.fact(words.LABELS["status"], _both(_status(whole["status"])))
    sheet.fact(words.LABELS["made"], sheet.moment(whole["made_at"]))
    if whole["simulated"]:
        sheet.write_text(_both(words.SIMULATED), bold=True, gap=1)


def _ombudsman(sheet: Sheet, whole: Mapping[str, Any]) -> None:
    if whole["ombudsman"] is None or not (whole["escalated_at"] or whole["may_escalate"]):
        return
    name, website, phone = whole["ombudsman"]
    known = {"name": name, "website": website.removeprefix("https://"), "phone": phone}
    sheet.heading(words.HEADINGS["ombudsman"])
    if whole["escalated_at"]:
        moment = sheet.moment(whole["escalated_at"])
        sheet.write_text(words.CHOSEN.format(moment=moment, **known))
        sheet.write_text(words.CHOSEN_EN, size=8.5, colour=QUIET)
    else:
        sheet.write_text(words.OFFERED.format(**known))
        sheet.write_text(words.OFFERED_EN, size=8.5, colour=QUIET)


def _report(sheet: Sheet, whole: Mapping[str, Any], pictures: Sequence[Path]) -> None:
    sheet.heading(words.HEADINGS["report"])
    sheet.fact(words.LABELS["service"], f"{whole['service']} ({whole['service_en']})")
    sheet.fact(words.LABELS["submitted"], sheet.moment(whole["submitted_at"]))
    if whole["observed_at"]:
        sheet.fact(words.LABELS["observed"], sheet.moment(whole["observed_at"]))
    channel = words.CHANNELS.get(whole["channel"])
    sheet.fact(words.LABELS["channel"], _both(channel) if channel else whole["channel"])
    flags = [
        _both(pair)
        for flag, pair in (("confidential", words.CONFIDENTIAL), ("anonymous", words.ANONYMOUS))
        if whole[flag]
    ]
    sheet.fact(words.LABELS["flags"], "\n".join(flags))
    if whole["supporters"]:
        sheet.fact(words.LABELS["supporters"], f"{whole['supporters']} warga lain")
    sheet.ln(1)
    sheet.write_text(whole["description"], size=11, gap=2)
    sheet.pictures(whole["own_photos"], pictures, whole["photos"])


def _place(sheet: Sheet, whole: Mapping[str, Any]) -> None:
    if not whole["kelurahan"] and whole["lon"] is None:
        return
    if whole["areas"] and sheet.will_page_break(dossier_map.TALL + 48):
        sheet.add_page()  # a map stays with what it is of
    sheet.heading(words.HEADINGS["place"])
    sheet.fact(words.LABELS["kelurahan"], whole["kelurahan"])
    sheet.fact(words.LABELS["kecamatan"], whole["kecamatan"])
    sheet.fact(words.LABELS["landmark"], whole["landmark"])
    if whole["lon"] is not None:
        sheet.fact(words.LABELS["position"], f"{whole['lat']:.6f}, {whole['lon']:.6f}")
    if whole["areas"]:
        sheet.ln(1)
        dossier_map.draw(sheet, whole["areas"], whole["lon"], whole["lat"])
        told = _both(words.APPROXIMATE) if whole["approximate"] else whole["boundaries"]
        if told:
            sheet.write_text(f"{words.BOUNDARIES}: {told}", size=8, colour=QUIET)


def _promises(sheet: Sheet, whole: Mapping[str, Any]) -> None:
    sheet.heading(words.HEADINGS["who"])
    sheet.fact(words.LABELS["agency"], whole["agency"])
    if not whole["promises"]:
        return
    sheet.row([f"{one} / {other}" for one, other in words.COLUMNS], _COLUMNS, bold=True)
    for promise in whole["promises"]:
        verdict = promise["verdict"]
        bad = verdict in {"late", "overdue"}
        sheet.row(
            [
                words.PROMISES[promise["what"]][0],
                sheet.moment(promise["due_at"], weekday=False),
                sheet.moment(promise["done_at"], weekday=False),
                words.VERDICTS[verdict][0],
            ],
            _COLUMNS,
            colours=[INK, INK, INK, LATE if bad else INK],
        )
    sheet.ln(1)


def _history(sheet: Sheet, whole: Mapping[str, Any], pictures: Sequence[Path]) -> None:
    sheet.heading(words.HEADINGS["history"])
    for number, entry in enumerate(whole["history"], start=1):
        if sheet.will_page_break(18):
            sheet.add_page()
        title, english = _entry(entry)
        colour = ACCENT if entry["own"] else INK
        sheet.write_text(f"{number}. {title}", bold=True, colour=colour)
        sheet.write_text(
            f"{sheet.moment(entry['at'])} · {english}", size=8.5, colour=QUIET, indent=5
        )
        if entry["words"]:
            sheet.write_text(entry["words"], indent=5)
        if entry["authority"]:
            sheet.write_text(words.PASSED_ON.format(authority=entry["authority"]), indent=5)
        if entry["due_after"]:
            told = words.NEW_DUE.format(
                after=sheet.moment(entry["due_after"]), before=sheet.moment(entry["due_before"])
            )
            sheet.write_text(told, size=9, indent=5)
        if entry["photos"]:
            sheet.ln(1)
            sheet.pictures(entry["photos"], pictures, whole["photos"])
        sheet.ln(2)
    if whole["left_out"]:
        sheet.write_text(words.LEFT_OUT.format(count=whole["left_out"]), size=9, colour=QUIET)


_ENTRIES = {
    "answer": words.ANSWER,
    "reply": words.REPLY,
    "rating": words.RATED,
    "escalated": words.ESCALATED,
    "assignment": words.HANDLED_BY,
    "deadline": words.MOVED,
}


def _entry(entry: Mapping[str, Any]) -> tuple[str, str]:
    """What an entry is called, in both languages."""
    if entry["kind"] == "reply" and entry["solved"]:
        return words.AGREED
    found = _ENTRIES.get(entry["kind"])
    if found is None:
        return _status(entry["status"] or "submitted")
    known = {"stars": entry["stars"], "agency": entry["agency"]}
    return found[0].format(**known), found[1].format(**known)


def _rating(sheet: Sheet, whole: Mapping[str, Any]) -> None:
    if whole["stars"] is None:
        return
    sheet.heading(words.HEADINGS["rating"])
    sheet.write_text(f"{whole['stars']} dari 5 bintang", bold=True)
    if whole["rating_words"]:
        sheet.write_text(whole["rating_words"])


def _proof(sheet: Sheet, whole: Mapping[str, Any]) -> None:
    sheet.heading(words.HEADINGS["proof"])
    sheet.write_text(words.SEALED.format(address=whole["seals_at"]), size=9)
    sheet.write_text(words.SEALED_EN, size=8.5, colour=QUIET, gap=1.5)
    for seal in whole["seals"]:
        moment = sheet.moment(seal["sealed_at"], weekday=False)
        sheet.write_text(words.SEAL.format(number=seal["number"], moment=moment), size=8.5)
        sheet.write_text(seal["hash"], size=7.5, colour=QUIET, indent=5)
    sheet.ln(1.5)
    for number, entry in enumerate(whole["history"], start=1):
        told = words.ENTRY.format(
            number=number,
            moment=sheet.moment(entry["at"], weekday=False),
            seal=words.NOT_SEALED
            if entry["seal"] is None
            else words.IN_SEAL.format(number=entry["seal"]),
        )
        sheet.write_text(told, size=8.5)
        if entry["digest"]:
            sheet.write_text(entry["digest"], size=7.5, colour=QUIET, indent=5)


def _sender(sheet: Sheet) -> None:
    """Lines to write on by hand: who it was isn't printed."""
    if sheet.will_page_break(20 + 11 * len(words.SENDER_LINES)):
        sheet.add_page()
    sheet.heading(words.HEADINGS["sender"])
    for line in words.SENDER_LINES:
        sheet.ln(6)
        sheet.set_font("base", "", 9)
        sheet.set_text_color(*QUIET)
        sheet.set_x(LEFT)
        sheet.cell(48, 5, line)
        sheet.line(LEFT + 50, sheet.get_y() + 4.5, LEFT + WIDTH, sheet.get_y() + 4.5)
        sheet.ln(5)
