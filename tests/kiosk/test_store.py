"""The store: shared commits, savepoints, migrations, and constraints that hold."""

import asyncio
import stat
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from kiosk.domain.errors import StoreTooNew, StoreUnavailable
from kiosk.services.order_book import OrderBook
from kiosk.store import chain_tables as chain_tables
from kiosk.store import claim_tables as claim_tables
from kiosk.store import door, orders
from kiosk.store import lane_tables as lane_tables
from kiosk.store import staff_tables as staff_tables
from kiosk.store.database import Database, sqlite_url
from kiosk.store.migrate import HEAD, alembic_config, upgrade
from kiosk.store.tables import METADATA, TerminalRow
from kiosk.store.terminals import register
from tests.kiosk.factories import a_cashier, usd
from tests.kiosk.world import World


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(sqlite_url(tmp_path / "kiosk.sqlite"))
    yield database
    await database.close()


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(TerminalRow)).one()


async def test_a_unit_of_work_that_fails_fails_alone(store: Database) -> None:
    def fail(session: Session) -> None:
        register(session, "lost")
        raise LookupError

    results = await asyncio.gather(
        *(store.transaction(partial(register, name=f"t{at}")) for at in range(5)),
        store.transaction(fail),
        *(store.transaction(partial(register, name=f"t{at}")) for at in range(5)),
        return_exceptions=True,
    )

    assert results[:5] == results[6:]
    assert isinstance(results[5], LookupError)
    assert await store.transaction(count) == 5


async def test_a_commit_that_fails_is_told_to_all_who_shared_it(store: Database) -> None:
    def undo_everything(session: Session) -> None:
        # As SQLite does of its own accord when a disk is full.
        session.connection().exec_driver_sql("ROLLBACK")

    results = await asyncio.gather(
        store.transaction(partial(register, name="north")),
        store.transaction(undo_everything),
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [StoreUnavailable, StoreUnavailable]
    assert await store.transaction(count) == 0
    await store.transaction(partial(register, name="north"))
    assert await store.transaction(count) == 1


async def test_units_that_wait_together_share_a_commit(store: Database) -> None:
    begun: list[str] = []

    def note(session: Session) -> None:
        transaction = session.connection().get_transaction()
        begun.append(str(id(transaction)))

    await asyncio.gather(*(store.transaction(note) for _ in range(50)))

    # The first may go alone while the others gather.
    assert len(set(begun)) <= 2


async def test_a_caller_who_leaves_does_not_stop_the_work(store: Database) -> None:
    leaving = asyncio.create_task(store.transaction(lambda session: register(session, "north")))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving

    assert await store.transaction(count) == 1


async def test_what_was_answered_is_there_for_the_next_process(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "kiosk.sqlite")
    first = await Database.open(url)
    number = await first.transaction(lambda session: register(session, "north"))
    second = await Database.open(url)

    assert await second.transaction(lambda session: register(session, "north")) == number

    await first.close()
    await second.close()


async def test_two_processes_may_open_an_empty_folder_at_once(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "kiosk.sqlite")
    opened = await asyncio.gather(*(Database.open(url) for _ in range(3)))
    assert [await one.transaction(count) for one in opened] == [0, 0, 0]
    for one in opened:
        await one.close()


async def test_a_connection_that_is_lost_is_a_store_that_is_away(store: Database) -> None:
    def lose(session: Session) -> None:
        session.connection().invalidate()

    with pytest.raises(StoreUnavailable, match="connection to the database was lost"):
        await store.transaction(lose)
    assert await store.transaction(count) == 0


async def test_the_file_is_its_owners_alone(tmp_path: Path, store: Database) -> None:
    await store.transaction(count)
    files = list(tmp_path.iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(files) == 3


async def test_connections_are_durable_checked_and_patient(store: Database) -> None:
    def pragmas(session: Session) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return {name: session.connection().scalar(text(f"PRAGMA {name}")) for name in names}

    assert await store.transaction(pragmas) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


def test_the_migrations_make_exactly_the_tables() -> None:
    migrated, made = create_engine("sqlite://"), create_engine("sqlite://")
    upgrade(migrated)
    METADATA.create_all(made)
    with migrated.connect() as one, made.connect() as other:
        assert compare_metadata(MigrationContext.configure(one), METADATA) == []
        assert _schema(one) == _schema(other)
    migrated.dispose()
    made.dispose()


def test_every_table_is_strict() -> None:
    engine = create_engine("sqlite://")
    upgrade(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, strict FROM pragma_table_list"))
        lax = {name for name, strict in rows if not strict and not name.startswith("sqlite_")}
    engine.dispose()
    assert lax == {"alembic_version"}


def test_the_known_head_is_the_newest_revision() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
        assert scripts.get_heads() == [HEAD]
    engine.dispose()


def test_a_database_of_a_newer_program_is_left_alone() -> None:
    engine = create_engine("sqlite://")
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreTooNew, match="9999"):
        upgrade(engine)
    engine.dispose()


@pytest.mark.parametrize(
    "url", ["nonsense", "nodb://host/x", "postgresql+nodriver://host/x", "sqlite:////nowhere/x.db"]
)
async def test_a_database_that_cannot_be_opened_says_so(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        await Database.open(url)


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.sqlite"
    file.write_text("my diary, chapter one. " * 100)
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        await Database.open(sqlite_url(file))
    assert file.read_text().startswith("my diary")


async def test_what_reconciliation_looks_for_is_found_by_index(store: Database) -> None:
    plans: list[str] = []

    def explain(session: Session) -> None:
        connection = session.connection()

        def plan(
            _: object, __: object, statement: str, values: Sequence[object], *rest: object
        ) -> None:
            if statement.startswith("SELECT"):
                rows = connection.connection.cursor().execute(
                    f"EXPLAIN QUERY PLAN {statement}", values
                )
                plans.extend(row[3] for row in rows)

        event.listen(connection, "before_cursor_execute", plan)
        orders.unfinished(session, 1, datetime(2027, 1, 1, tzinfo=UTC))
        orders.last_hold_ends(session, 1, [1])
        orders.owned_slots(session, 1, "ada@example.org")
        door.unanswered(session)

    await store.transaction(explain)

    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan]
    for index in ("ix_orders_open", "ix_orders_held", "ix_door_step_asked"):
        assert any(index in plan for plan in plans)


ORDER = (
    "INSERT INTO orders (id, event_id, attendee_id, state, attempt, hold_seconds, placed_at,"
    " held_until, settled, revision)"
    " VALUES (zeroblob(16), {event}, zeroblob(16), '{state}', {attempt}, 300, 1,"
    " {until}, {settled}, 0)"
)
GOOD = {"event": "zeroblob(16)", "state": "held", "attempt": 1, "until": 2, "settled": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "lost"},
        {"state": "placed"},
        {"state": "paid", "settled": 0},
        {"settled": 2},
        {"attempt": 0},
        {"attempt": "'one'"},
        {"until": 1},
        {"event": "zeroblob(15)"},
        {"event": "x'01010101010101010101010101010101'"},
    ],
)
async def test_wrong_orders_cannot_be_stored(store: Database, wrong: dict[str, object]) -> None:
    await store.transaction(_people)
    with pytest.raises(IntegrityError):
        await store.transaction(
            lambda session: session.connection().execute(text(ORDER.format(**(GOOD | wrong))))
        )


