"""An agency's figures, each with its formula in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.casework import Figure, WholeAgency
from geoapp.domain.catalogue import City
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.store import numbers
from geoapp.store.database import Database, Role

DEFAULT_DAYS = 30
MAX_DAYS = 3660

FORMULAS: dict[str, dict[str, str]] = {
    "received": {
        "id": "Aduan yang diterima dalam periode. Disisihkan: di antaranya yang kini diarsipkan"
        " atau duplikat.",
        "en": "Complaints received in the period. Set aside: those of them that are now rejected"
        " or duplicates.",
    },
    "open": {
        "id": "Aduan yang belum selesai saat ini, kapan pun diterima, termasuk yang ditunda.",
        "en": "Complaints that aren't finished now, whenever they came, those on hold included.",
    },
    "overdue": {
        "id": "Aduan terbuka yang melewati tenggat penyelesaian saat ini, dari semua aduan"
        " terbuka; yang ditunda tidak dihitung lewat tenggat.",
        "en": "Open complaints past their resolution deadline now, out of all open ones; those"
        " on hold don't count as overdue.",
    },
    "verify_late": {
        "id": "Aduan terbuka yang belum diverifikasi dan melewati tenggat verifikasinya saat ini,"
        " dari semua aduan terbuka; yang ditunda tidak dihitung lewat tenggat.",
        "en": "Open complaints not verified yet and past their verification deadline now, out"
        " of all open ones; those on hold don't count as overdue.",
    },
    "answer_late": {
        "id": "Aduan terbuka tanpa tanggapan pertama yang melewati tenggat tanggapannya saat ini,"
        " dari semua aduan terbuka; yang ditunda tidak dihitung lewat tenggat.",
        "en": "Open complaints without a first answer and past its deadline now, out of all open"
        " ones; those on hold don't count as overdue.",
    },
    "median_first_response": {
        "id": "Waktu sampai separuh dari aduan yang masuk dalam periode mendapat tanggapan"
        " pertama. Yang masih menunggu ikut dihitung selama ia sudah menunggu. Dihitung dari"
        " aduan yang sudah ditanggapi atau masih terbuka; kosong selama lebih dari separuh masih"
        " menunggu.",
        "en": "Time until half of the complaints received in the period had their first"
        " answer. Those that still wait count with the time waited so far. Made from complaints"
        " that were answered or are still open; empty while more than half still wait.",
    },
    "p90_first_response": {
        "id": "Waktu sampai sembilan dari sepuluh aduan yang masuk dalam periode mendapat"
        " tanggapan pertama, dihitung seperti median; kosong selama lebih dari sepersepuluh masih"
        " menunggu.",
        "en": "Time until nine in ten of the complaints received in the period had their first"
        " answer, reckoned like the median; empty while more than a tenth still wait.",
    },
    "oldest_open": {
        "id": "Umur aduan terbuka yang paling lama, sejak diterima.",
        "en": "Age of the open complaint that waits longest, since it was received.",
    },
    "answered_in_time": {
        "id": "Tanggapan pertama sebelum tenggatnya, dari semua aduan yang ditanggapi dalam"
        " periode atau tenggat tanggapannya lewat dalam periode tanpa tanggapan. Tanpa yang"
        " ditunda sebelum tenggatnya, diarsipkan, duplikat, atau bukan wewenang selagi belum"
        " ditanggapi.",
        "en": "First answers given by their deadline, out of complaints answered in the period, or"
        " whose answer fell due in it and is missing. Without those put on hold"
        " before it, rejected, duplicate or out of authority that weren't answered.",
    },
    "followed_up": {
        "id": "Aduan dengan tindak lanjut nyata (tanggapan substantif atau penyelesaian; tanggapan"
        " normatif saja tidak dihitung), dari aduan yang masuk dalam periode, tanpa arsip dan"
        " duplikat.",
        "en": "Complaints with a real follow-up (a substantive answer or a resolution; a"
        " normative answer alone doesn't count), out of complaints received in the period,"
        " without rejected ones and duplicates.",
    },
    "resolved_in_time": {
        "id": "Diselesaikan sebelum tenggat, dari semua aduan yang diselesaikan dalam periode atau"
        " tenggatnya lewat dalam periode tanpa penyelesaian. Tanpa arsip dan duplikat; yang"
        " belum selesai juga tanpa yang ditunda sebelum tenggatnya dan bukan wewenang.",
        "en": "Resolved by the deadline, out of complaints resolved in the period, or whose"
        " deadline passed in it without a resolution. Without rejected ones and duplicates; of the"
        " unresolved also without those put on hold before it or out of authority.",
    },
    "reopened": {
        "id": "Aduan yang pernah dibuka kembali, dari aduan yang masuk dalam periode dan pernah"
        " dinyatakan selesai.",
        "en": "Complaints reopened at least once, out of complaints received in the period that"
        " were resolved at least once.",
    },
}
"""What each figure is made of; shown beside it."""


@dataclass(frozen=True, slots=True)
class AgencyNumbers:
    """Figures over whole days of the city, *since* to *until* both included, as of *now*."""

    agency_code: str
    since: date
    until: date
    now: datetime
    figures: tuple[Figure, ...]


def of_agency(
    database: Database,
    city: City,
    actor: Actor,
    agency: str,
    *,
    since: date | None = None,
    until: date | None = None,
) -> AgencyNumbers:
    """The figures of *agency*; over the last `DEFAULT_DAYS` days when no period is given.

    Raises:
        Forbidden: the actor doesn't read all that the agency has; a part of it would give
            other figures under the same name.
        InvalidInput: the period ends before it begins, or is too long.
    """
    require(actor, Permission.READ_NUMBERS, WholeAgency(agency))
    now = database.now()
    zone = ZoneInfo(city.timezone)
    until = until or now.astimezone(zone).date()
    since = since or until - timedelta(days=DEFAULT_DAYS - 1)
    if not timedelta(0) <= until - since < timedelta(days=MAX_DAYS):
        raise InvalidInput(
            "The period can't be used.",
            f"Give since and until as days, in this order, at most {MAX_DAYS} of them.",
            [FieldProblem("until", "lies before since, or too far from it", until.isoformat())],
        )
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        found = numbers.figures(
            connection,
            city.code,
            agency,
            since=datetime.combine(since, time(), zone),
            until=datetime.combine(until + timedelta(days=1), time(), zone),
            now=now,
        )
    return AgencyNumbers(agency, since, until, now, tuple(found))
