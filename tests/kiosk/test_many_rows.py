"""Any number of rows goes in and changes by few statements, whichever store it is."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection
from sqlmodel import Session, col, select

from kiosk.store.database import Database, sqlite_url
from kiosk.store.many_rows import Values, insert_missing_rows, insert_rows, update_rows
from kiosk.store.tables import METADATA, TerminalRow
from tests.kiosk.conftest import POSTGRESQL
from tests.kiosk.factories import NOW
from tests.kiosk.playing import HOSTILE

TERMINALS = METADATA.tables["terminal"]
NUMBER = TERMINALS.c.number


@pytest.fixture(params=["sqlite", POSTGRESQL])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = sqlite_url(tmp_path / "kiosk.sqlite")
    if request.param == "postgresql":
        new_database: Callable[[], URL] = request.getfixturevalue("new_database")
        url = new_database()
    database = await Database.open(url)
    yield database
    await database.close()


def terminals(names: Sequence[str], retry_at: datetime | None = None) -> list[Values]:
    return [
        {"name": name, "pin_failures": at, "pin_retry_at": retry_at}
        for at, name in enumerate(names)
    ]


def stored(session: Session) -> list[tuple[str, int, datetime | None]]:
    rows = session.exec(select(TerminalRow).order_by(col(TerminalRow.number)))
    return [(row.name, row.pin_failures, row.pin_retry_at) for row in rows]


@pytest.mark.parametrize("count", [0, 1, 188, 201])
async def test_any_number_of_rows_is_stored(store: Database, count: int) -> None:
    rows = terminals([f"t{at}" for at in range(count)], NOW)

    await store.transaction(lambda session: insert_rows(session.connection(), TERMINALS, rows))

    wanted = [(f"t{at}", at, NOW) for at in range(count)]
    assert await store.transaction(stored) == wanted


async def test_values_are_never_part_of_a_statement(store: Database) -> None:
    names = ["?", "%s", "%(name)s", ":name", "'); --", *HOSTILE.values()]

    await store.transaction(
        lambda session: insert_rows(session.connection(), TERMINALS, terminals(names))
    )

    found = await store.transaction(stored)
    assert found == [(name, at, None) for at, name in enumerate(names)]


async def test_rows_that_are_there_stay_as_they_are(store: Database) -> None:
    def insert(session: Session, names: Sequence[str]) -> list[tuple[int, ...]]:
        connection = session.connection()
        return insert_missing_rows(connection, TERMINALS, terminals(names, NOW), (NUMBER,))

    [(first,), (second,)] = await store.transaction(lambda session: insert(session, ["a", "b"]))
    [(third,)] = await store.transaction(lambda session: insert(session, ["c", "b", "a"]))

    assert len({first, second, third}) == 3
    found = await store.transaction(stored)
    assert found == [("a", 0, NOW), ("b", 1, NOW), ("c", 0, NOW)]


async def test_only_rows_that_are_as_they_were_seen_change(store: Database) -> None:
    later = NOW + timedelta(minutes=1)

    def update(connection: Connection) -> tuple[list[int], list[int]]:
        rows = terminals([f"t{at}" for at in range(130)])
        even = [dict(row, pin_failures=index % 2) for index, row in enumerate(rows)]
        inserted = insert_missing_rows(connection, TERMINALS, even, (NUMBER,))
        numbers = [number for (number,) in inserted]
        new = {"pin_failures": 7, "pin_retry_at": later}
        return numbers, update_rows(connection, NUMBER, numbers, {"pin_failures": 1}, new)

    numbers, updated = await store.transaction(lambda session: update(session.connection()))

    assert sorted(updated) == numbers[1::2]
    found = await store.transaction(stored)
    assert [row[1:] for row in found] == [(0, None), (7, later)] * 65
