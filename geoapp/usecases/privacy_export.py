"""Everything about one person in one file: a ZIP of JSON, photos, and a page to read.

For the person themself, by the key of their ticket; or for the city, which has made sure of
who asks. What staff wrote among themselves is only in the city's: it may name others.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import IO, Any
from zoneinfo import ZoneInfo

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.catalogue import City
from geoapp.domain.photo import content_key
from geoapp.domain.privacy import Belonging
from geoapp.errors import NotFound
from geoapp.media.storage import Storage
from geoapp.store import privacy as requests
from geoapp.store import privacy_export as store
from geoapp.store.database import Database, Role
from geoapp.usecases import erasure
from geoapp.usecases.vault import Vault

_IN_MEMORY = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Export:
    """The file, to be read from its beginning, and what to call it."""

    file: IO[bytes]
    name: str
    counts: dict[str, int]


def export_own(
    database: Database,
    vault: Vault,
    storage: Storage,
    city: City,
    ticket: str,
    *,
    secret: str,
    key: str,
) -> Export:
    """One report with its parts, for whoever sent it.

    Raises:
        Forbidden: the key isn't that of the ticket (or there is no such ticket).
    """
    mine = erasure.own(database, city, ticket, secret=secret, key=key)
    return _export(
        database, vault, storage, city, mine,
        by=erasure.CITIZEN, reason="", name=ticket, internal=False,
    )  # fmt: skip


def export_by_city(
    database: Database,
    vault: Vault,
    storage: Storage,
    city: City,
    actor: Actor,
    belongings: Sequence[Belonging],
    *,
    reason: str = "",
) -> Export:
    """Everything of a person who asked the city for it; with what staff wrote of them.

    Raises:
        Forbidden: the actor doesn't administer the city.
    """
    require(actor, Permission.ADMINISTER)
    return export(database, vault, storage, city, belongings, by=actor.label, reason=reason)


def export(
    database: Database,
    vault: Vault,
    storage: Storage,
    city: City,
    belongings: Sequence[Belonging],
    *,
    by: str,
    reason: str,
) -> Export:
    """The same for the command line, whose rights are its login's."""
    name = belongings[0].ticket if len(belongings) == 1 else "data"
    return _export(
        database, vault, storage, city, belongings, by=by, reason=reason, name=name, internal=True
    )


def _export(
    database: Database,
    vault: Vault,
    storage: Storage,
    city: City,
    belongings: Sequence[Belonging],
    *,
    by: str,
    reason: str,
    name: str,
    internal: bool,
) -> Export:
    tickets = [one.ticket for one in belongings if one.contact_id is None]
    followers = [one.contact_id for one in belongings if one.contact_id is not None]
    with database.transaction(Role.WORKER, city.code) as connection:
        reports = store.reports(connection, city.code, tickets, internal=internal)
        contacts = store.contacts(connection, city.code, tickets, followers)
        # A connection that several people share looks like one browser: the city judges.
        supports = store.supports(connection, city.code, tickets) if internal else []
        photos = store.photos(connection, city.code, tickets, internal=internal)
    opened = [_opened(vault, city.code, one) for one in contacts]
    told: dict[str, Any] = {
        "city": {"code": city.code, "name": city.name.local},
        "made_at": database.now(),
        "reports": reports,
        "contacts": opened,
        "supports": supports,
        "photos": [],
    }
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller reads it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for photo in photos:
            path = f"photos/{photo['ticket']}-{photo['position']}.jpg"
            entry = {
                "ticket": photo["ticket"],
                "file": path,
                "sha256": photo["sha256"],
                "with_a_reply": photo["with_a_reply"],
                "by_staff": photo["by_staff"],
                "attached_at": photo["attached_at"],
            }
            try:
                data = storage.get(content_key(photo["sha256"]))
            except NotFound:
                entry["file"] = None
            else:
                archive.writestr(path, data, zipfile.ZIP_STORED)
            told["photos"].append(entry)
        archive.writestr(
            "data.json", json.dumps(told, ensure_ascii=False, indent=1, default=_plain)
        )
        archive.writestr("data.html", page(told, ZoneInfo(city.timezone)))
    file.seek(0)
    counts = {
        "reports": len(reports),
        "contacts": len(contacts),
        "photos": len(photos),
        "supports": len(supports),
    }
    with database.transaction(Role.WORKER, city.code) as connection:
        what = counts | ({"ticket": tickets[0]} if len(tickets) == 1 else {})
        requests.note(connection, city.code, "export", actor=by, reason=reason, data=what)
    return Export(file, f"{city.slug}-{name}.zip", counts)


