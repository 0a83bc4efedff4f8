"""``/admin/boundaries/<number>``: one set, from its report into force and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.domain.activation import (
    Activation,
    ActivationState,
    How,
    Mapped,
    Preview,
    RetiringCode,
    ShrinkingCode,
)
from geoapp.domain.boundary import Layer
from geoapp.domain.boundary_quality import OverlapStrategy, SetReport
from geoapp.errors import BoundarySetNotStaged, Conflict, GeoappError, InvalidInput
from geoapp.usecases import activation, boundary_quality, cities, livemap
from geoapp.usecases import administration_catalogue as catalogue
from geoapp.web import page
from geoapp.web.access import current_actor, open_to
from geoapp.web.admin import blueprint
from geoapp.web.admin.boundaries import page_context
from geoapp.web.admin.forms import WHOLE, Form
from geoapp.web.admin.reader_words import in_words
from geoapp.web.admin.views import agency_names, done
from geoapp.web.context import current_city, now, site
from geoapp.web.set_names import set_name

_STAGED = "staged"
_HOW = tuple(how.value for how in How)
_OVERLAPS = tuple(strategy.value for strategy in OverlapStrategy)
_MOST_GAP_M2 = 1_000_000
_ROUND_M2 = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
_SHARE_CLOSED = 0.9
"""Of the gaps, that the size which is proposed closes, as long as none of a hectare is."""


@blueprint.get("/boundaries/<int:number>")
@open_to(Permission.ADMINISTER)
def boundary_set(number: int) -> tuple[str, int]:
    """The set's report, its map, and what can be done with it."""
    return _page(number)


@blueprint.post("/boundaries/<int:number>/clean")
@open_to(Permission.ADMINISTER)
def boundary_clean(number: int) -> tuple[str, int] | Response:
    """Close small gaps and settle overlaps in a copy of the set."""
    told = _report(number)
    form = Form()
    under_m2 = form.number("gaps_under_m2", 0, _MOST_GAP_M2)
    overlaps = form.choice("overlaps", _OVERLAPS)
    max_change = form.share("max_change", boundary_quality.MAX_CHANGE)
    if form.sound:
        try:
            cleaned = boundary_quality.clean(
                site().database,
                current_city(),
                told.set.id,
                gaps_under_m2=under_m2,
                overlaps=OverlapStrategy(overlaps),
                max_change=max_change,
                by=current_actor().label,
                home=site().settings.home,
            )
        except (InvalidInput, Conflict) as problem:
            form.clash(WHOLE, in_words(problem))
        else:
            return done(
                "admin.boundary_set",
                _("The cleaned areas are a set of their own, this one; the other stays as it was."),
                number=cleaned.set_id,
            )
    return _page(number, cleaning=form)


@blueprint.post("/boundaries/<int:number>/discard")
@open_to(Permission.ADMINISTER)
def boundary_discard(number: int) -> tuple[str, int] | Response:
    """Remove a set that never was in force."""
    told = _report(number)
    try:
        boundary_quality.discard(
            site().database, current_city(), told.set.id, by=current_actor().label
        )
    except Conflict as problem:
        return _refused(number, problem)
    return done("admin.boundaries", _("%(name)s is removed.", name=set_name(told.set.version)))


@blueprint.post("/boundaries/<int:number>/preview")
@open_to(Permission.ADMINISTER)
def boundary_preview(number: int) -> tuple[str, int] | Response:
    """Begin to find out what would change."""
    told = _report(number)
    form = Form()
    valid_from = form.day("valid_from")
    mapping = _mapping(form, _retiring(told))
    other_codes = form.flag("other_codes")
    if form.sound and valid_from is not None:
        try:
            activation.begin(
                site().database,
                current_city(),
                told.set.id,
                valid_from,
                mapping=mapping,
                other_codes=other_codes,
                by=current_actor().label,
            )
        except (InvalidInput, Conflict) as problem:
            form.clash(WHOLE, in_words(problem))
        else:
            return _to_run(number)
    return _page(number, beginning=form)


@blueprint.post("/boundaries/<int:number>/activate")
@open_to(Permission.ADMINISTER)
def boundary_activate(number: int) -> tuple[str, int] | Response:
    """Let the worker put the previewed set in force."""
    run = _run_of(number)
    if run is None or not run.is_open:
        return _refused(number, _no_preview())
    try:
        activation.want(site().database, current_city(), run.id, by=current_actor().label)
    except (InvalidInput, Conflict) as problem:
        return _refused(number, problem)
    return _to_run(number)