async def test_a_right_order_can_be_stored(store: Database) -> None:
    await store.transaction(_people)
    await store.transaction(
        lambda session: session.connection().execute(text(ORDER.format(**GOOD)))
    )


def _people(session: Session) -> None:
    for row in (
        "INSERT INTO attendee (id, name, email) VALUES (zeroblob(16), 'Ada', 'ada@example.org')",
        "INSERT INTO event (id, key, name, currency, public_key, opened_at)"
        " VALUES (zeroblob(16), 'key', 'Event', 'USD', zeroblob(32), 1)",
    ):
        session.connection().execute(text(row))


def _schema(connection: Connection) -> dict[str, str]:
    # Triggers are the migrations' alone: what they do is tested where it matters.
    wanted = "sql IS NOT NULL AND type <> 'trigger'"
    rows = connection.execute(text(f"SELECT name, sql FROM sqlite_master WHERE {wanted}"))
    return {
        name: " ".join(sorted(sql.replace(",", " ").split()))
        for name, sql in rows
        if name != "alembic_version"
    }


async def test_a_stale_copy_of_an_order_is_never_written_over_a_newer_one(embedded: World) -> None:
    terminal = await embedded.open()
    stale = await terminal.hold()
    paid = await terminal.services.sales.pay_cash(stale.id, usd(400), a_cashier())

    book = OrderBook(terminal.backing.store)
    answer = await book.change(stale, lambda order: order.expire(stale.held_until))

    assert answer == paid
    assert await terminal.services.sales.order(stale.id) == paid
