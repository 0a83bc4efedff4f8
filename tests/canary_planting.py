"""Lives of complaints in which everything private is said once, over HTTP to a real server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

from tests.canary_marks import Marks
from tests.canary_people import Asker
from tests.canary_photos import telephone_photo, upload

PUBLIC_KINDS = frozenset({"public words"})
"""Marks that show that the search finds something."""


@dataclass
class Report:
    """A complaint that was sent, and its sender's key."""

    label: str
    ticket: str
    key: str
    public: bool
    photos: list[str] = field(default_factory=list)


@dataclass
class Planter:
    """Sends complaints and takes steps with them.

    Attributes:
        server: its address.
        cookies: a person's session cookie, by the asker's name.
    """

    server: str
    marks: Marks
    askers: dict[str, Asker]
    reports: dict[str, Report] = field(default_factory=dict)
    _tokens: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)
    _taken: int = 0

    def send(
        self,
        label: str,
        city: str,
        place: tuple[float, float] | None,
        *,
        service: str,
        words: str,
        landmark: bool = True,
        contact: str = "",
        photo: bool = False,
        shown: bool = False,
        **more: Any,
    ) -> Report:
        """Send a complaint as a citizen; *words* and *contact* are the kinds its marks are of.

        *shown*: its service is shown where it is.
        """
        marks, site = self.marks, f"{self.server}/{city}"
        body: dict[str, Any] = {
            "service": service,
            "description": f"Ada masalah {marks.word(words, label)} di sini",
        } | more
        if landmark:
            body["landmark"] = f"Dekat {marks.word('landmark', label)}"
        if place:
            body |= {"lon": place[0], "lat": place[1]}
            if not shown:
                marks.place("exact position", label, *place)
        if contact:
            body["contact"] = self.contact(contact, label)
        photos = []
        if photo:
            lon, lat = place or (103.6101, -1.6121)
            taken = telephone_photo(marks, label, lon + 0.000712349, lat - 0.000323451)
            one, _told = upload(site, marks, label, taken)
            photos.append(one)
            body["photos"] = photos
        answer = requests.post(
            f"{site}/api/v1/complaints", json=body, timeout=60,
            # as a browser's page sends it, so that its mark is its own
            headers={"Idempotency-Key": f"plant-{label.replace(' ', '-')}", "Origin": self.server},
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
        told = answer.json()
        public = not more.get("confidential")
        report = Report(label, told["ticket"], told["follow_key"], public, photos)
        self.marks.secret("follow key", label, report.key)
        if mark := answer.cookies.get("geoapp_me"):
            self.marks.secret("browser's mark", label, mark)
        self.reports[label] = report
        return report

    def contact(self, kind: str, label: str) -> dict[str, str]:
        """A reporter's name, address and number."""
        return {
            "name": f"Ibu {self.marks.word(kind, label)}",
            "email": self.marks.email(f"{kind}, e-mail", label),
            "phone": self.marks.phone(f"{kind}, number", label),
        }

    def sender(self, label: str, what: str, city: str = "kota-jambi", **fields: Any) -> Any:
        """What the sender of *label* says with their key."""
        report = self.reports[label]
        answer = requests.post(
            f"{self.server}/{city}/api/v1/complaints/{report.ticket}/{what}",
            json={"key": report.key} | fields,
            timeout=60,
        )
        assert answer.status_code < 300, f"{what}: {answer.text}"
        return answer

    def staff(self, who: str, method: str, path: str, **fields: Any) -> requests.Response:
        """What somebody of the staff asks for, over the wire."""
        asker = self.askers[who]
        base = f"{self.server}/{asker.city}"
        cookies, token = self._signed(asker)
        return requests.request(
            method, base + path, timeout=60, cookies=cookies,
            headers={"X-CSRFToken": token} if method != "GET" else {},
            json=fields if method != "GET" else None,
        )  # fmt: skip

    def step(self, who: str, label: str, step: str, **fields: Any) -> Any:
        """A step of the workflow, by somebody who has seen the newest version."""
        ticket = self.reports[label].ticket
        seen = self.staff(who, "GET", f"/api/v1/work/complaints/{ticket}")
        assert seen.status_code == 200, seen.text
        answer = self.staff(
            who, "POST", f"/api/v1/work/complaints/{ticket}/steps",
            step=step, version=seen.json()["version"], **fields,
        )  # fmt: skip
        assert answer.status_code == 200, f"{label} {step}: {answer.text}"
        return answer.json()

    def photo(self, label: str, kind: str = "") -> str:
        """The id of a photo from the spot, sent and not given yet; a mark of *kind*."""
        self._taken += 1
        lon, lat = 103.6122837465 + self._taken * 0.0000713, -1.6133746152
        taken = telephone_photo(self.marks, label, lon, lat)
        photo, _ = upload(f"{self.server}/kota-jambi", self.marks, label, taken)
        if kind:
            self.marks.secret(kind, label, photo)
        self.reports[label].photos.append(photo)
        return photo

    def _signed(self, asker: Asker) -> tuple[dict[str, str], str]:
        if asker.name not in self._tokens:
            cookie = asker.client.get_cookie("session")
            assert cookie is not None
            token = asker.unsafe_headers()["X-CSRFToken"]
            cookie = asker.client.get_cookie("session")
            assert cookie is not None
            self._tokens[asker.name] = {"session": cookie.value}, token
            self.marks.secret("session token", asker.name, cookie.value)
        return self._tokens[asker.name]


BLURRED, CONFIDENTIAL = (103.61043271865, -1.61241834527), (103.61071938254, -1.61263957218)
TURNED, JUNK = (103.61018462937, -1.61229651843), (103.61029581746, -1.61281746329)
ERASED, ANONYMOUS = (103.61087264519, -1.61215938472), (103.61062183754, -1.61295173846)
LEAD, MERGED = (103.61031726485, -1.61208463917), (103.61036518274, -1.61212738465)
ENTERED, HIDDEN = (103.61094817263, -1.61273615948), (103.61013958472, -1.61252847163)
NEXT_DOOR = (104.05061728394, -1.55082736451)


def plant(planter: Planter) -> None:
    """Everything private in the first city, and a little in the second."""
    _public_life(planter)
    _confidential_ones(planter)
    _others(planter)


def _public_life(planter: Planter) -> None:
    """Everything that may happen to a public complaint whose place is blurred."""
    home, word, step = "kota-jambi", planter.marks.word, planter.step
    send = planter.send

    send("blurred", home, BLURRED, service="waste_burning", words="public words",
         contact="contact", photo=True)  # fmt: skip
    _follow(planter, "blurred")
    planter.staff("operator", "POST", _contact_of(planter, "blurred"),
                  purpose=f"Menelepon {word('purpose', 'blurred')}")  # fmt: skip
    step("operator", "blurred", "note", text=f"Catatan {word('note', 'blurred')}",
         photos=[planter.photo("blurred", "step photo")])  # fmt: skip
    step("operator", "blurred", "verify")
    step("operator", "blurred", "assign", agency="pupr_bina_marga",
         reason=word("internal reason", "blurred"))  # fmt: skip
    step("operator", "blurred", "hand_over", agency="dlh",
         reason=word("internal reason", "blurred"))  # fmt: skip
    step("field officer", "blurred", "start")
    step("field officer", "blurred", "cannot_do", reason=word("internal reason", "blurred"),
         photos=[planter.photo("blurred", "step photo")])  # fmt: skip
    step("field officer", "blurred", "start")
    # public, but for what its camera noted
    step("field officer", "blurred", "finish", text=f"Sudah {word('public words', 'blurred')}",
         photos=[planter.photo("blurred")])  # fmt: skip
    planter.sender("blurred", "replies", text=f"Belum {word('reply', 'blurred')}",
                   photos=[planter.photo("blurred", "private photo")])  # fmt: skip
    step("field officer", "blurred", "start")
    step("field officer", "blurred", "finish", text="Sudah dibersihkan seluruhnya.")
    planter.sender("blurred", "replies", text=word("reply", "blurred"), solved=True)
    planter.sender("blurred", "rating", stars=2, words=word("rating", "blurred"))


def _confidential_ones(planter: Planter) -> None:
    """At a point, in an area, merged, a part split off; and one that was public at first."""
    home, word, step = "kota-jambi", planter.marks.word, planter.step
    send = planter.send
    send("confidential", home, CONFIDENTIAL, service="pollution", words="confidential words",
         contact="contact", photo=True, confidential=True)  # fmt: skip
    _private_life(planter, "confidential")
    send("area", home, None, service="waste_pile", words="confidential words",
         kelurahan="15.71.08.1006", confidential=True, contact="contact")  # fmt: skip
    send("lead", home, LEAD, service="waste_pile", words="public words", landmark=False,
         shown=True)  # fmt: skip
    send("merged", home, MERGED, service="waste_pile", words="confidential words",
         confidential=True, contact="contact")  # fmt: skip
    lead = planter.reports["lead"].ticket
    step("operator", "merged", "merge", lead=lead, reason=word("internal reason", "merged"))
    part = step("operator", "area", "split", service="waste_container_full",
                text=f"Bagian lain {word('confidential words', 'area')}")  # fmt: skip
    planter.reports["part"] = Report("part", part["other"], "", False)

    # public at first
    send("turned", home, TURNED, service="pollution", words="confidential words",
         contact="contact", photo=True)  # fmt: skip
    _follow(planter, "turned")
    _support(planter, "turned")
    _private_life(planter, "turned")
    step("operator", "turned", "confidential", reason=word("internal reason", "turned"))
    planter.reports["turned"].public = False


def _others(planter: Planter) -> None:
    """Rejected, erased, anonymous, entered for a caller; a hidden photo; another city's."""
    home, word, step = "kota-jambi", planter.marks.word, planter.step
    send = planter.send
    send(
        "junk",
        home,
        JUNK,
        service="waste_burning",
        words="rejected words",
        contact="contact",
        photo=True,
    )
    step("operator", "junk", "reject", **{"class": "junk"})
    send("erased", home, ERASED, service="waste_burning", words="erased", contact="erased",
         photo=True)  # fmt: skip
    step("operator", "erased", "note", text=word("erased", "erased"))
    planter.sender("erased", "replies", text=word("erased", "erased"))
    send("anonymous", home, ANONYMOUS, service="waste_burning", words="public words",
         contact="hidden contact", anonymous=True)  # fmt: skip
    send("hidden", home, HIDDEN, service="waste_pile", words="public words", photo=True,
         contact="contact", landmark=False, shown=True)  # fmt: skip
    answer = planter.staff(
        "operator", "POST", f"/api/v1/work/photos/{planter.reports['hidden'].photos[0]}/hide",
        reason=word("internal reason", "hidden"),
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    step("operator", "hidden", "out_of_authority", authority="BPJN Jambi",
         reason=word("public words", "hidden"))  # fmt: skip
    step("operator", "hidden", "reopen", reason=word("internal reason", "hidden"))
    _enter(planter)
    send("next door", "kabupaten-contoh", NEXT_DOOR, service="waste_burning",
         words="confidential words", contact="contact", confidential=True)  # fmt: skip
    step("operator next door", "next door", "note", text=word("note", "next door"))
    for label in ("confidential", "turned", "junk", "hidden", "erased"):
        for one in planter.reports[label].photos:
            planter.marks.secret("private photo", label, one)


def _private_life(planter: Planter, label: str) -> None:
    word, step = planter.marks.word, planter.step
    step("operator", label, "verify")
    step("operator", label, "assign")
    step("agency admin", label, "note", text=word("note", label))
    step("agency admin", label, "answer", text=f"Kami periksa {word('private answer', label)}",
         photos=[planter.photo(label)])  # fmt: skip
    step("agency admin", label, "hold", reason=f"Menunggu {word('private answer', label)}")
    planter.sender(label, "replies", text=word("reply", label))


def _contact_of(planter: Planter, label: str) -> str:
    return f"/api/v1/work/complaints/{planter.reports[label].ticket}/contact"


def _follow(planter: Planter, label: str) -> None:
    answer = requests.post(
        f"{planter.server}/kota-jambi/api/v1/complaints/{planter.reports[label].ticket}/contact",
        json={"email": planter.marks.email("follower", label)},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text


def _support(planter: Planter, label: str) -> None:
    address = f"{planter.server}/kota-jambi/api/v1/complaints/{planter.reports[label].ticket}"
    answer = requests.post(f"{address}/support", json={}, timeout=30)
    assert answer.status_code == 200, answer.text


def _enter(planter: Planter) -> None:
    """A caller's contact, as an operator types it."""
    marks = planter.marks
    marks.place("exact position", "entered", *ENTERED)
    answer = planter.staff(
        "operator", "POST", "/api/v1/work/complaints", channel="call_112", service="waste_burning",
        lon=ENTERED[0], lat=ENTERED[1], source=marks.word("source", "entered"),
        external_id=marks.word("source", "entered"),
        description=f"Penelepon {marks.word('public words', 'entered')}",
        contact=planter.contact("contact", "entered"),
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    told = answer.json()
    planter.reports["entered"] = Report("entered", told["ticket"], told["follow_key"], True)
    marks.secret("follow key", "entered", told["follow_key"])
