"""A breach of personal data: what the law wants told, within which time, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

NOTICE = timedelta(hours=72)
"""3 x 24 hours (UU 27/2022, article 46): people and the authority are told in writing."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach as it is recorded; *told* is what was found (see `geoapp.usecases.breach`)."""

    number: int
    recorded_at: datetime
    by: str
    by_name: str | None
    what: str
    told: Mapping[str, Any]

    @property
    def discovered_at(self) -> datetime:
        """When somebody knew of it."""
        return datetime.fromisoformat(self.told["discovered_at"])

    @property
    def deadline(self) -> datetime:
        """By when people and the authority must have been told."""
        return self.discovered_at + NOTICE

    @property
    def since(self) -> datetime:
        """When the account or key came into the wrong hands, as far as is known."""
        return datetime.fromisoformat(self.told["since"])

    @property
    def until(self) -> datetime:
        """When that ended."""
        return datetime.fromisoformat(self.told["until"])

    def left(self, now: datetime) -> timedelta:
        """Time until the deadline; negative when it has passed."""
        return self.deadline - now


CATEGORIES = {
    "contact": "nama, alamat surel, dan nomor telepon pelapor",
    "report": "isi laporan, foto, dan letak yang tepat",
    "confidential": "isi laporan rahasia",
    "staff": "nama, alamat surel, dan peran akun petugas",
}
"""What kinds of data there are, in the words of the notice."""

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip


def moment(value: datetime, zone: ZoneInfo) -> str:
    """A moment in Indonesian words: ``Senin, 23 November 2026 pukul 08.42 WIB``."""
    here = value.astimezone(zone)
    day = f"{_DAYS[here.weekday()]}, {here.day} {_MONTHS[here.month - 1]} {here.year}"
    return f"{day} pukul {here:%H.%M} {here.tzname()}"


_NOTICE = """\
PEMBERITAHUAN KEGAGALAN PELINDUNGAN DATA PRIBADI
(Pasal 46 Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi)

Nomor  : …
Tanggal: …

Yth. Bapak/Ibu pelapor,

Pemerintah {city} memberitahukan bahwa data pribadi Anda mungkin telah dilihat oleh pihak yang
tidak berhak.

1. Apa yang terjadi
   {what}

2. Kapan
   Antara {since}
   dan {until}.
   Diketahui pada {discovered}.

3. Data apa
   {categories}

4. Apa yang sudah kami lakukan
   [Tuliskan: akun atau kunci ditutup, kata sandi diganti, pemeriksaan dimulai, …]

5. Apa yang dapat Anda lakukan
   - Waspadai pesan atau telepon yang mengatasnamakan pemerintah kota. Kami tidak pernah meminta
     kata sandi, kode OTP, atau uang.
   - Anda berhak meminta salinan data Anda, memperbaikinya, atau menghapusnya:
     {rights}

6. Kepada siapa bertanya
   [Nama pejabat pelindungan data, alamat, surel, telepon]

Pemberitahuan yang sama disampaikan kepada lembaga pelindungan data pribadi.

[Nama dan jabatan]
"""


def notice(breach: Breach, *, city: str, zone: ZoneInfo, rights: str) -> str:
    """The text to send to those concerned, and to the authority; what is in brackets is to fill in."""
    categories = "\n   ".join(f"- {CATEGORIES[one]}" for one in breach.told["categories"])
    return _NOTICE.format(
        city=city,
        what=breach.what or "[Tuliskan dalam satu atau dua kalimat apa yang terjadi.]",
        since=moment(breach.since, zone),
        until=moment(breach.until, zone),
        discovered=moment(breach.discovered_at, zone),
        categories=categories or "[Tuliskan data yang terdampak.]",
        rights=rights,
    )
