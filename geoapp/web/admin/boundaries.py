"""``/admin/boundaries``: every set by layer, and the form that brings a file in."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Response as Answer
from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import redirect, secure_filename
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.domain.activation import Activation, ActivationState
from geoapp.domain.boundary import Layer
from geoapp.domain.boundary_lines import Authority, authority_of
from geoapp.errors import BoundaryFileError, CatalogueError, Conflict, GeoappError, TooLarge
from geoapp.usecases import activation
from geoapp.usecases import boundaries as use
from geoapp.web import errors
from geoapp.web.access import allowed, current_actor, open_to
from geoapp.web.admin import blueprint
from geoapp.web.admin.forms import WHOLE, Form
from geoapp.web.admin.reader_words import in_words
from geoapp.web.context import current_city, site
from geoapp.web.page import config
from geoapp.web.strings_admin import page_words
from geoapp.web.strings_boundaries import boundary_strings, boundary_words

LAYERS = (Layer.KELURAHAN.value, Layer.SERVICE_AREA.value, Layer.ROAD.value)
_MB = 1024 * 1024
_UPLOAD = "admin.boundary_upload"
_TEXTS = (
    "crs",
    "table",
    "code_field",
    "name_field",
    "parent_field",
    "parent_name_field",
    "admin_level",
    "ref_field",
    "authority_field",
)
"""Options of the reader that are a line of text; the form's fields have their names."""
_FLAGS = ("merge_duplicates", "leave_out_refused")
_MAX_REPAIR_CHANGE = 0.01
"""As the reader's own; it stands here too because only reading a file may import that."""
_KEEPERS = ("", "city", "province", "nation")
"""Who may keep roads that don't say so; empty: they say so."""
_READING = (*_TEXTS, *_FLAGS, "authority", "authority_word", "max_repair_change")
"""Fields that are folded away: what the reader isn't told it finds out by itself."""
_OF_FORM = frozenset({"file", "url", "layer", "version", *_READING})
"""Fields of the form that a fault of the file may stand beside; others stand at the file."""


@blueprint.url_value_preprocessor
def _room_for_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A boundary file may be larger than any other body, from those who may send one."""
    if endpoint == _UPLOAD and request.method == "POST" and allowed(Permission.ADMINISTER):
        request.max_content_length = _most_bytes()


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(problem: RequestEntityTooLarge) -> Any:
    """Too large a file is told on the form; every other body as everywhere."""
    if request.endpoint != _UPLOAD or not allowed(Permission.ADMINISTER):
        return errors.http_error(problem)
    _drain()
    form = Form({"layer": Layer.KELURAHAN.value}, blank=True)
    form.wrong("file", _too_large_words())
    return _list_page(form)[0], 413


def page_context(**more: Any) -> dict[str, Any]:
    """What every page of boundaries is given: its words, and its scripts' words."""
    shared, words = config(), page_words()
    return {
        "one_day": timedelta(days=1),  # sets hold until the day before their end
        "words": words | boundary_words(),
        "config": shared | {"i18n": shared["i18n"] | words["js"] | boundary_strings()},
        **more,
    }


@blueprint.get("/boundaries")
@open_to(Permission.ADMINISTER)
def boundaries() -> tuple[str, int]:
    """Every set of the city, and what is in force today."""
    return _list_page(Form({"layer": Layer.KELURAHAN.value}))


@blueprint.post("/boundaries")
@open_to(Permission.ADMINISTER)
def boundary_upload() -> tuple[str, int] | Response:
    """Read a file or an address into a staged set; the form again when it can't be used."""
    form = Form()
    wanted = _wanted(form)
    if not form.sound or wanted is None:
        return _list_page(form)
    staged = _stage(form, wanted)
    if staged is None:
        return _list_page(form)
    set_id, unchanged = staged
    flash(
        _("This very file is here already; nothing was stored anew.")
        if unchanged
        else _("The file is read and stored. It waits: look at its report before it decides.")
    )
    to = url_for("admin.boundary_set", number=set_id)
    if request.headers.get("X-Upload"):
        # The page's script asks like this: it goes to the set's page itself, once.
        return Answer("", 201, {"Location": to})
    return redirect(to, 303)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for: a file that came along, or an address."""

    upload: FileStorage | None
    url: str
    layer: Layer
    version: str
    source: str
    licence: str
    approximate: bool
    reading: dict[str, Any]


def _wanted(form: Form) -> _Wanted | None:
    upload = request.files.get("file")
    if upload is not None and not upload.filename:
        upload = None
    url = form.text("url", most=2000, needed=False)
    if upload is None and not url:
        form.wrong("file", _("Choose a file, or give its address."))
    elif upload is not None and url:
        form.wrong("url", _("Give a file or an address, not both."))
    layer = form.choice("layer", LAYERS)
    version = form.text("version", most=120, needed=False)
    source = form.text("source", most=300, needed=False)
    licence = form.text("licence", most=300, needed=False)
    reading: dict[str, Any] = {
        name: value for name in _TEXTS if (value := form.text(name, most=80, needed=False))
    }
    reading |= {name: True for name in _FLAGS if form.flag(name)}
    if keeper := form.choice("authority", _KEEPERS):
        reading["authority"] = keeper
    reading["authority_words"] = _keepers(form)
    reading["max_repair_change"] = form.share("max_repair_change", _MAX_REPAIR_CHANGE)
    if not form.sound:
        return None
    return _Wanted(
        upload=upload,
        url=url,
        layer=Layer(layer),
        version=version or _stem(upload, url),
        source=source,
        licence=licence,
        approximate=form.flag("approximate"),
        reading=reading,
    )


def _keepers(form: Form) -> dict[str, Authority]:
    """What the file's own words mean, typed as ``Alien=province, Lingkungan=city``."""
    meant: dict[str, Authority] = {}
    for pair in re.split("[,;]", form.text("authority_word", most=400, needed=False)):
        word, _equals, keeper = (part.strip(" '\"“”") for part in pair.rpartition("="))
        known = authority_of(keeper)
        if word and known is not None:
            meant[word] = known
        elif pair.strip():
            form.wrong(
                "authority_word",
                _(
                    "“%(pair)s” must be a word, = and city, province or nation.",
                    pair=pair.strip()[:60],
                ),
            )
    return meant


