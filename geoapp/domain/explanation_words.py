"""The sentences of an explanation, in Indonesian and English, made in this one place.

Each sentence is ``{"id": …, "en": …}``: programs get both, pages show the reader's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from geoapp.domain.catalogue import Name
from geoapp.domain.explanation import Alternative, Explanation, RoadTold, Rule, RuleKind, Why
from geoapp.domain.reading import Place

Sentence = dict[str, str]
AgencyName = Callable[[str], str]
"""From an agency's code to the name people know it by."""

Kind = Literal["place", "doubt", "boundaries", "rule", "agency", "road", "neighbour"]
"""What a reason is about."""

_APPROXIMATE = re.compile(r"approximate-(\d+)")

MOST_RULES = 4
"""Rules that don't match are told one by one up to this number; then how many they are."""

_PLACE = {
    "covers": (
        "Titik berada di dalam Kelurahan {kelurahan}",
        "The point lies inside Kelurahan {kelurahan}",
    ),
    "nearest": (
        "Titik tidak berada di kelurahan mana pun; Kelurahan {kelurahan} yang terdekat",
        "The point lies in no kelurahan; Kelurahan {kelurahan} is the nearest",
    ),
    "confirmed": (
        "Pelapor memilih Kelurahan {kelurahan}",
        "The reporter chose Kelurahan {kelurahan}",
    ),
    "named_area": (
        "Letaknya diketahui sampai Kelurahan {kelurahan}",
        "The place is known as Kelurahan {kelurahan}",
    ),
    "by_service": (
        "Masalah seperti ini tidak memerlukan letak",
        "This kind of problem needs no place",
    ),
    "outside": ("Titik berada di luar kota", "The point lies outside the city"),
    "manual": ("Letaknya di Kelurahan {kelurahan}", "The place is in Kelurahan {kelurahan}"),
}

_WHY = {
    Why.WON: ("berlaku di sini", "applies here"),
    Why.LATER: (
        "berlaku di sini, tetapi ada yang lebih dahulu",
        "applies, but another comes first",
    ),
    Why.OTHER_AREAS: ("menyebut kelurahan lain", "names other kelurahan"),
    Why.ELSEWHERE: ("poligonnya tidak mencakup titik", "its polygon doesn't cover the point"),
    Why.NO_POINT: (
        "berupa poligon, sedangkan titiknya tidak diketahui",
        "is a polygon, and no point is known",
    ),
    Why.OUTSIDE: (
        "untuk seluruh kota, sedangkan titik berada di luar kota",
        "is for the whole city, and the point lies outside",
    ),
    Why.BY_HAND: (
        "berlaku di sini, tetapi petugas memilih instansi lain",
        "applies, but a person chose another agency",
    ),
    Why.OFFERED: (
        "jalannya dekat; operator memastikannya",
        "its road is near; an operator confirms it",
    ),
    Why.NO_ROAD: (
        "tidak ada jalan provinsi atau nasional yang lebih dekat daripada jalan kota",
        "no provincial or national road is nearer than a city road",
    ),
}

_AUTHORITY = {
    "province": ("jalan provinsi", "a provincial road"),
    "nation": ("jalan nasional", "a national road"),
    "city": ("jalan kota", "a city road"),
}


