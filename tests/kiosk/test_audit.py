"""The audit: what goes on record is read back in order, and nothing of it ever changes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.store import audit, terminals
from kiosk.store.database import Database, sqlite_url
from tests.kiosk.conftest import POSTGRESQL
from tests.kiosk.factories import NOW
from tests.kiosk.playing import HOSTILE

KIM = "Kim"


@pytest.fixture(params=["sqlite", POSTGRESQL])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = sqlite_url(tmp_path / "kiosk.sqlite")
    if request.param == "postgresql":
        url = request.getfixturevalue("new_database")()
    database = await Database.open(url)
    yield database
    await database.close()


def an_entry(minute: int = 0, terminal: int | None = None, detail: str = "") -> AuditEntry:
    """Somebody unlocked something, so many minutes after noon."""
    at = NOW + timedelta(minutes=minute)
    return AuditEntry(at, Actor(terminal, KIM), Action.UNLOCKED, subject=minute, detail=detail)


async def test_what_is_recorded_is_read_back_with_the_terminals_name(store: Database) -> None:
    def work(session: Session) -> None:
        north = terminals.register(session, "north")
        audit.record(session, an_entry(0, north), an_entry(1))

    await store.transaction(work)

    first, second = await store.transaction(audit.page)
    assert (first.at, first.terminal, first.staff) == (NOW, "north", KIM)
    assert (first.action, first.subject, second.terminal) == (Action.UNLOCKED, 0, "")
    assert first.number < second.number


async def test_it_is_read_in_pages_and_from_an_instant_on(store: Database) -> None:
    entries = [an_entry(minute) for minute in range(5)]
    await store.transaction(lambda session: audit.record(session, *entries))

    first = await store.transaction(lambda session: audit.page(session, limit=2))
    rest = await store.transaction(lambda session: audit.page(session, after=first[-1].number))
    late = await store.transaction(lambda session: audit.page(session, since=entries[3].at))

    assert [one.subject for one in (*first, *rest)] == [0, 1, 2, 3, 4]
    assert [one.subject for one in late] == [3, 4]


async def test_a_unit_of_work_that_fails_leaves_no_entry(store: Database) -> None:
    def work(session: Session) -> None:
        audit.record(session, an_entry())
        raise LookupError

    with pytest.raises(LookupError):
        await store.transaction(work)

    assert await store.transaction(audit.page) == []


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
async def test_peoples_words_come_back_as_they_were(store: Database, words: str) -> None:
    await store.transaction(lambda session: audit.record(session, an_entry(detail=words)))

    [read] = await store.transaction(audit.page)
    assert read.detail == words


@pytest.mark.parametrize("change", ["UPDATE audit SET staff = 'Robin'", "DELETE FROM audit"])
async def test_the_database_itself_refuses_every_change(store: Database, change: str) -> None:
    await store.transaction(lambda session: audit.record(session, an_entry()))

    with pytest.raises(DBAPIError, match="only grows"):
        await store.transaction(lambda session: session.connection().execute(text(change)))

    [kept] = await store.transaction(audit.page)
    assert kept.staff == KIM
