"""The attribute names that publishers of boundaries and roads use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Schema:
    """The attribute names of one publisher; the first of each tuple that is there counts.

    Attributes:
        codes: Whose codes they are. The ministry's come with or without dots, and those of
            BPS look like them without.
    """

    publisher: str
    code: str
    name: tuple[str, ...]
    parent: tuple[str, ...] = ()
    parent_name: tuple[str, ...] = ()
    codes: Literal["kemendagri", "bps", "other"] = "other"


# Order matters: a BIG file carries a BPS code too, and its own Kemendagri code is meant.
SCHEMAS = (
    Schema(
        "geoapp",
        "code",
        ("name",),
        ("parent_code", "kecamatan_code"),
        ("parent_name", "kecamatan"),
    ),
    Schema("BIG/RBI", "KDEPUM", ("NAMOBJ", "WADMKD"), ("KDCPUM",), ("WADMKC",), codes="kemendagri"),
    Schema("BIG/RBI", "KDEBPS", ("NAMOBJ", "WADMKD"), ("KDCBPS",), ("WADMKC",), codes="bps"),
    Schema("BPS", "iddesa", ("nmdesa",), ("idkec",), ("nmkec",), codes="bps"),
    Schema(
        "Kemendagri",
        "KODE_DESA",
        ("NAMA_DESA", "NAMA_KELURAHAN", "DESA_KELUR", "KELURAHAN", "DESA"),
        ("KODE_KEC", "KODE_KECAMATAN"),
        ("NAMA_KEC", "NAMA_KECAMATAN", "KECAMATAN"),
        codes="kemendagri",
    ),
    Schema(
        "Kemendagri",
        "KODE_KELURAHAN",
        ("NAMA_KELURAHAN", "NAMA_KEL", "KELURAHAN"),
        ("KODE_KECAMATAN", "KODE_KEC"),
        ("NAMA_KECAMATAN", "NAMA_KEC", "KECAMATAN"),
        codes="kemendagri",
    ),
    Schema(
        "Kemendagri",
        "KODE_KEL",
        ("NAMA_KEL", "NAMA_KELURAHAN", "KELURAHAN"),
        ("KODE_KEC", "KODE_KECAMATAN"),
        ("NAMA_KEC", "NAMA_KECAMATAN", "KECAMATAN"),
        codes="kemendagri",
    ),
    Schema(
        "wilayah_boundaries",
        "kode",
        ("nama",),
        ("kode_kecamatan",),
        ("kecamatan",),
        codes="kemendagri",
    ),
    Schema("GADM", "GID_4", ("NAME_4",), ("GID_3",), ("NAME_3",)),
    Schema("GADM", "GID_3", ("NAME_3",), ("GID_2",), ("NAME_2",)),
    Schema("GADM", "GID_2", ("NAME_2",), ("GID_1",), ("NAME_1",)),
    Schema("geoBoundaries", "shapeID", ("shapeName",)),
    Schema("OSM", "ref", ("name",)),
    Schema("OSM", "@id", ("name",)),
    Schema("OSM", "osm_id", ("name",)),
)

ROAD_CODE = ("code", "kode", "kode_ruas", "no_ruas", "nomor_ruas", "link_id", "id_ruas")
ROAD_NAME = ("name", "NAMOBJ", "NAMRJL", "nama", "nama_ruas", "nama_jalan", "nm_ruas", "NAME")
ROAD_REF = ("ref", "no_ruas", "nomor_ruas", "KONRJL")
ROAD_AUTHORITY = (
    "authority",
    "status_jalan",
    "status_jln",
    "kewenangan",
    "wewenang",
    "status",
    "kelas",
    "kelas_jalan",
    "AUTRJL",
    "REMARK",
)
"""The first whose every value is understood counts: ``kelas`` is III as often as Nasional."""
ROAD_AGENCY = ("agency_code", "agency")


def spelt(present: dict[str, str], known: str) -> str | None:
    """*known* as the file spells it; None when it isn't there.

    Args:
        present: Case-folded names to names as spelt. A .dbf keeps ten characters of them.
    """
    whole = known.casefold()
    return present.get(whole) or (present.get(whole[:10]) if len(whole) > 10 else None)
