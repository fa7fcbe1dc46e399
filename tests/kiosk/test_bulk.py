"""Work that many wait for is done at once; what fails of it fails alone."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlmodel import Session, select

from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.orders import Order, OrderState
from kiosk.services.order_book import OrderBook
from kiosk.store.database import BULK_ITEMS_MAX, Database, sqlite_url
from kiosk.store.orders import write_all
from kiosk.store.tables import TerminalRow
from kiosk.store.terminals import register
from tests.kiosk.factories import NOW, a_cashier, a_claim, an_order, usd
from tests.kiosk.world import World

calls: list[int] = []


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(sqlite_url(tmp_path / "kiosk.sqlite"))
    calls.clear()
    yield database
    await database.close()


def register_all(connection: Connection, names: Sequence[str]) -> list[int]:
    calls.append(len(names))
    with Session(connection) as session, session.begin():
        numbers = [register(session, name) for name in names]
    if "bad" in names:
        raise LookupError
    return numbers


def names_of_all(session: Session) -> list[str]:
    return sorted(session.exec(select(TerminalRow.name)).all())


def undo_everything(connection: Connection, items: Sequence[int]) -> Sequence[int]:
    # As SQLite does of its own accord when a disk is full.
    connection.exec_driver_sql("ROLLBACK")
    return items


async def test_what_waits_together_is_one_call(store: Database) -> None:
    numbers = await asyncio.gather(*(store.bulk(register_all, f"t{at}") for at in range(50)))

    assert calls == [50]
    assert numbers == list(range(1, 51))


async def test_a_call_is_for_no_more_than_the_database_takes(store: Database) -> None:
    wanted = 2 * BULK_ITEMS_MAX + 1
    await asyncio.gather(*(store.bulk(register_all, "same") for _ in range(wanted)))

    assert calls == [BULK_ITEMS_MAX, BULK_ITEMS_MAX, 1]


async def test_an_item_that_fails_fails_alone(store: Database) -> None:
    names = ["north", "bad", "south"]
    answers = await asyncio.gather(
        *(store.bulk(register_all, name) for name in names), return_exceptions=True
    )

    assert calls == [3, 3, 1, 1, 1]
    assert isinstance(answers[1], LookupError)
    assert await store.transaction(names_of_all) == ["north", "south"]


async def test_a_commit_that_fails_is_told_to_all(store: Database) -> None:
    answers = await asyncio.gather(
        *(store.bulk(undo_everything, at) for at in range(3)),
        store.transaction(lambda session: register(session, "north")),
        return_exceptions=True,
    )

    assert {type(answer) for answer in answers} == {StoreUnavailable}


async def test_who_leaves_stops_nobody(store: Database) -> None:
    leaving = asyncio.create_task(store.bulk(register_all, "north"))
    staying = asyncio.create_task(store.bulk(register_all, "south"))
    await asyncio.sleep(0)
    leaving.cancel()

    assert await staying == 2
    assert calls == [2]


async def test_of_two_that_insert_the_same_order_at_once_one_does(embedded: World) -> None:
    terminal = await embedded.open()
    book, event = OrderBook(terminal.backing.store), terminal.services.catalog.event
    order = an_order(OrderState.PLACED)
    other = an_order(OrderState.PLACED, id=order.id, claims=(a_claim(ticket_number="X" * 12),))

    first, second = await asyncio.gather(book.insert(event.id, order), book.insert(event.id, other))

    assert first is not None
    assert second is None
    assert await book.find(order.id) == first
    assert await book.insert(event.id, order) is None


async def test_a_ticket_number_that_is_taken_stops_its_order_alone(embedded: World) -> None:
    terminal = await embedded.open()
    book, event = OrderBook(terminal.backing.store), terminal.services.catalog.event
    orders = [
        an_order(OrderState.PLACED, claims=(a_claim(ticket_number=number),))
        for number in ("A" * 12, "B" * 12, "A" * 12)
    ]

    answers = await asyncio.gather(
        *(book.insert(event.id, order) for order in orders), return_exceptions=True
    )

    assert [isinstance(answer, Order) for answer in answers] == [True, True, False]


async def test_of_different_changes_of_an_order_at_once_each_sees_the_one_before(
    embedded: World,
) -> None:
    terminal = await embedded.open()
    book = OrderBook(terminal.backing.store)
    held = [await terminal.hold() for _ in range(4)]
    over = held[0].held_until

    ends = await asyncio.gather(
        *(book.change(order, lambda order: order.expire(over)) for order in held),
        *(book.change(order, Order.cancel) for order in held[:2]),
    )

    assert Counter(order.state for order in ends) == {OrderState.EXPIRED: 6}
    assert {(await book.find(order.id)).revision for order in held} == {2}


async def test_a_change_that_an_order_in_hand_refuses_is_tried_on_the_stored_one(
    embedded: World,
) -> None:
    north, south = await embedded.open(), await embedded.open(name="south")
    sales = north.services.sales
    order = await north.hold()
    embedded.clock.advance(minutes=5)
    cancelled = await south.services.sales.cancel(order.id)
    assert cancelled.state is OrderState.CANCELLED

    assert (await sales.expire(order.id)).state is OrderState.CANCELLED
    assert (await sales.order(order.id)).held_until == NOW + timedelta(minutes=5)
    other = await south.hold()
    paid = await south.services.sales.pay_cash(other.id, usd(400), a_cashier())
    assert await sales.order(other.id) == paid


async def test_a_change_that_follows_another_of_the_same_order_at_once_is_stored_after_it(
    embedded: World,
) -> None:
    terminal = await embedded.open()
    book, event = OrderBook(terminal.backing.store), terminal.services.catalog.event
    placed = await book.insert(event.id, an_order(OrderState.PLACED))
    assert placed is not None

    held = book.record(placed, lambda order: order.held(1))
    cancelled = await book.change(held, Order.cancel)

    assert (cancelled.state, cancelled.revision) == (OrderState.CANCELLED, 2)
    assert await OrderBook(terminal.backing.store).find(placed.id) == cancelled


async def test_changes_that_follow_one_another_are_stored_at_once_or_not_at_all(
    embedded: World,
) -> None:
    terminal = await embedded.open()
    store = terminal.backing.store
    held = await terminal.hold()
    over = held.expire(held.held_until)
    both = [(held, over), (over, over.released())]

    def write(session: Session) -> list[bool]:
        return write_all(session.connection(), both)

    assert await store.transaction(write) == [True, True]
    assert await OrderBook(store).find(held.id) == both[1][1]
    assert await store.transaction(write) == [False, False]


async def test_what_was_recorded_without_waiting_is_seen_by_whoever_reads_next(
    embedded: World,
) -> None:
    terminal = await embedded.open()
    store, event = terminal.backing.store, terminal.services.catalog.event
    book = OrderBook(store)
    placed = await book.insert(event.id, an_order(OrderState.PLACED))
    assert placed is not None

    other = asyncio.create_task(OrderBook(store).find(placed.id))
    await asyncio.sleep(0)
    held = book.record(placed, lambda order: order.held(1))

    assert await book.find(placed.id) == held
    assert (await other).id == placed.id


async def test_a_hold_whose_outcome_was_not_recorded_can_be_paid_all_the_same(
    embedded: World,
) -> None:
    north = await embedded.open()
    order = await north.hold()

    def forget(session: Session) -> None:
        session.connection().execute(text("UPDATE orders SET state = 'placed', settled = 0"))

    await north.backing.store.transaction(forget)
    south = await embedded.open(name="south")
    paid = await south.services.sales.pay_cash(order.id, usd(400), a_cashier())

    assert paid.state is OrderState.PAID
    assert await south.takings() == (400, 400)
