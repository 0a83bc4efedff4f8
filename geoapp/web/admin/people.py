"""``/admin/people``: who may come in, and what for."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geoapp.domain.access import Permission
from geoapp.domain.account import Account, Invitation
from geoapp.usecases import accounts
from geoapp.web.access import current_actor, open_to
from geoapp.web.accounts.door import lifetime
from geoapp.web.admin import blueprint
from geoapp.web.admin.forms import Form
from geoapp.web.admin.grants import offered, read_grant
from geoapp.web.admin.machines import machine_page
from geoapp.web.admin.views import done
from geoapp.web.context import current_city, site

Answer = str | tuple[str, int] | Response


@blueprint.get("/people")
@open_to(Permission.ADMINISTER)
def people() -> str:
    """Everybody with an account, those in use first."""
    known = accounts.everybody(site().database, current_city(), current_actor(), lifetime())
    return render_template(
        "admin/people.html",
        people=[account for account in known if account.kind == "person"],
        offered=offered(),
    )


@blueprint.get("/people/invite")
@open_to(Permission.ADMINISTER)
def invite_form() -> tuple[str, int]:
    """The form to invite somebody."""
    return _invite_page(Form())


@blueprint.post("/people/invite")
@open_to(Permission.ADMINISTER)
def invite() -> Answer:
    """A new account; its link is shown here, once."""
    form = Form()
    name, email = form.text("name", most=120), form.text("email", most=254)
    new = read_grant(form, offered())
    if form.sound:
        with form.refusals(conflict="email"):
            link = accounts.invite(
                site().database,
                current_city(),
                current_actor(),
                name=name,
                email=email,
                grants=[new],
            )
            return _page(link.account_id, link=link)
    return _invite_page(form)


@blueprint.get("/people/<int:account>")
@open_to(Permission.ADMINISTER)
def person(account: int) -> Answer:
    """One person: what may be done where, and how the account stands."""
    return _page(account)


@blueprint.post("/people/<int:account>/grants")
@open_to(Permission.ADMINISTER)
def grant_add(account: int) -> Answer:
    """Another grant, for a person or a machine."""
    kind = _known(account).kind
    form = Form()
    new = read_grant(form, offered(machine=kind == "machine"))
    if form.sound:
        with form.refusals():
            accounts.grant(site().database, current_city(), current_actor(), account, new)
            return _back(account, _("The grant holds from now on."))
    return _page(account, form)


@blueprint.post("/people/<int:account>/grants/<int:grant>/revoke")
@open_to(Permission.ADMINISTER)
def grant_revoke(account: int, grant: int) -> Answer:
    """A grant less."""
    form = Form()
    with form.refusals():
        accounts.revoke(site().database, current_city(), current_actor(), account, grant)
        return _back(account, _("The grant is taken back."))
    return _page(account, form)


@blueprint.post("/people/<int:account>/<any(link,sessions,factor,off,on):what>")
@open_to(Permission.ADMINISTER)
def person_change(account: int, what: str) -> Answer:
    """A new link, the end of all sessions, no second factor, switched off, switched on."""
    where = (site().database, current_city(), current_actor())
    form = Form()
    with form.refusals():
        if what == "link":
            return _page(account, link=accounts.reset(*where, account))
        if what == "sessions":
            ended = accounts.end_sessions(*where, account)
            return _back(
                account, _("Signed out everywhere; sessions ended: %(count)s.", count=ended)
            )
        if what == "factor":
            accounts.reset_totp(*where, account)
            return _back(
                account, _("The second factor is taken away; the next sign-in sets a new one.")
            )
        if what == "off":
            accounts.deactivate(*where, account)
            return _back(account, _("The account is switched off."))
        accounts.activate(*where, account)
        return _back(account, _("The account is switched on again."))
    return _page(account, form)


def _known(account: int) -> Account:
    return accounts.one(site().database, current_city(), current_actor(), lifetime(), account)


def _back(account: int, told: str) -> Response:
    return done("admin.person", told, account=account)


def _invite_page(form: Form) -> tuple[str, int]:
    return render_template("admin/invite.html", form=form, offered=offered()), form.status


def _page(account: int, form: Form | None = None, link: Invitation | None = None) -> Answer:
    known = _known(account)
    if known.kind == "machine":
        if form is None:
            return redirect(url_for("admin.machine", account=account), 303)
        return machine_page(account, form)
    form = form or Form(blank=True)
    page = render_template(
        "admin/person.html",
        person=known,
        form=form,
        offered=offered(),
        link=link,
        address=None if link is None else request.url_root.rstrip("/") + link.path,
    )
    return page, form.status
