"""Texts to answer with for the demo and the practice city: polite, and no follow-up alone."""

from __future__ import annotations

from geoapp.domain.catalogue import Catalogue, City
from geoapp.store import work_people
from geoapp.store.database import Database, Role
from geoapp.usecases import cities

_GROUP = "street_light"
"""The agency of this group's services gets texts of its own, if the city has it."""

_LOCALE = "id"
"""The language of the texts: a city that speaks another one gets none."""

FOR_ALL = {
    "Laporan diterima": "Terima kasih, laporan Anda sudah kami terima dan teruskan kepada petugas.",
    "Perlu keterangan tambahan": "Terima kasih atas laporan Anda. Mohon sebutkan patokan terdekat"
    " agar petugas dapat menemukan lokasinya.",
    "Sedang diperiksa": "Terima kasih atas laporan Anda. Petugas kami sedang memeriksanya, dan"
    " perkembangannya dapat Anda lihat di halaman ini.",
}
FOR_LIGHTS = {
    "Lampu jalan: diterima": "Terima kasih, laporan Anda tentang lampu jalan sudah kami terima"
    " dan kami jadwalkan untuk diperiksa.",
    "Lampu jalan: menunggu suku cadang": "Terima kasih atas kesabaran Anda. Lampu sudah kami"
    " periksa; penggantiannya menunggu suku cadang.",
    "Lampu jalan: jaringan PLN": "Terima kasih atas laporan Anda. Gangguan ini berasal dari"
    " jaringan listrik, dan sudah kami sampaikan kepada PLN.",
}


def add(database: Database, city: City) -> int:
    """Store those that the city hasn't under the same name; how many."""
    if city.locale != _LOCALE:
        return 0
    wanted: list[tuple[str | None, dict[str, str]]] = [(None, FOR_ALL)]
    agency = _lights(cities.catalogue(database, city))
    if agency is not None:
        wanted.append((agency, FOR_LIGHTS))
    with database.transaction(Role.WORKER, city.code) as connection:
        there = {
            (text.agency_code, text.name)
            for text in work_people.templates(connection, city.code, None)
        }
        new = [
            (whose, name, body)
            for whose, texts in wanted
            for name, body in texts.items()
            if (whose, name) not in there
        ]
        for whose, name, body in new:
            work_people.add_template(connection, city.code, whose, name, body)
    return len(new)


def _lights(catalogue: Catalogue) -> str | None:
    services = catalogue.services.values()
    return next((one.agency_code for one in services if one.group_code == _GROUP), None)
