"""``/admin/machines``: other programs that send, read or act, each with keys of its own."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.errors import NotFound
from geoapp.usecases import accounts
from geoapp.web.access import current_actor, open_to
from geoapp.web.accounts.door import lifetime
from geoapp.web.admin import blueprint
from geoapp.web.admin.forms import Form
from geoapp.web.admin.grants import offered, read_grant
from geoapp.web.admin.views import done
from geoapp.web.context import current_city, now, site

Answer = tuple[str, int] | Response


@blueprint.get("/machines")
@open_to(Permission.ADMINISTER)
def machines() -> str:
    """All machines and their keys."""
    known = accounts.everybody(site().database, current_city(), current_actor(), lifetime())
    return render_template(
        "admin/machines.html",
        machines=[account for account in known if account.kind == "machine"],
        offered=offered(),
        now=now(),
    )


@blueprint.get("/machines/new")
@open_to(Permission.ADMINISTER)
def machine_form() -> Answer:
    """The form for another machine."""
    return _new_page(Form({"days": 365, "scopes": ["intake"]}))


@blueprint.post("/machines/new")
@open_to(Permission.ADMINISTER)
def machine_add() -> Answer:
    """Another machine with a first grant; keys are made on its page."""
    form = Form()
    name = form.text("name", most=120)
    new = read_grant(form, offered(machine=True))
    if form.sound:
        with form.refusals():
            account = accounts.add_machine(
                site().database, current_city(), current_actor(), name=name, grants=[new]
            )
            return done(
                "admin.machine",
                _("%(name)s is added. Now make its key.", name=name),
                account=account,
            )
    return _new_page(form)


@blueprint.get("/machines/<int:account>")
@open_to(Permission.ADMINISTER)
def machine(account: int) -> Answer:
    """One machine: grants and keys."""
    return machine_page(account)


@blueprint.post("/machines/<int:account>/keys")
@open_to(Permission.ADMINISTER)
def key_add(account: int) -> Answer:
    """Another key; it is shown here, once."""
    form = Form()
    name = form.text("key_name", most=120)
    days = form.number("days", 1, accounts.KEY_DAYS_MOST)
    scopes = form.choices("scopes", accounts.SCOPES)
    if not scopes and "scopes" not in form.faults:
        form.wrong("scopes", _("Please choose at least one."))
    if form.sound:
        with form.refusals():
            made = accounts.make_key(
                site().database,
                current_city(),
                current_actor(),
                account,
                name=name,
                scopes=sorted(scopes),
                days=days,
            )
            return machine_page(account, made=made)
    return machine_page(account, form)


@blueprint.post("/machines/<int:account>/keys/<int:key>/revoke")
@open_to(Permission.ADMINISTER)
def key_revoke(account: int, key: int) -> Answer:
    """A key less, at once."""
    form = Form()
    with form.refusals():
        accounts.revoke_key(site().database, current_city(), current_actor(), key)
        return done("admin.machine", _("The key doesn't open any more."), account=account)
    return machine_page(account, form)


def _new_page(form: Form) -> Answer:
    choice = offered(machine=True)
    return render_template("admin/machine_new.html", form=form, offered=choice), form.status


def machine_page(
    account: int, form: Form | None = None, made: accounts.NewKey | None = None
) -> Answer:
    """The page of a machine, with a fault or a new key on it.

    Raises:
        NotFound: no machine of the city has this number.
    """
    known = accounts.one(site().database, current_city(), current_actor(), lifetime(), account)
    if known.kind != "machine":
        raise NotFound("There is no such machine.", "Choose from the list.")
    form = form or Form(blank=True)
    page = render_template(
        "admin/machine.html",
        machine=known,
        form=form,
        offered=offered(machine=True),
        made=made,
        now=now(),
        scopes=accounts.SCOPES,
    )
    return page, form.status