@blueprint.post("/boundaries/<int:number>/undo")
@open_to(Permission.ADMINISTER)
def boundary_undo(number: int) -> tuple[str, int] | Response:
    """Give a preview or an activation up, before the switch."""
    run = _run_of(number)
    if run is None or not run.is_open:
        return _refused(number, _no_preview())
    try:
        activation.undo(site().database, current_city(), run.id, by=current_actor().label)
    except Conflict as problem:
        return _refused(number, problem)
    return done(
        "admin.boundary_set", _("Given up. Nothing was changed; the set waits."), number=number
    )


@blueprint.post("/boundaries/<int:number>/again")
@open_to(Permission.ADMINISTER)
def boundary_again(number: int) -> tuple[str, int] | Response:
    """A copy of a set that was in force, to go back to it."""
    told = _report(number)
    try:
        copy = activation.reactivate(
            site().database, current_city(), told.set.id, by=current_actor().label
        )
    except Conflict as problem:
        return _refused(number, problem)
    told_words = _(
        "This is a copy of %(name)s. It waits like any other set.", name=set_name(told.set.version)
    )
    return done("admin.boundary_set", told_words, number=copy)


@dataclass(frozen=True, slots=True)
class Choice:
    """One new code that a retiring one may become: its name, and its share of the old area."""

    code: str
    name: str
    share: float | None


def _report(number: int) -> SetReport:
    return boundary_quality.report(site().database, current_city(), number)


def _run_of(number: int) -> Activation | None:
    """The newest activation, when it is of this set."""
    run = activation.latest(site().database, current_city())
    return run if run is not None and run.set_id == number else None


def _retiring(told: SetReport) -> list[RetiringCode]:
    if told.set.status != _STAGED:
        return []
    return activation.retiring(site().database, current_city(), told.set.id)


def _mapping(form: Form, retiring: list[RetiringCode]) -> dict[str, Mapped]:
    """What the form says becomes of each code; faults stand beside the codes."""
    mapping = {}
    for code in retiring:
        field = f"how-{code.code}"
        how = How(form.choice(field, _HOW))
        into = list(form.chosen(f"into-{code.code}"))
        other = form.typed(f"other-{code.code}")
        chosen = tuple(dict.fromkeys([*into, other] if other else into))
        if how is How.DROPPED:
            chosen = ()
        elif how is How.MERGED and len(chosen) != 1:
            form.wrong(field, _("Merged: choose exactly one area."))
        elif how is How.SPLIT and len(chosen) < 2:
            form.wrong(field, _("Split: choose two areas or more."))
        mapping[code.code] = Mapped(how, chosen)
    return mapping


def _to_run(number: int) -> Response:
    return redirect(url_for("admin.boundary_set", number=number, _anchor="run"), 303)


def _no_preview() -> Conflict:
    return BoundarySetNotStaged(
        "Nothing is under way for this set.", "Ask for a preview of what would change first."
    )


def _refused(number: int, problem: GeoappError) -> tuple[str, int]:
    """The set's page, saying at its top why nothing was done."""
    flash(in_words(problem))
    return _page(number)[0], 409


def _page(
    number: int, *, cleaning: Form | None = None, beginning: Form | None = None
) -> tuple[str, int]:
    database, city = site().database, current_city()
    told = _report(number)
    newest = activation.latest(database, city)
    run = newest if newest is not None and newest.set_id == number else None
    retiring = _retiring(told) if newest is None or not newest.is_open else []
    # of the form that was sent; the other stands there untouched
    status = next((form.status for form in (cleaning, beginning) if form is not None), 200)
    gap_sizes = [gap["area_m2"] for gap in told.quality.get("gaps", ())]
    cleaning = cleaning or Form({"gaps_under_m2": _proposed(gap_sizes), "overlaps": _OVERLAPS[0]})
    under = cleaning.typed("gaps_under_m2")
    shown = page.shell(city)
    text = render_template(
        "admin/boundary.html",
        **page_context(
            told=told,
            set=told.set,
            run=run,
            busy_elsewhere=newest if run is None and newest and newest.is_open else None,
            preview=_preview(run),
            shrinking=_shrinking(told, newest),
            retiring=retiring,
            choices={code.code: _choices(code, told) for code in retiring},
            others=_others(told, retiring),
            names=_names(told),
            agencies=_agencies(),
            cleaning=cleaning,
            beginning=beginning or _first(retiring, cities.today(city, now())),
            today=cities.today(city, now()),
            other_codes=_other_codes(told),
            gap_sizes=[round(size, 2) for size in gap_sizes],
            gaps_closed=sum(size < int(under) for size in gap_sizes) if under.isdecimal() else 0,
            overlap_ways=_OVERLAPS,
            how=_HOW,
        ),
        **shown,
    )
    return text, status


