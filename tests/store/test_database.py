from __future__ import annotations

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geoapp.store.database import Database, Role

WHO = text("SELECT current_user, current_setting('geoapp.city')")


def test_a_transaction_acts_as_its_role_for_its_city_from_its_first_statement(jambi: Database):
    with jambi.transaction(Role.VISITOR, "15.71") as connection:
        assert tuple(connection.execute(WHO).one()) == ("geoapp_visitor", "15.71")
    with jambi.transaction(Role.WORKER) as connection:
        assert tuple(connection.execute(WHO).one()) == ("geoapp_worker", "")


def test_a_first_statement_that_never_left_does_not_lose_the_role(jambi: Database):
    with jambi.transaction(Role.VISITOR, "15.71") as connection:
        with pytest.raises(DBAPIError, match="can't adapt"):
            connection.execute(text("SELECT :x"), {"x": object()})
        assert tuple(connection.execute(WHO).one()) == ("geoapp_visitor", "15.71")


def test_a_savepoint_that_is_rolled_back_does_not_lose_the_role(jambi: Database):
    with jambi.transaction(Role.VISITOR, "15.71") as connection:
        inner = connection.begin_nested()
        connection.execute(text("SELECT 1"))
        inner.rollback()
        assert tuple(connection.execute(WHO).one()) == ("geoapp_visitor", "15.71")


def test_pandas_can_read_through_a_transaction(jambi: Database):
    with jambi.transaction(Role.VISITOR, "15.71") as connection:
        frame = pd.read_sql(
            text("SELECT code FROM geoapp.area WHERE city_code = :city"),
            connection,
            params={"city": "15.71"},
        )
    assert len(frame) == 68  # kelurahan of Kota Jambi since 2023


def test_the_login_itself_may_read_nothing(jambi: Database):
    connection = jambi.raw_connection()
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("SELECT 1 FROM geoapp.city")
    connection.close()
