"""Who may read, asked of the use cases themselves: the web's door is not the only lock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geoapp.domain.place import TileId
from geoapp.domain.work_filter import Sort, WorkFilter
from geoapp.errors import Forbidden, InvalidInput, NotFound
from geoapp.usecases import work
from tests.people import hire
from tests.support import default_city, send


def test_reading_asks_for_the_permission_and_for_the_keys_scope(jambi):
    city, ticket = default_city(jambi), send(jambi)["ticket"]
    operator = hire(jambi, "operator")
    wanted = WorkFilter(now=jambi.now())
    allowed = replace(operator, scopes=frozenset({"read"}))
    for nobody in (replace(operator, grants=()), replace(operator, scopes=frozenset({"intake"}))):
        for ask in (
            lambda who: work.complaint_page(jambi, city, who, wanted, sort=Sort.DUE, limit=1),
            lambda who: work.case(jambi, city, who, ticket),
            lambda who: work.area(jambi, city, who, ticket),
            lambda who: work.tile(jambi, city, who, wanted, TileId(0, 0, 0)),
            lambda who: work.templates(jambi, city, who),
            lambda who: work.officers(jambi, city, who, "dlh"),
        ):
            with pytest.raises(Forbidden):
                ask(nobody)
            ask(allowed)
    # A key that only reads is offered no step.
    assert work.case(jambi, city, allowed, ticket).actions == ()
    assert work.case(jambi, city, operator, ticket).actions != ()


@pytest.mark.parametrize("ticket", ["", "JBI-3333-3333", "\x00", "\ud800", "x" * 5000, "' OR 1=1"])
def test_a_ticket_that_is_none_is_not_found(jambi, ticket):
    with pytest.raises(NotFound):
        work.case(jambi, default_city(jambi), hire(jambi, "operator"), ticket)


def test_nearest_first_needs_to_know_from_where(jambi):
    with pytest.raises(InvalidInput):
        work.complaint_page(
            jambi, default_city(jambi), hire(jambi, "operator"), WorkFilter(now=jambi.now()),
            sort=Sort.NEAR, limit=1,
        )  # fmt: skip


def test_a_ticket_is_found_in_small_letters_too(jambi):
    ticket = send(jambi)["ticket"]
    found = work.case(jambi, default_city(jambi), hire(jambi, "operator"), ticket.lower())
    assert found.case.complaint.ticket == ticket