def _stem(upload: FileStorage | None, url: str) -> str:
    """What a set is called that nobody named: as its file."""
    name = (upload.filename or "") if upload is not None else url.partition("?")[0]
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    printable = "".join(c for c in last if c.isprintable())
    return (printable.partition(".")[0] or _("without a name"))[:120]


def _stage(form: Form, wanted: _Wanted) -> tuple[int, bool] | None:
    """The staged set and whether it was there already; None with the fault on the form."""
    # The readers bring numpy and shapely along, which no other page needs.
    from geoapp.spatial.files import ReadOptions  # noqa: PLC0415
    from geoapp.usecases import boundary_import  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="geoapp-upload-") as folder:
        source: Path | str = wanted.url
        if wanted.upload is not None:
            source = Path(folder) / (secure_filename(wanted.upload.filename or "") or "file")
            wanted.upload.save(source)
        try:
            staged = boundary_import.stage(
                site().database,
                current_city(),
                source,
                layer=wanted.layer,
                version=wanted.version,
                source_name=wanted.source,
                licence=wanted.licence,
                approximate=wanted.approximate,
                options=ReadOptions(**wanted.reading),
                by=current_actor().label,
                settings=site().settings,
            )
        except Conflict as problem:
            form.clash(WHOLE, in_words(problem))
            return None
        except (BoundaryFileError, CatalogueError, TooLarge) as problem:
            form.wrong(_field_of(problem, wanted), in_words(problem))
            return None
    return staged.set_id, staged.unchanged


def _field_of(problem: GeoappError, wanted: _Wanted) -> str:
    """The form's field beside which a fault of the file is told."""
    named = [fault.field for fault in getattr(problem, "fields", ())]
    field = named[0] if named and named[0] in _OF_FORM else "file"
    return "url" if field == "file" and wanted.upload is None else field


def _list_page(form: Form) -> tuple[str, int]:
    database, city = site().database, current_city()
    kept = use.kept(database, city)
    run = activation.latest(database, city)
    run_at = None
    if run is not None and run.set_id is not None:
        run_at = url_for("admin.boundary_set", number=run.set_id, _anchor="run")
    page = render_template(
        "admin/boundaries.html",
        **page_context(
            layers=[(layer, [one for one in kept if one.layer == layer]) for layer in LAYERS],
            in_force={
                layer: next((s for s in kept if s.layer == layer and s.status == "active"), None)
                for layer in LAYERS
            },
            run=run if run is not None and _busy(run) else None,
            run_at=run_at,
            form=form,
            folded=_READING,
            most_bytes=_most_bytes(),
        ),
    )
    return page, form.status


def _busy(run: Activation) -> bool:
    """Whether the worker has something to do for it."""
    by_itself = {ActivationState.DECIDING, ActivationState.SWITCHED}
    return run.state in by_itself or (run.is_open and run.wanted)


def _most_bytes() -> int:
    return site().settings.import_max_mb * _MB


def _too_large_words() -> str:
    return str(_("The file is larger than %(most)s MB.", most=site().settings.import_max_mb))


def _drain() -> None:
    """Take in what still comes, within bounds: a browser reads no answer before it has sent."""
    stream = request.environ.get("wsgi.input")
    left = 4 * _most_bytes()
    while stream is not None and left > 0 and (chunk := stream.read(1 << 16)):
        left -= len(chunk)
