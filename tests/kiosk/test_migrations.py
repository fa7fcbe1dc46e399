"""What is stored when the tables change is there afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from kiosk.store import newest, pairings
from kiosk.store.migrate import HEAD, alembic_config, current_revision, upgrade
from tests.kiosk.factories import NOW

EVENT, ATTENDEE = b"e" * 16, b"a" * 16
FIRST_TABLES = "0001"
BEFORE_ASKED_PROVIDER = "0012"
BEFORE_PACKS = "0013"


@pytest.fixture
def database() -> Iterator[Engine]:
    """A database as the first release made it."""
    made = create_engine("sqlite://")
    with made.begin() as connection:
        command.upgrade(alembic_config(connection), FIRST_TABLES)
    yield made
    made.dispose()


def insert(connection: Connection, table: str, **values: object) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def open_event(connection: Connection) -> None:
    """An event, and somebody who buys tickets for it."""
    insert(
        connection,
        "event",
        id=EVENT,
        key="fest",
        name="Fest",
        currency="USD",
        public_key=b"k" * 32,
        opened_at=1,
    )
    insert(connection, "attendee", id=ATTENDEE, name="Ada", email="ada@example.org")


def sell(connection: Connection, number: int, state: str, booking: str) -> None:
    """An order that took 4.00 in cash for 5.00."""
    order_id = bytes([number]) * 16
    insert(
        connection,
        "orders",
        number=number,
        id=order_id,
        event_id=EVENT,
        attendee_id=ATTENDEE,
        state=state,
        attempt=1,
        hold_seconds=300,
        placed_at=10,
        held_until=20,
        settled=1,
        revision=3,
    )
    insert(
        connection,
        "payment",
        id=bytes([100 + number]) * 16,
        order_id=order_id,
        method="cash",
        amount_minor=400,
        tendered_minor=500,
        taken_by="Kim",
        taken_at=15,
        booking=booking,
    )


def test_a_new_file_is_what_all_migrations_lead_to() -> None:
    created, migrated = create_engine("sqlite://"), newest.migrated()
    try:
        with created.begin() as connection:
            newest.create(connection)
            made_at_once = newest.described(connection)
        with migrated.connect() as connection:
            described = newest.described(connection)
            ours = "type = 'table' AND name NOT LIKE 'sqlite_%'"
            [*tables] = connection.scalars(text(f"SELECT name FROM sqlite_master WHERE {ours}"))
            rows = {
                name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in tables
            }
    finally:
        created.dispose()
        migrated.dispose()
    assert newest.FILE.read_text() == described, "run python -m kiosk.store.newest"
    assert made_at_once == described
    assert {name for name, count in rows.items() if count} == {"alembic_version"}


def test_a_new_file_goes_through_the_migrations_that_are_newer_than_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = create_engine("sqlite://")
    with older.begin() as connection:
        command.upgrade(alembic_config(connection), BEFORE_PACKS)
        written = tmp_path / "newest.sql"
        written.write_text(newest.described(connection))
    monkeypatch.setattr(newest, "FILE", written)
    made = create_engine("sqlite://")

    upgrade(made)

    with made.connect() as connection:
        assert current_revision(connection) == HEAD
    older.dispose()
    made.dispose()


def test_payments_and_refunds_that_are_due_survive(database: Engine) -> None:
    with database.begin() as connection:
        open_event(connection)
        sell(connection, 1, "paid", "post")
        sell(connection, 2, "paid_unfulfilled", "alone")

    upgrade(database)

    with database.connect() as connection:
        payments = connection.execute(
            text("SELECT method, amount_minor, tendered_minor, taken_by, provider FROM payment")
        ).all()
        refunds = connection.execute(
            text("SELECT order_id, payment_id, reason, amount_minor, since, state FROM refund")
        ).all()
    assert [tuple(row) for row in payments] == [("cash", 400, 500, "Kim", "")] * 2
    assert [tuple(row) for row in refunds] == [
        (b"\x02" * 16, b"f" * 16, "unfulfilled", 400, 15, "due")
    ]


def test_what_may_not_be_stored_is_refused_after_all_changes(database: Engine) -> None:
    with database.begin() as connection:
        open_event(connection)
        sell(connection, 1, "paid", "post")

    upgrade(database)

    changes = ["UPDATE orders SET state = 'lost'", "UPDATE orders SET settled = 0"]
    changes += ["UPDATE payment SET booking = 'twice'", "UPDATE payment SET method = 'barter'"]
    with database.connect() as connection:
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        for change in changes:
            with pytest.raises(IntegrityError, match="CHECK constraint failed"):
                connection.execute(text(change))
        connection.execute(text("UPDATE orders SET state = 'held', settled = 0"))


def test_orders_say_whether_a_provider_was_asked_for_them(database: Engine) -> None:
    with database.begin() as connection:
        open_event(connection)
        sell(connection, 1, "paid", "post")
        sell(connection, 2, "paid", "post")
        command.upgrade(alembic_config(connection), BEFORE_ASKED_PROVIDER)
        insert(
            connection,
            "provider_payment",
            id=b"p" * 16,
            order_id=bytes([2]) * 16,
            provider="sandbox",
            reference="R" * 26,
            amount_minor=400,
            language="en",
            opened_at=11,
            expires_at=20,
            state="open",
            settled=0,
        )

    upgrade(database)

    with database.connect() as connection:
        asked = connection.execute(text("SELECT asked_provider FROM orders ORDER BY number"))
        assert asked.scalars().all() == [0, 1]


def test_admissions_become_steps_of_people_who_have_left(database: Engine) -> None:
    claims = {name: name.encode() * 16 for name in "pqr"}
    with database.begin() as connection:
        open_event(connection)
        sell(connection, 1, "paid", "post")
        insert(connection, "slot", event_id=EVENT, number=1, key="general")
        insert(connection, "terminal", number=1, name="north", pin_failures=0)
        for position, (name, outcome) in enumerate(
            zip(claims, ("admitted", "asked", "refused"), strict=True)
        ):
            insert(
                connection,
                "claim",
                id=claims[name],
                order_id=bytes([1]) * 16,
                position=position,
                event_id=EVENT,
                slot_number=1,
                ticket_number=name.upper() * 12,
                version=1,
                price_minor=400,
                holder_id=ATTENDEE,
            )
            insert(
                connection,
                "admission",
                claim_id=claims[name],
                entry=1,
                nonce=7,
                terminal_number=1,
                asked_at=30,
                outcome=outcome,
                admitted_at=31 if outcome == "admitted" else None,
            )

    upgrade(database)

    with database.begin() as connection:
        columns = "claim_id, step, nonce, terminal_number, kind, attempt, asked_at, outcome"
        rows = connection.execute(
            text(f"SELECT {columns}, done_at FROM door_step ORDER BY claim_id, step")
        ).all()
        told = "SELECT count(*) FROM door_change"
        before = connection.scalar(text(told))
        connection.execute(text("UPDATE door_step SET outcome = 'refused' WHERE outcome = 'asked'"))
        assert connection.scalar(text(told)) == before + 1
    assert [tuple(row) for row in rows] == [
        (claims["p"], 1, 7, 1, "enter", 1, 30, "done", 31),
        # Nobody counted them in, so nobody waits for them to leave.
        (claims["p"], 2, 7, 1, "leave", 1, 31, "done", 31),
        (claims["q"], 1, 7, 1, "enter", 1, 30, "asked", None),
        (claims["r"], 1, 7, 1, "enter", 1, 30, "refused", None),
    ]


def test_terminals_that_are_known_stay_paired_and_nobody_founds_it_again(database: Engine) -> None:
    with database.begin() as connection:
        for number, name in ((3, "north"), (5, "south")):
            insert(connection, "terminal", number=number, name=name, pin_failures=0)

    upgrade(database)

    secrets = {name: name.encode().ljust(32) for name in ("north", "south", "new")}
    with Session(database) as session:
        numbers = [pairings.enter(session, name, secrets[name], NOW) for name in secrets]
        assert numbers == [3, 5, None]
        assert pairings.enter(session, "south", b"another".ljust(32), NOW) is None


def test_an_empty_folder_has_nobody_to_stay(database: Engine) -> None:
    upgrade(database)
    with Session(database) as session:
        assert pairings.enter(session, "north", b"n" * 32, NOW) == 1
        assert pairings.enter(session, "south", b"s" * 32, NOW) is None


def test_moves_of_tokens_outlive_their_tables(database: Engine) -> None:
    wallet, move = b"w" * 16, b"m" * 16
    with database.begin() as connection:
        open_event(connection)
        command.upgrade(alembic_config(connection), BEFORE_PACKS)
        insert(connection, "token", event_id=EVENT, number=1, key="beer")
        insert(
            connection,
            "wallet",
            id=wallet,
            event_id=EVENT,
            attendee_id=ATTENDEE,
            opened_at=1,
            pin_hash="",
            version=1,
        )
        insert(
            connection,
            "token_move",
            id=move,
            event_id=EVENT,
            token_number=1,
            kind="issue",
            receiver_id=wallet,
            amount=5,
            app="",
            note="welcome",
            attempt=1,
            state="done",
            asked_at=2,
            done_at=3,
        )
        insert(
            connection,
            "token_part",
            move_id=move,
            position=0,
            bill=b"b" * 16,
            amount=5,
            empties=0,
        )

    upgrade(database)

    with database.connect() as connection:
        moves = connection.execute(
            text("SELECT kind, receiver_id, amount, note, order_id FROM token_move")
        )
        assert [tuple(row) for row in moves] == [("issue", wallet, 5, "welcome", None)]
        parts = connection.execute(text("SELECT move_id, bill, amount, held FROM token_part"))
        assert [tuple(row) for row in parts] == [(move, b"b" * 16, 5, None)]
        tries = connection.execute(text("SELECT pin_failures, gift_failures FROM wallet"))
        assert [tuple(row) for row in tries] == [(0, 0)]