def metres(distance_m: float) -> Sentence:
    """A distance in words: whole metres, from a kilometre on with one decimal."""
    if distance_m < 1:
        return {"id": "kurang dari 1 m", "en": "less than 1 m"}
    if distance_m < 999.5:
        return {"id": f"{distance_m:.0f} m", "en": f"{distance_m:.0f} m"}
    kilometres = f"{distance_m / 1000:.1f}"
    return {"id": f"{kilometres.replace('.', ',')} km", "en": f"{kilometres} km"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One numbered reason: what it is about, its words, the agency it speaks for (a code)."""

    kind: Kind
    sentence: Sentence
    agency_code: str | None = None


def reasons(told: Explanation, service: Name, agency: AgencyName) -> list[Reason]:
    """The numbered reasons of *told*: place, doubt, boundaries, rules, road, neighbours."""
    return [
        Reason("place", _place(told)),
        *(Reason("doubt", one) for one in _doubt(told)),
        *(Reason("boundaries", one) for one in _boundaries(told)),
        *(Reason("rule", one) for one in _missed(told)),
        Reason("agency", _winner(told, service, agency), told.agency_code),
        *(Reason("road", _road(road, agency), road.agency_code) for road in _roads(told)),
        *(
            Reason("neighbour", _neighbour(told, other, agency), other.agency_code)
            for other in told.alternatives
        ),
    ]


def why(rule: Rule) -> Sentence:
    """Why *rule* won or didn't."""
    local, english = _WHY[rule.why]
    if rule.distance_m is not None and rule.why is Why.ELSEWHERE:
        far = metres(rule.distance_m)
        return {
            "id": f"{local} ({far['id']} dari sini)",
            "en": f"{english} ({far['en']} from here)",
        }
    return {"id": local, "en": english}


def question(choices: Sequence[Place]) -> Sentence | None:
    """Asks which of two or three kelurahan it is; None for any other number of them."""
    names = [place.name for place in choices]
    if len(names) == 2:
        return {
            "id": f"Apakah ini di {names[0]} atau di {names[1]}?",
            "en": f"Is this in {names[0]} or in {names[1]}?",
        }
    if len(names) == 3:
        return {
            "id": f"Apakah ini di {names[0]}, di {names[1]}, atau di {names[2]}?",
            "en": f"Is this in {names[0]}, in {names[1]} or in {names[2]}?",
        }
    return None


def edge_against_accuracy(accuracy_m: float | None, edge_distance_m: float) -> Sentence:
    """Why it is asked at all: how far the edge is, and how exact the position."""
    edge = metres(edge_distance_m)
    if not accuracy_m:
        return {
            "id": f"Batas kelurahan hanya {edge['id']} dari sini.",
            "en": f"The kelurahan's boundary is only {edge['en']} from here.",
        }
    accuracy = metres(accuracy_m)
    return {
        "id": f"Ketelitian GPS ±{accuracy['id']}, batas {edge['id']} dari sini.",
        "en": f"GPS accuracy ±{accuracy['en']}, boundary {edge['en']} from here.",
    }


def _both(local: str, english: str, **values: str | Sentence) -> Sentence:
    """Two templates filled in; a value may differ by language."""
    return {
        language: template.format(
            **{
                name: value[language] if isinstance(value, dict) else value
                for name, value in values.items()
            }
        )
        for language, template in (("id", local), ("en", english))
    }


def _place(told: Explanation) -> Sentence:
    local, english = _PLACE[told.place_method]
    if told.kelurahan is None and "{" in local:
        local, english = ("Letaknya tidak diketahui", "The place isn't known")
    edge = told.edge_distance_m
    if edge is None or told.place_method not in {"covers", "nearest", "confirmed"}:
        local, english = f"{local}.", f"{english}."
        return _both(local, english, kelurahan=_name(told.kelurahan))
    return _both(
        local + ", {edge} dari batasnya.",
        english + ", {edge} from its boundary.",
        kelurahan=_name(told.kelurahan),
        edge=metres(edge),
    )


def _doubt(told: Explanation) -> list[Sentence]:
    found = []
    if told.ambiguous and len(told.covering) > 1:
        found.append(
            _both(
                "Batas tumpang tindih di sini ({names}); kode terendah yang dipakai dan"
                " keraguannya dicatat.",
                "Boundaries overlap here ({names}); the lowest code is taken and the doubt is"
                " kept on record.",
                names=", ".join(one.kelurahan.name for one in told.covering),
            )
        )
    if told.accuracy_m and told.edge_distance_m is not None:
        shared = {"accuracy": metres(told.accuracy_m), "edge": metres(told.edge_distance_m)}
        if told.doubtful:
            found.append(
                _both(
                    "Ketelitian GPS ±{accuracy} melampaui jarak ke batas ({edge}): letaknya dapat"
                    " juga di kelurahan sebelah.",
                    "The GPS accuracy of ±{accuracy} reaches over the boundary ({edge} away): it"
                    " may also be in the next kelurahan.",
                    **shared,
                )
            )
        else:
            found.append(
                _both(
                    "Ketelitian GPS ±{accuracy} tidak sampai ke batas ({edge}).",
                    "The GPS accuracy of ±{accuracy} doesn't reach the boundary ({edge} away).",
                    **shared,
                )
            )
    return found


def _boundaries(told: Explanation) -> list[Sentence]:
    used = told.sets.get("kelurahan")
    if used is None:
        return []
    # the name that the program gives the first set, in both languages as the pages say it
    named = {"id": _APPROXIMATE.sub(r"perkiraan-\1", used.version), "en": used.version}
    if used.approximate:
        return [
            _both(
                "Batas kelurahan yang dipakai: {version}. Batas ini perkiraan, di dekat tepinya"
                " sering keliru.",
                "Kelurahan boundaries used: {version}. They are approximate and often wrong near"
                " their edges.",
                version=named,
            )
        ]
    return [
        _both(
            "Batas kelurahan yang dipakai: {version}.",
            "Kelurahan boundaries used: {version}.",
            version=named,
        )
    ]


def _missed(told: Explanation) -> list[Sentence]:
    missed = [rule for rule in _areas(told) if not rule.matched]
    found = [
        _both(
            "Wilayah layanan “{name}” tidak berlaku: {why}.",
            "Service area “{name}” doesn't apply: {why}.",
            name=rule.name,
            why=why(rule),
        )
        for rule in missed[:MOST_RULES]
    ]
    if len(missed) > MOST_RULES:
        more = str(len(missed) - MOST_RULES)
        found.append(
            _both(
                "{n} wilayah layanan lain juga tidak berlaku di sini.",
                "{n} more service areas don't apply here either.",
                n=more,
            )
        )
    return found


def _winner(told: Explanation, service: Name, agency: AgencyName) -> Sentence:
    acts = agency(told.agency_code)
    if told.method == "manual":
        return _both("Petugas menugaskan {agency}.", "A person gave it to {agency}.", agency=acts)
    if not told.by_rule:
        return _both(
            "{agency} ditetapkan oleh petugas, oleh aturan yang berlaku saat itu, atau dari letak"
            " yang tidak ditampilkan.",
            "{agency} was chosen by a person, by the rules of that time, or by the place that"
            " isn't shown.",
            agency=acts,
        )
    won = next((rule for rule in _areas(told) if rule.won), None)
    if won is None:
        return _both(
            "Tidak ada wilayah layanan yang mengatur lain: {agency} menangani “{service}” di"
            " seluruh kota.",
            "No service area says otherwise: {agency} handles “{service}” by default.",
            agency=acts,
            service={"id": service.local, "en": service.english},
        )
    if won.agency_code is None:
        return _both(
            "Wilayah layanan “{name}” berlaku dan menyerahkannya kepada penanggung jawab layanan:"
            " {agency}.",
            "Service area “{name}” applies and leaves it to the service's own agency: {agency}.",
            name=won.name,
            agency=acts,
        )
    return _both(
        "Wilayah layanan “{name}” berlaku: yang menangani {agency}.",
        "Service area “{name}” applies: {agency} handles it.",
        name=won.name,
        agency=acts,
    )


_OFFER = {
    "open": (
        "operator memastikan siapa yang berwenang.",
        "an operator confirms who is responsible.",
    ),
    "declined": (
        "operator memutuskan bahwa kota yang menangani.",
        "an operator decided that the city handles it.",
    ),
    "confirmed": (
        "operator memutuskan bahwa ini wewenang pemegang jalan.",
        "an operator decided that the road's keeper is responsible.",
    ),
}
"""What becomes of a complaint beside such a road, in Indonesian and English."""


def _road(road: RoadTold, agency: AgencyName) -> Sentence:
    local, english = _AUTHORITY[road.authority]
    becomes = _OFFER.get(road.offer or "", _OFFER["open"])
    return _both(
        "{name} berjarak {far} dan merupakan {kind}{agency}: " + becomes[0],
        "{name} is {far} away and {kind}{agency}: " + becomes[1],
        name=f"{road.name} ({road.ref})" if road.ref else road.name,
        far=metres(road.distance_m),
        kind={"id": local, "en": english},
        agency=f" ({agency(road.agency_code)})" if road.agency_code else "",
    )


def _neighbour(told: Explanation, other: Alternative, agency: AgencyName) -> Sentence:
    same = other.agency_code == told.agency_code
    return _both(
        "Kelurahan {name} berjarak {far}; di sana yang menangani juga {agency}."
        if same
        else "Kelurahan {name} berjarak {far}; di sana yang menangani {agency}.",
        "Kelurahan {name} is {far} away; {agency} would handle it there too."
        if same
        else "Kelurahan {name} is {far} away; there {agency} would handle it.",
        name=other.kelurahan.name,
        far=metres(other.distance_m),
        agency=agency(other.agency_code),
    )


def _areas(told: Explanation) -> list[Rule]:
    return [rule for rule in told.rules if rule.kind is RuleKind.SERVICE_AREA]


def _roads(told: Explanation) -> list[RoadTold]:
    return [told.road] if told.road else []


def _name(place: Place | None) -> str:
    return place.name if place else ""
