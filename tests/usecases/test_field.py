"""What a field team is told of its own areas."""

from __future__ import annotations

import pytest

from geoapp.errors import Forbidden
from geoapp.usecases import cities, field
from tests.people import hire
from tests.support import default_city


@pytest.fixture
def own(jambi_module):
    database = jambi_module
    city = default_city(database)

    def ask(role, **grant):
        return field.own_areas(
            database, city, cities.catalogue(database, city), hire(database, role, **grant)
        )

    return ask


@pytest.fixture(scope="module")
def jambi_module(cluster, jambi_template):
    from geoapp.store.database import Database
    from tests.databases import clone, drop

    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


def names(listed):
    return [one.name for one in listed]


def test_a_kecamatan_granted_offers_its_kelurahan_by_name(own):
    told = own("field_officer", agency="perkim_lpju", kecamatan=["15.71.08"])
    # facts.csv: kecamatan Jelutung (15.71.08) has seven kelurahan
    assert names(told.kecamatan) == ["Jelutung"]
    assert len(told.kelurahan) == 7
    assert "Jelutung" in names(told.kelurahan)
    assert names(told.granted) == ["Jelutung"]
    # agencies.json: the short name people know
    assert names(told.agencies) == ["Dinas Perkim, Bidang LPJU"]
    assert not told.everywhere


def test_kelurahan_granted_are_all_there_is_to_choose(own):
    told = own("field_officer", kelurahan=["15.71.08.1006"])
    assert [one.code for one in told.kelurahan] == ["15.71.08.1006"]
    assert (told.kecamatan, told.agencies) == ((), ())


def test_an_agency_without_areas_works_in_the_whole_city(own):
    told = own("agency_admin", agency="dlh")
    # domain.md: 68 kelurahan in 11 kecamatan
    assert (told.everywhere, len(told.kelurahan), len(told.kecamatan)) == (True, 68, 11)
    assert told.granted == ()


def test_an_area_that_is_no_more_goes_by_its_code(own):
    told = own("field_officer", kelurahan=["15.71.99.9999"])
    assert names(told.granted) == ["15.71.99.9999"]
    assert told.kelurahan == ()


def test_who_works_nowhere_has_no_areas(own):
    with pytest.raises(Forbidden):
        own("operator")
