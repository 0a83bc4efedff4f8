"""Every route has a decision about who may use it, written here by hand.

A new route fails this test until somebody decides and adds it.
"""

from __future__ import annotations

import pytest

from geoapp.app import create_app

PUBLIC = "public"
"""Anybody; reads as geoapp_visitor (or geoapp_listener, the feed)."""
INTAKE = "intake"
"""Anybody, counted per sender; writes one complaint as geoapp_intake."""
SIGN_IN = "sign_in"
"""Anybody, counted per sender and account; the right secret opens a session."""
ENTER = "enter"
"""Operators, and machines whose key may take in."""
WORK = "work"
"""Field officers and agency admins, on what lies in their areas."""
SIGNED_IN = "signed_in"
"""Whoever has an account, for what is the account's own."""
ACT = "act"
"""Operators, agency admins, field officers: each step asks again, for the very complaint."""
READ = "read"
"""Staff, what their grants cover and no more."""
READ_NUMBERS = "read_numbers"
"""Whoever reads all that an agency has."""
KEEP = "keep"
"""The same, people alone: what one account keeps for itself or shares."""
TRIAGE = "triage"
"""Operators: what belongs together, and what isn't a complaint."""
TRIAGE_READING = "triage_reading"
"""The same, shown complaints whole: a key that may only act reads none."""
WORD_ANSWERS = "word_answers"
"""Operators, and agency admins for their own agency."""
ADMINISTER = "administer"
"""The city's own administrators."""
AUDIT = "audit"
"""Administrators and auditors."""

