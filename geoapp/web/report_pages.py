"""``/report``: the page with the pin, and the plain form for browsers without scripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from geoapp.domain import photo
from geoapp.domain.complaint import Channel
from geoapp.domain.photo import REFUSED_BECAUSE, Refusal
from geoapp.errors import (
    DatabaseUnavailable,
    InvalidInput,
    PhotoRefused,
    RateLimited,
    StorageUnavailable,
    TooLarge,
)
from geoapp.usecases import livemap, notices, photos
from geoapp.web import errors, intake, page, person
from geoapp.web.access import Audience, open_to
from geoapp.web.context import current_catalogue, current_city, current_language, site
from geoapp.web.intake_form import (
    DESCRIPTION_LEAST,
    DESCRIPTION_MOST,
    LANDMARK_MOST,
    UNPRINTABLE,
    ComplaintForm,
)
from geoapp.web.json_body import validate
from geoapp.web.public import blueprint
from geoapp.web.strings_report import report_strings

_MB = 1024 * 1024
_SUBMIT = "public.report_submit"
_TEXTS = ("service", "kelurahan", "description", "landmark")
_FLAGS = ("anonymous", "confidential")
_CONTACT = ("name", "email", "phone")


@dataclass
class _Sent:
    """What came with the plain form, to be shown again if it can't be stored."""

    values: dict[str, str] = field(default_factory=dict)
    photos: list[str] = field(default_factory=list)
    """Ids of photos that are stored already: nobody has to choose them again."""
    errors: dict[str, list[str]] = field(default_factory=dict)

    def wrong(self, name: str, words: str) -> None:
        self.errors.setdefault(name, []).append(words)

    @property
    def body(self) -> dict[str, Any]:
        """The same as the API takes it."""
        told: dict[str, Any] = {name: self.values[name] for name in _TEXTS if self.values.get(name)}
        told |= {flag: True for flag in _FLAGS if self.values.get(flag)}
        contact = {name: self.values[name] for name in _CONTACT if self.values.get(name)}
        if contact:
            told["contact"] = contact
        if self.photos:
            told["photos"] = self.photos
        return told


