"""A door's own copy of what the store says of every ticket: whole, fresh, and easily made anew."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, update

from kiosk.domain.admission import Scan, Way
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.events import EntryPolicy, Role
from kiosk.domain.knowledge import ACCEPTED_BYTES, KnownClaim, Passage, Stay
from kiosk.domain.orders import Order, OrderState
from kiosk.services.knowledge import NOTE_AGE, Knowledge
from kiosk.store import news
from kiosk.store.tables import ClaimRow
from tests.kiosk.factories import ADA, GRACE, a_cashier, a_slot, an_event
from tests.kiosk.world import Terminal, World

BOSS = a_cashier("Sam", role=Role.ORGANISER)


@pytest.fixture
async def copy(embedded: World) -> AsyncIterator[Knowledge]:
    """The copy of the event of an embedded world."""
    opened = Knowledge(embedded.folder / "knowledge.sqlite", embedded.clock)
    yield opened
    await opened.close()


@pytest.fixture
async def north(embedded: World) -> Terminal:
    """A terminal whose tickets let their holders come and go."""
    return await embedded.open(an_event(a_slot(entry=EntryPolicy.FREE)))


async def sync(copy: Knowledge, terminal: Terminal) -> int:
    """How many tickets there was news of."""
    return await copy.sync(terminal.backing.store, terminal.services.catalog.event.id)


async def known(copy: Knowledge, order: Order) -> KnownClaim:
    """What is known of the first ticket of an order."""
    found = await copy.find(order.claims[0].id)
    assert found is not None
    assert found == await copy.find_number(order.claims[0].ticket_number)
    return found


async def test_a_paid_ticket_is_known_with_its_holder_half_hidden(
    copy: Knowledge, north: Terminal
) -> None:
    order, held = await north.sell(), await north.hold()
    assert copy.synced_at is None

    assert await sync(copy, north) == 1

    claim, found = order.claims[0], await known(copy, order)
    assert (found.ticket_number, found.version, found.slot_number) == (claim.ticket_number, 1, 1)
    assert (found.state, found.stay) == (OrderState.PAID, None)
    assert (found.holder.attendee, found.holder.accepted) == (ADA.half_hidden, b"")
    assert await copy.find(held.claims[0].id) is None
    assert copy.synced_at == north.services.clock.now()


async def test_only_what_has_changed_is_read_again(copy: Knowledge, north: Terminal) -> None:
    orders = [await north.sell() for _ in range(3)]
    assert await sync(copy, north) == 3
    assert await sync(copy, north) == 0

    await north.admit(orders[1].claims[0].ticket_number)

    # The holder of all three has accepted the Code of Conduct.
    assert await sync(copy, north) == 3
    digest = north.services.catalog.event.conduct["en"].digest
    for order in orders:
        assert (await known(copy, order)).holder.accepted == digest[:ACCEPTED_BYTES]
    entered = (await known(copy, orders[1])).stay
    assert entered == Stay(north.services.clock.now(), "north")
    await north.services.admission.scan(Scan(orders[2].claims[0].ticket_number, 9))
    assert await sync(copy, north) == 1


async def test_every_change_of_a_ticket_is_news(
    copy: Knowledge, north: Terminal, embedded: World
) -> None:
    order = await north.sell()
    number = order.claims[0].ticket_number
    await sync(copy, north)

    await north.admit(number)
    embedded.clock.advance(minutes=5)
    await north.services.admission.scan(Scan(number, 9, way=Way.OUT))
    await sync(copy, north)
    now = embedded.clock.now()
    stay = Stay(now - timedelta(minutes=5), "north", now, "north")
    assert (await known(copy, order)).stay == stay

    changes: dict[str, object] = {"version": 2, "revoked": "chargeback", "note": "[/] Likes cats"}
    await north.backing.store.transaction(
        lambda session: session.exec(
            update(ClaimRow).where(col(ClaimRow.id) == order.claims[0].id).values(**changes)
        )
    )
    await sync(copy, north)
    found = await known(copy, order)
    assert (found.version, found.revoked, found.note) == (2, "chargeback", "[/] Likes cats")


async def test_a_refund_is_news(copy: Knowledge, north: Terminal) -> None:
    order = await north.sell()
    await sync(copy, north)
    await north.services.refunds.refund_order(order.id, BOSS)
    await sync(copy, north)
    assert (await known(copy, order)).state is OrderState.REFUNDED


async def test_an_admission_that_was_undone_did_not_happen(
    copy: Knowledge, north: Terminal
) -> None:
    order = await north.sell()
    await north.admit(order.claims[0].ticket_number)
    await sync(copy, north)

    await north.services.admission.undo(
        order.claims[0].id, reason="wrong person", supervisor=BOSS, nonce=77
    )
    await sync(copy, north)

    assert (await known(copy, order)).stay is None


async def test_what_was_known_yesterday_is_known_without_a_store(
    copy: Knowledge, north: Terminal, embedded: World
) -> None:
    order = await north.sell()
    await sync(copy, north)
    yesterday = embedded.clock.now()
    await copy.close()
    embedded.clock.advance(days=1)

    again = Knowledge(embedded.folder / "knowledge.sqlite", embedded.clock)
    await again.load(north.services.catalog.event.id)

    assert (await known(again, order)).version == 1
    assert again.synced_at == yesterday
    assert await sync(again, north) == 0
    await again.close()


async def test_how_old_the_copy_is_is_on_disk_to_the_minute(
    copy: Knowledge, north: Terminal, embedded: World
) -> None:
    await sync(copy, north)
    embedded.clock.advance(seconds=NOTE_AGE.total_seconds())
    await sync(copy, north)
    noted = embedded.clock.now()
    embedded.clock.advance(seconds=NOTE_AGE.total_seconds() - 1)
    await sync(copy, north)

    again = Knowledge(embedded.folder / "knowledge.sqlite", embedded.clock)
    await again.load(north.services.catalog.event.id)
    assert again.synced_at == noted
    await again.close()


async def test_a_copy_that_was_cut_short_goes_on_where_it_stopped(
    copy: Knowledge, north: Terminal, embedded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "PAGE_CLAIMS", 2)
    orders = [await north.sell() for _ in range(5)]
    store, event_id = north.backing.store, north.services.catalog.event.id
    cut = _CutShort(north, calls=3)
    with pytest.raises(StoreUnavailable):
        await copy.sync(cut, event_id)  # type: ignore[arg-type]  # has what is asked of it
    assert copy.synced_at is None
    await copy.close()
    orders.append(await north.sell())
    await north.admit(orders[0].claims[0].ticket_number)

    again = Knowledge(embedded.folder / "knowledge.sqlite", embedded.clock)
    await again.load(event_id)
    assert again.synced_at is None
    # Of five, four were there already; then come the changes since the copying began.
    await again.sync(store, event_id)
    assert {(await known(again, order)).id for order in orders} == {
        order.claims[0].id for order in orders
    }
    assert (await known(again, orders[0])).stay is not None
    await again.close()


async def test_a_store_of_another_history_is_read_anew(copy: Knowledge, north: Terminal) -> None:
    gone = await north.sell()
    await sync(copy, north)

    def restore(session: Session) -> None:
        """As a backup from before the sale would have it."""
        session.execute(text("DELETE FROM door_change"))
        session.execute(text("UPDATE orders SET state = 'cancelled' WHERE id = :id"), {"id": id_})
        session.execute(text("DELETE FROM door_change"))

    id_ = gone.id.to_bytes(16, "big")
    await north.backing.store.transaction(restore)
    await sync(copy, north)

    assert await copy.find(gone.claims[0].id) is None
    assert copy.synced_at is not None


async def test_another_event_begins_another_copy(
    copy: Knowledge, north: Terminal, embedded: World
) -> None:
    order = await north.sell()
    await sync(copy, north)
    other = await embedded.open(an_event(name="RustFest"), "other")

    await copy.load(other.services.catalog.event.id)
    assert copy.synced_at is None
    assert await sync(copy, other) == 0
    assert await copy.find(order.claims[0].id) is None


async def test_who_was_let_in_is_known_before_the_news_come_around(
    copy: Knowledge, north: Terminal
) -> None:
    order, now = await north.sell(), north.services.clock.now()
    await sync(copy, north)
    claim_id = order.claims[0].id

    await copy.note([Passage(claim_id, Way.IN, now, "south")])
    assert (await known(copy, order)).stay == Stay(now, "south")
    await copy.note([Passage(claim_id, Way.OUT, now, "east")])
    assert (await known(copy, order)).stay == Stay(now, "south", now, "east")
    await copy.note([Passage(12345, Way.IN, now, "south")])
    assert await copy.find(12345) is None


@pytest.mark.parametrize("damage", [b"", b"not a database" * 1000, b"SQLite format 3\0" * 500])
async def test_a_damaged_file_is_made_anew(
    copy: Knowledge, north: Terminal, embedded: World, damage: bytes
) -> None:
    order = await north.sell()
    await sync(copy, north)
    await copy.close()
    path = embedded.folder / "knowledge.sqlite"
    path.write_bytes(damage)

    again = Knowledge(path, embedded.clock)
    await again.load(north.services.catalog.event.id)
    assert await again.find(order.claims[0].id) is None
    await sync(again, north)
    assert (await known(again, order)).version == 1
    await again.close()


async def test_a_file_of_another_release_is_made_anew(
    copy: Knowledge, north: Terminal, embedded: World
) -> None:
    order = await north.sell()
    await sync(copy, north)
    await copy.close()
    with sqlite3.connect(embedded.folder / "knowledge.sqlite") as file:
        file.execute("PRAGMA user_version = 99")
    file.close()

    again = Knowledge(embedded.folder / "knowledge.sqlite", embedded.clock)
    await again.load(north.services.catalog.event.id)
    assert again.synced_at is None
    await sync(again, north)
    assert (await known(again, order)).version == 1
    await again.close()


async def test_a_folder_that_cannot_be_written_means_that_nothing_is_known(
    north: Terminal, tmp_path: Path, embedded: World, caplog: pytest.LogCaptureFixture
) -> None:
    occupied = tmp_path / "file"
    occupied.touch()
    copy = Knowledge(occupied / "knowledge.sqlite", embedded.clock)
    order = await north.sell()

    await copy.load(north.services.catalog.event.id)
    assert await sync(copy, north) == 0
    assert await copy.find(order.claims[0].id) is None
    assert copy.synced_at is None
    assert [one.message for one in caplog.records if "cannot be had" in one.message] == [
        caplog.records[0].message
    ]


async def test_hostile_names_come_through(copy: Knowledge, north: Terminal) -> None:
    hostile = replace(GRACE, name="[@click=app.quit]x[/] \u202e" + "ש" * 150 + " 🎟")
    sales = north.services.sales
    held = await sales.place(sales.new_order_id(), "general", hostile)
    order = await sales.pay_cash(held.id, held.total, BOSS)
    await sync(copy, north)
    assert (await known(copy, order)).holder.attendee == hostile.half_hidden


class _CutShort:
    """A store that answers so many times."""

    def __init__(self, terminal: Terminal, calls: int) -> None:
        self._store = terminal.backing.store
        self._calls = calls

    async def transaction(self, work: object) -> object:
        self._calls -= 1
        if self._calls < 0:
            raise StoreUnavailable("gone")
        return await self._store.transaction(work)  # type: ignore[arg-type]  # as it was given