def _opened(vault: Vault, city_code: str, sealed: dict[str, Any]) -> dict[str, Any]:
    opened = {key: value for key, value in sealed.items() if not key.endswith("_sealed")}
    for name in ("name", "email", "phone"):
        value = sealed[f"{name}_sealed"]
        opened[name] = None if value is None else vault.open(city_code, value)
    return opened


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_WORDS = {
    "title": ("Data Anda", "Your data"),
    "made": ("Dibuat", "Made"),
    "report": ("Laporan", "Report"),
    "contact": ("Kontak yang disimpan", "Contact that is kept"),
    "history": ("Riwayat", "History"),
    "shown": ("Kontak diperlihatkan kepada petugas", "Contact shown to staff"),
    "mails": ("Surat elektronik", "Mails"),
    "photos": ("Foto", "Photos"),
    "supports": ("Aduan yang didukung", "Complaints supported"),
    "hidden": (
        "catatan internal; isinya dapat diminta kepada pemerintah kota",
        "internal note; ask the city for what it says",
    ),
    "none": ("Tidak ada.", "None."),
}
_LABELS = {
    "at": "Waktu / time",
    "kind": "Peristiwa / event",
    "ticket": "Tiket / ticket",
    "service": "Layanan / service",
    "description": "Uraian / description",
    "landmark": "Patokan / landmark",
    "kelurahan": "Kelurahan",
    "kecamatan": "Kecamatan",
    "place": "Letak / place",
    "status": "Status",
    "channel": "Saluran / channel",
    "source": "Sumber / source",
    "external_id": "Nomor sumber / source's number",
    "submitted_at": "Dikirim / submitted",
    "observed_at": "Terlihat / observed",
    "due_at": "Tenggat / due",
    "first_response_at": "Tanggapan pertama / first response",
    "resolved_at": "Selesai / resolved",
    "closed_at": "Ditutup / closed",
    "escalated_at": "Diteruskan ke Ombudsman / escalated",
    "anonymous": "Anonim / anonymous",
    "confidential": "Rahasia / confidential",
    "agency": "Instansi / agency",
    "supporters": "Pendukung / supporters",
    "browser_mark_kept": "Tanda peramban disimpan / browser mark kept",
    "rating": "Penilaian / rating",
    "by": "Oleh / by",
    "to": "Kepada / to",
    "text": "Isi / text",
    "reason": "Alasan / reason",
    "purpose": "Keperluan / purpose",
    "solved": "Dinyatakan selesai / said to be solved",
    "what": "Pemberitahuan / notice",
    "state": "Keadaan / state",
    "created_at": "Disimpan / kept since",
    "sent_at": "Terkirim / sent",
    "role": "Sebagai / as",
    "language": "Bahasa / language",
    "unsubscribed_at": "Berhenti berlangganan / unsubscribed",
    "erased_at": "Dihapus / erased",
    "mails": "Surat terkirim / mails sent",
    "refused": "Menolak semua surat / refuses all mail",
    "name": "Nama / name",
    "email": "Surel / e-mail",
    "phone": "Telepon / phone",
    "supported_at": "Didukung / supported",
    "withdrawn_at": "Ditarik / withdrawn",
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;"
    "color:#1c2733}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;"
    "border-bottom:1px solid #d5dbe1}th{width:14rem;font-weight:600}img{max-width:100%;height:auto}"
    "small{color:#56616c}h2{margin-top:2.5rem}"
)


def page(told: dict[str, Any], zone: ZoneInfo) -> str:
    """The export as a page that needs nothing else: no script, every value escaped."""

    def head(word: str, level: int = 2) -> str:
        local, english = _WORDS[word]
        return f"<h{level}>{local} <small>{english}</small></h{level}>"

    def shown(value: Any) -> str:
        if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
            value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            value = value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
        if isinstance(value, bool):
            value = "ya / yes" if value else "tidak / no"
        if isinstance(value, dict):
            value = ", ".join(f"{key}: {held}" for key, held in value.items() if held is not None)
        return escape(str(value)).replace("\n", "<br>")

    def table(values: dict[str, Any]) -> str:
        order = {key: place for place, key in enumerate(_LABELS)}
        rows = "".join(
            f"<tr><th>{escape(_LABELS.get(key, key))}</th><td>{shown(value)}</td></tr>"
            for key, value in sorted(values.items(), key=lambda pair: order.get(pair[0], 99))
            if value is not None and value != "" and not isinstance(value, list)
        )
        return f"<table>{rows}</table>"

    parts = [
        "<!doctype html><html lang='id'><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width'>",
        f"<title>{_WORDS['title'][0]}</title><style>{_STYLE}</style>",
        head("title", 1),
        f"<p>{escape(told['city']['name'])} · {_WORDS['made'][0]} {shown(told['made_at'])}</p>",
    ]
    for report in told["reports"]:
        parts.append(f"<h2>{_WORDS['report'][0]} {escape(report['ticket'])}</h2>")
        parts.append(table(report))
        parts.append(head("history", 3))
        for event in report["history"]:
            known = {key: value for key, value in event.items() if key != "not_shown"}
            hidden = {"text": " / ".join(_WORDS["hidden"])} if event["not_shown"] else {}
            parts.append(table(known | hidden))
        if report["deliveries"]:
            parts.append(head("mails", 3))
            parts += [table(one) for one in report["deliveries"]]
        parts.append(head("shown", 3))
        parts += [table(one) for one in report["contact_shown"]] or [f"<p>{_WORDS['none'][0]}</p>"]
        pictures = [one for one in told["photos"] if one["ticket"] == report["ticket"]]
        if pictures:
            parts.append(head("photos", 3))
        parts += [
            f"<p><img alt='' src='{escape(one['file'])}'></p>" for one in pictures if one["file"]
        ]
    parts.append(head("contact"))
    parts += [table(one) for one in told["contacts"]] or [f"<p>{_WORDS['none'][0]}</p>"]
    if told["supports"]:
        parts.append(head("supports"))
        parts += [table(one) for one in told["supports"]]
    return "\n".join(parts)