@blueprint.url_value_preprocessor
def _room_for_photos(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """The plain form carries photos: it may be larger than any other body."""
    if endpoint == _SUBMIT and request.mimetype == "multipart/form-data":
        request.max_content_length = _most_bytes()


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(problem: RequestEntityTooLarge) -> Any:
    """Too much at once is told on the form; every other body as everywhere."""
    if request.endpoint != _SUBMIT:
        return errors.http_error(problem)
    _drain()
    sent = _Sent()
    sent.wrong("photos", _too_large_words())
    return _report_page(sent), 413


@blueprint.get("/report")
@open_to(Audience.EVERYBODY)
def report() -> str:
    """Drop a pin; works as a plain form where scripts don't run."""
    return _report_page(_Sent())


@blueprint.post("/report")
@open_to(Audience.SENDERS)
def report_submit() -> Response | tuple[str, int]:
    """The plain form: same intake as the API, answered by the complaint's page."""
    values = {name: request.form.get(name, "").replace("\r\n", "\n") for name in request.form}
    sent = _Sent(values, _known_photos())
    try:
        intake.count_sender()
        _take_photos(sent)
        form = validate(ComplaintForm, sent.body)
        if sent.errors:
            return _report_page(sent), 422
        who = person.sender()
        answer = intake.accept(form, Channel.WEB, person=who.digest)
    except InvalidInput as problem:
        _in_words(problem, sent)
        return _report_page(sent), 422
    except RateLimited:
        sent.wrong(
            "form", _("Too many reports in a short time. Please try again in a few minutes.")
        )
        return _report_page(sent), 429
    except (StorageUnavailable, DatabaseUnavailable) as problem:
        return _later(sent, problem)
    followed = url_for(
        "public.ticket", ticket=answer["ticket"], _anchor=f"kunci={answer['follow_key']}"
    )
    response: Response = redirect(followed, 303)  # type: ignore[assignment]
    person.keep(response, who)
    return response


def _known_photos() -> list[str]:
    """Photos that came with the form before and are still ticked; anything else is ignored."""
    known = []
    for told in request.form.getlist("photo")[: photo.MOST]:
        try:
            known.append(str(UUID(told)))
        except ValueError:
            continue
    return list(dict.fromkeys(known))


def _take_photos(sent: _Sent) -> None:
    """Store the files that came; each that can't be used is named with the reason.

    Raises:
        StorageUnavailable: nothing can be stored right now.
    """
    here, most_mb = site(), site().settings.photo_max_mb
    files = [file for file in request.files.getlist("photos") if file.filename]
    room = photo.MOST - len(sent.photos)
    if len(files) > room:
        sent.wrong(
            "photos", _("At most %(most)s photos; the others were left out.", most=photo.MOST)
        )
    for number, file in enumerate(files[:room], start=1):
        try:
            taken = photos.take(here.darkroom, current_city(), file.read(), most_mb=most_mb)
        except PhotoRefused as refused:
            sent.wrong("photos", _photo_words(number, refused))
        except (InvalidInput, TooLarge):  # nothing in it, or too much
            sent.wrong(
                "photos", _("Photo %(number)s: %(why)s", number=number, why=_too_large_words())
            )
        else:
            sent.photos.append(str(taken))


def _photo_words(number: int, refused: PhotoRefused) -> str:
    """Why the photo with *number* can't be used, in the reader's language."""
    try:
        words = REFUSED_BECAUSE[Refusal(refused.fields[0].message)]
    except (IndexError, ValueError):
        why = _("This file cannot be used as a photo. Please choose another.")
    else:
        why = words.local if current_language() == "id" else words.english
    return str(_("Photo %(number)s: %(why)s", number=number, why=why))


def _too_large_words() -> str:
    most = format_decimal(site().settings.photo_max_mb)
    return str(
        _(
            "A photo may have at most %(most)s MB. Please choose it smaller, or another one.",
            most=most,
        )
    )


def _most_bytes() -> int:
    settings = site().settings
    return photo.MOST * settings.photo_max_mb * _MB + settings.max_body_bytes


def _drain() -> None:
    """Take in what still comes, within bounds: a browser reads no answer before it has sent."""
    stream = request.environ.get("wsgi.input")
    left = 2 * _most_bytes()
    while stream is not None and left > 0 and (chunk := stream.read(1 << 16)):
        left -= len(chunk)


def _later(sent: _Sent, problem: Exception) -> tuple[str, int]:
    """The form with everything typed in it, where something that is needed is away."""
    sent.wrong(
        "form",
        _(
            "The report cannot be stored right now. What you wrote is still here: "
            "please send it again in a few minutes."
        ),
    )
    try:
        return _report_page(sent), 503
    except DatabaseUnavailable:
        raise problem from None


def _in_words(problem: InvalidInput, sent: _Sent) -> None:
    """What to do about each field, in the reader's language; the API's words are for programs."""
    words = {
        "service": _("Please choose what the problem is."),
        "kelurahan": _("Please choose the kelurahan."),
        "description": _(
            "Please describe the problem in %(least)s to %(most)s characters.",
            least=format_decimal(DESCRIPTION_LEAST),
            most=format_decimal(DESCRIPTION_MOST),
        ),
        "landmark": _(
            "Please use at most %(most)s characters.", most=format_decimal(LANDMARK_MOST)
        ),
        "photos": _("A photo is no longer stored. Please choose it again."),
        "name": _("This name cannot be stored as it is."),
        "email": _("Please type an e-mail address, for example name@example.org."),
        "phone": _("Please type a phone number, for example 0812 3456 7890."),
    }
    unprintable = _("Please remove characters that can't be printed; type the text anew.")
    places = {"lon": "kelurahan", "lat": "kelurahan"}
    told: dict[str, list[str]] = {}
    for fault in problem.fields:
        named = fault.field.removeprefix("contact.").split("[")[0].split(".")[0]
        name = places.get(named, named)
        if name in {"description", "landmark"} and fault.message.startswith(UNPRINTABLE):
            told[name] = [unprintable]
        elif name in words:
            told.setdefault(name, [words[name]])
    if "photos" in told:
        sent.photos.clear()  # which of them is gone, nobody but the database knows
    for name, lines in (told or {"description": [words["description"]]}).items():
        sent.errors.setdefault(name, []).extend(lines)


def _report_page(sent: _Sent) -> str:
    city, catalogue = current_city(), current_catalogue()
    areas = livemap.area_list(site().database, city)
    by_group = [
        (
            {"code": group.code, "name": group.name.as_dict(city.locale)},
            [
                {"code": service.code, "name": service.name.as_dict(city.locale)}
                for service in catalogue.services.values()
                if service.group_code == group.code
            ],
        )
        for group in catalogue.groups.values()
    ]
    by_parent = [
        (parent, list(children))
        for parent, children in groupby(areas, key=lambda area: area["parent"] or _("Other"))
    ]
    return render_template(
        "report.html",
        services_by_group=[pair for pair in by_group if pair[1]],
        areas_by_parent=by_parent,
        form_errors=sent.errors,
        form_values=sent.values,
        form_photos=sent.photos,
        photos_most=photo.MOST,
        config=_report_config(),
        **page.shell(city),
    )


def _report_config() -> dict[str, Any]:
    """The page's configuration with what the report's scripts need to know beside it."""
    settings = site().settings
    shown = page.config()
    return shown | {
        "i18n": shown["i18n"] | report_strings(),
        "photos": {"most": photo.MOST, "max_mb": settings.photo_max_mb},
        "contact": {
            "days": settings.contact_days,
            "notices": notices.offered(settings, current_city()),
        },
    }