def _proposed(sizes: list[float]) -> int:
    """A round size, in m², under which nearly all gaps lie; the largest may be meant."""
    needed = _SHARE_CLOSED * len(sizes)
    return next(
        (one for one in _ROUND_M2 if sum(size < one for size in sizes) >= needed), _ROUND_M2[-1]
    )


@dataclass(frozen=True, slots=True)
class OtherCodes:
    """How many of the codes in force occur in a set that lacks most of them."""

    in_force: int
    same: int


def _other_codes(told: SetReport) -> OtherCodes | None:
    """Whether a waiting set of kelurahan has most likely codes of another kind."""
    compared = told.comparison
    if compared is None or told.set.layer != Layer.KELURAHAN or told.set.status != _STAGED:
        return None
    in_force = len(compared.areas) - len(compared.codes_added)
    same = in_force - len(compared.codes_retired)
    return OtherCodes(in_force, same) if same < in_force / 2 else None


def _first(retiring: list[RetiringCode], today: date) -> Form:
    """The form of the preview as it is first shown: from today, codes as their shares suggest."""
    start: dict[str, object] = {"valid_from": today}
    for code in retiring:
        start[f"how-{code.code}"] = code.suggestion.how.value
        start[f"into-{code.code}"] = code.suggestion.into
    return Form(start, blank=True)


def _preview(run: Activation | None) -> Preview | None:
    """What would change; None before it is known, and once it is history."""
    if run is None or run.state is not ActivationState.DECIDED:
        return None
    return activation.preview(site().database, current_city(), run.id)


def _choices(code: RetiringCode, told: SetReport) -> list[Choice]:
    """The new areas that lie on a retiring one, the largest share first."""
    names = _names(told) | _in_force(told, [code])
    shares = sorted(code.shares.items(), key=lambda pair: -pair[1])
    wanted = [Choice(new, names.get(new, new), share) for new, share in shares if share >= 0.001]
    known = {choice.code for choice in wanted}
    return wanted + [
        Choice(new, names.get(new, new), None) for new in code.suggestion.into if new not in known
    ]


def _agencies() -> dict[str, str]:
    """What agencies are called, by code."""
    where = (site().database, current_city(), current_actor())
    return agency_names(catalogue.agencies(*where), catalogue.today(*where))


def _others(told: SetReport, retiring: list[RetiringCode]) -> dict[str, str]:
    """Every kelurahan that may take a retiring one's place, for who knows better than the shares."""
    named = _in_force(told, retiring)
    if named or told.comparison is None:
        return named
    here = [area for area in told.comparison.areas if area.change != "gone"]
    return {area.code: area.name for area in sorted(here, key=lambda area: area.name)}


def _in_force(told: SetReport, retiring: list[RetiringCode]) -> dict[str, str]:
    """The kelurahan that service areas may name, by name; none for sets of another layer."""
    if told.set.layer != Layer.SERVICE_AREA or all(one.level != "kelurahan" for one in retiring):
        return {}
    known = livemap.area_list(site().database, current_city())
    return dict(sorted(((str(one["code"]), str(one["name"])) for one in known), key=itemgetter(1)))


def _names(told: SetReport) -> dict[str, str]:
    return {area.code: area.name for area in told.comparison.areas} if told.comparison else {}


def _shrinking(told: SetReport, newest: Activation | None) -> list[ShrinkingCode]:
    """What is told before the set comes into force, as long as something can be done about it."""
    if told.set.status != _STAGED or (newest is not None and newest.is_open and newest.wanted):
        return []
    return activation.shrinking(site().database, current_city(), told.set.id)