ACCESS: dict[tuple[str, str], str] = {
    ("GET", "/"): PUBLIC,
    ("GET", "/about"): PUBLIC,
    ("GET", "/report"): PUBLIC,
    ("POST", "/report"): INTAKE,
    ("GET", "/c/<ticket>"): PUBLIC,
    ("GET", "/api/v1/city"): PUBLIC,
    ("GET", "/api/v1/services"): PUBLIC,
    ("GET", "/api/v1/areas"): PUBLIC,
    ("GET", "/live/ground.json"): PUBLIC,
    ("GET", "/areas"): PUBLIC,
    ("GET", "/api/v1/areas/numbers"): PUBLIC,
    ("GET", "/api/v1/work/areas/numbers"): READ_NUMBERS,
    ("GET", "/api/v1/work/summary"): READ_NUMBERS,
    ("GET", "/api/v1/work/shades"): READ_NUMBERS,
    ("GET", "/api/v1/work/daily"): READ_NUMBERS,
    ("GET", "/api/v1/work/filters"): READ_NUMBERS,
    ("POST", "/api/v1/work/filters"): KEEP,
    ("POST", "/api/v1/work/filters/<number>"): KEEP,
    ("POST", "/api/v1/work/filters/<number>/remove"): KEEP,
    ("GET", "/api/v1/locate"): PUBLIC,
    ("GET", "/api/v1/assignments/explain"): PUBLIC,
    ("GET", "/api/v1/complaints"): PUBLIC,
    ("POST", "/api/v1/complaints"): INTAKE,
    ("GET", "/api/v1/complaints/<ticket>"): PUBLIC,
    ("POST", "/api/v1/complaints/<ticket>/replies"): INTAKE,  # with the sender's key
    ("POST", "/api/v1/complaints/<ticket>/export"): INTAKE,  # with the sender's key
    ("POST", "/api/v1/complaints/<ticket>/erasure"): INTAKE,  # with the sender's key
    ("POST", "/api/v1/complaints/<ticket>/contact"): INTAKE,  # with the sender's key, or none
    ("GET", "/api/v1/complaints/alike"): PUBLIC,
    ("POST", "/api/v1/complaints/<ticket>/support"): INTAKE,
    ("DELETE", "/api/v1/complaints/<ticket>/support"): INTAKE,
    ("POST", "/api/v1/mark"): INTAKE,
    ("POST", "/api/v1/complaints/<ticket>/mine"): INTAKE,  # these with the sender's key, too
    ("POST", "/api/v1/complaints/<ticket>/rating"): INTAKE,
    ("POST", "/api/v1/complaints/<ticket>/escalation"): INTAKE,
    ("POST", "/api/v1/complaints/<ticket>/dossier"): INTAKE,
    ("GET", "/api/v1/complaints/<ticket>/photos/<photo>/<size>.jpg"): INTAKE,
    ("POST", "/api/v1/photos"): INTAKE,
    ("GET", "/api/v1/photos/<uuid:photo>"): PUBLIC,  # whoever drew its id
    ("PATCH", "/api/v1/photos/<uuid:photo>"): INTAKE,
    ("DELETE", "/api/v1/photos/<uuid:photo>"): INTAKE,
    ("GET", "/api/v1/photos/<uuid:photo>/small.jpg"): PUBLIC,
    ("GET", "/photos/<uuid:photo>/large.jpg"): PUBLIC,  # if the complaint is
    ("GET", "/photos/<uuid:photo>/small.jpg"): PUBLIC,
    ("GET", "/api/v1/work/photos/<uuid:photo>/large.jpg"): READ,
    ("GET", "/api/v1/work/photos/<uuid:photo>/small.jpg"): READ,
    ("POST", "/api/v1/work/photos/<uuid:photo>/hide"): ACT,
    ("GET", "/api/v1/summary"): PUBLIC,
    ("GET", "/api/v1/hotspots"): PUBLIC,
    ("GET", "/api/v1/openapi.json"): PUBLIC,
    ("GET", "/api/v1/seals"): PUBLIC,
    ("GET", "/audit"): AUDIT,
    ("GET", "/tiles/complaints/<z>/<x>/<y>.mvt"): PUBLIC,
    ("GET", "/live"): PUBLIC,
    ("GET", "/live/work"): READ,
    ("GET", "/health"): PUBLIC,
    ("GET", "/u/<token>"): PUBLIC,  # whoever has a mail's link
    ("POST", "/u/<token>"): PUBLIC,  # and ends its mails
    ("GET", "/metrics"): PUBLIC,  # whoever has its token
    ("GET", "/static/<path:filename>"): PUBLIC,
    ("GET", "/login"): PUBLIC,
    ("POST", "/login"): SIGN_IN,
    ("GET", "/login/code"): PUBLIC,
    ("POST", "/login/code"): SIGN_IN,
    ("GET", "/login/authenticator"): PUBLIC,
    ("POST", "/login/authenticator"): SIGN_IN,
    ("POST", "/logout"): SIGNED_IN,
    ("GET", "/account"): SIGNED_IN,
    ("POST", "/account/password"): SIGNED_IN,
    ("POST", "/account/sessions/<int:ended>/end"): SIGNED_IN,
    ("POST", "/account/sessions/end-others"): SIGNED_IN,
    ("GET", "/account/authenticator"): SIGNED_IN,
    ("POST", "/account/authenticator"): SIGNED_IN,
    ("POST", "/account/authenticator/remove"): SIGNED_IN,
    ("GET", "/invitation/<token>"): PUBLIC,  # whoever has the link
    ("POST", "/invitation/<token>"): SIGN_IN,
    ("POST", "/api/v1/work/complaints"): ENTER,
    ("POST", "/api/v1/work/complaints/junk"): ENTER,
    ("GET", "/entry"): ENTER,
    ("GET", "/api/v1/work/me"): SIGNED_IN,
    ("GET", "/api/v1/work/complaints"): READ,
    ("GET", "/api/v1/work/complaints/<ticket>"): READ,
    ("GET", "/api/v1/work/complaints/<ticket>/area"): READ,
    ("GET", "/api/v1/work/complaints/<ticket>/explain"): READ,
    ("POST", "/api/v1/work/complaints/<ticket>/contact"): READ,  # on the record
    ("POST", "/api/v1/work/complaints/<ticket>/steps"): ACT,
    ("POST", "/api/v1/work/steps"): ACT,
    ("GET", "/tiles/work/<z>/<x>/<y>.mvt"): READ,
    ("GET", "/api/v1/work/officers"): READ,
    ("GET", "/api/v1/work/templates"): READ,
    ("POST", "/api/v1/work/templates"): WORD_ANSWERS,
    ("POST", "/api/v1/work/templates/<number>"): WORD_ANSWERS,
    ("POST", "/api/v1/work/templates/<number>/retire"): WORD_ANSWERS,
    ("GET", "/agency"): READ,
    ("GET", "/command"): READ_NUMBERS,
    ("GET", "/command/statistics"): READ_NUMBERS,
    ("GET", "/command/statistics/<table>.<any(csv,xlsx):form>"): READ_NUMBERS,
    ("GET", "/api/v1/work/statistics"): READ_NUMBERS,
    ("GET", "/api/v1/work/service-areas"): READ_NUMBERS,
    ("GET", "/agency/duplicates"): TRIAGE,
    ("GET", "/api/v1/work/duplicates"): TRIAGE_READING,
    ("POST", "/api/v1/work/duplicates/different"): TRIAGE,
    ("GET", "/agency/numbers"): READ_NUMBERS,
    ("GET", "/agency/digest"): READ_NUMBERS,
    ("GET", "/agency/templates"): WORD_ANSWERS,
    ("POST", "/agency/templates"): WORD_ANSWERS,
    ("GET", "/agency/templates/<int:number>"): WORD_ANSWERS,
    ("POST", "/agency/templates/<int:number>"): WORD_ANSWERS,
    ("POST", "/agency/templates/<int:number>/retire"): WORD_ANSWERS,
    ("GET", "/case/<ticket>"): READ,
    ("GET", "/api/v1/work/numbers"): READ_NUMBERS,
    ("GET", "/api/v1/work/digest"): READ_NUMBERS,
    ("GET", "/admin"): ADMINISTER,
    ("GET", "/admin/log"): AUDIT,
    ("GET", "/admin/people"): ADMINISTER,
    ("GET", "/admin/people/invite"): ADMINISTER,
    ("POST", "/admin/people/invite"): ADMINISTER,
    ("GET", "/admin/people/<int:account>"): ADMINISTER,
    ("POST", "/admin/people/<int:account>/grants"): ADMINISTER,
    ("POST", "/admin/people/<int:account>/grants/<int:grant>/revoke"): ADMINISTER,
    ("POST", "/admin/people/<int:account>/<any(link,sessions,factor,off,on):what>"): ADMINISTER,
    ("GET", "/admin/machines"): ADMINISTER,
    ("GET", "/admin/machines/new"): ADMINISTER,
    ("POST", "/admin/machines/new"): ADMINISTER,
    ("GET", "/admin/machines/<int:account>"): ADMINISTER,
    ("POST", "/admin/machines/<int:account>/keys"): ADMINISTER,
    ("POST", "/admin/machines/<int:account>/keys/<int:key>/revoke"): ADMINISTER,
    ("GET", "/admin/agencies"): ADMINISTER,
    ("GET", "/admin/agencies/new"): ADMINISTER,
    ("POST", "/admin/agencies/new"): ADMINISTER,
    ("GET", "/admin/agencies/<code>"): ADMINISTER,
    ("POST", "/admin/agencies/<code>"): ADMINISTER,
    ("GET", "/admin/services"): ADMINISTER,
    ("GET", "/admin/services/new"): ADMINISTER,
    ("POST", "/admin/services/new"): ADMINISTER,
    ("GET", "/admin/services/<code>"): ADMINISTER,
    ("POST", "/admin/services/<code>"): ADMINISTER,
    ("GET", "/admin/service-areas"): ADMINISTER,
    ("GET", "/admin/service-areas/new"): ADMINISTER,
    ("POST", "/admin/service-areas/new"): ADMINISTER,
    ("GET", "/admin/service-areas/areas/<code>"): ADMINISTER,
    ("POST", "/admin/service-areas/areas/<code>"): ADMINISTER,
    ("POST", "/admin/service-areas/areas/<code>/remove"): ADMINISTER,
    ("GET", "/admin/service-areas/neighbours.json"): ADMINISTER,
    ("GET", "/admin/service-areas/export.geojson"): ADMINISTER,
    ("GET", "/admin/holidays"): ADMINISTER,
    ("POST", "/admin/holidays"): ADMINISTER,
    ("GET", "/admin/holidays/<day>"): ADMINISTER,
    ("POST", "/admin/holidays/<day>"): ADMINISTER,
    ("POST", "/admin/holidays/<day>/remove"): ADMINISTER,
    ("GET", "/admin/boundaries"): ADMINISTER,
    ("POST", "/admin/boundaries"): ADMINISTER,
    ("GET", "/admin/boundaries/<int:number>"): ADMINISTER,
    ("POST", "/admin/boundaries/<int:number>/clean"): ADMINISTER,
    ("POST", "/admin/boundaries/<int:number>/discard"): ADMINISTER,
    ("POST", "/admin/boundaries/<int:number>/preview"): ADMINISTER,
    ("POST", "/admin/boundaries/<int:number>/activate"): ADMINISTER,
    ("POST", "/admin/boundaries/<int:number>/undo"): ADMINISTER,
    ("POST", "/admin/boundaries/<int:number>/again"): ADMINISTER,
    ("GET", "/admin/boundaries/<int:number>/areas.geojson"): ADMINISTER,
    ("GET", "/admin/boundaries/<int:number>/faults.geojson"): ADMINISTER,
    ("GET", "/admin/boundaries/<int:number>/preview.geojson"): ADMINISTER,
    ("GET", "/admin/boundaries/<int:number>/state.json"): ADMINISTER,
    ("GET", "/admin/misfits"): ADMINISTER,
    ("GET", "/admin/privacy"): ADMINISTER,
    ("POST", "/admin/privacy/find"): ADMINISTER,
    ("POST", "/admin/privacy/export"): ADMINISTER,
    ("POST", "/admin/privacy/erase"): ADMINISTER,
    ("GET", "/admin/privacy/breaches/new"): ADMINISTER,
    ("POST", "/admin/privacy/breaches/new"): ADMINISTER,
    ("GET", "/admin/privacy/breaches/<int:number>"): ADMINISTER,
    ("GET", "/admin/privacy/breaches/<int:number>/notice.txt"): ADMINISTER,
    ("POST", "/admin/privacy/breaches/<int:number>/people.csv"): ADMINISTER,
    ("GET", "/privacy"): PUBLIC,
    ("GET", "/api/v1/work/misfits"): ADMINISTER,
    ("GET", "/field"): WORK,
}


@pytest.fixture
def routes(jambi, settings):
    app = create_app(settings, jambi)
    return {
        (method, rule.rule): app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_a_decision_and_every_decision_a_route(routes):
    assert set(routes) == set(ACCESS)


def test_every_address_of_the_api_describes_itself(routes):
    silent = [
        address
        for address, view in routes.items()
        if address[1].startswith(("/api/", "/tiles/")) and not hasattr(view, "operation")
    ]
    assert silent == []
