"""Callers who leave, servers that are away or drop the session, and the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from itertools import chain

import pytest

from ledger.engine import LedgerClosed, LedgerError, LedgerUnavailable
from ledger.native import PacketStatus
from tests.ledger.desk import Desk, serving, settle
from tests.ledger.factories import a_query
from tests.ledger.fake_cluster import FakeCluster

SHORT = 0.05


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
async def desk(cluster: FakeCluster) -> AsyncIterator[Desk]:
    opened = Desk(cluster)
    yield opened
    opened.close()
    await settle()


async def test_a_cancelled_caller_cancels_no_packet_that_was_sent(desk: Desk) -> None:
    leaving, staying = desk.ask(1), desk.ask(2)
    await settle()
    leaving.cancel()
    await settle()
    async with serving(desk.cluster):
        assert await staying == [2]
    assert desk.cluster.executed == [[1, 2]]
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_caller_who_leaves_before_its_packet_is_sent_is_forgotten(desk: Desk) -> None:
    first = desk.ask(1)
    await settle()
    leaving, staying = desk.ask(2), desk.ask(3)
    await settle()
    leaving.cancel()
    async with serving(desk.cluster):
        assert [await first, await staying] == [[1], [3]]
    assert desk.cluster.executed == [[1], [3]]


async def test_a_request_that_was_begun_is_finished_without_its_caller(desk: Desk) -> None:
    desk.cluster.limit = 253
    async with serving(desk.cluster):
        assert len(await desk.ask(*range(1, 255))) == 254
    desk.cluster.executed.clear()
    leaving = desk.ask(*range(1, 501))
    await desk.cluster.answer()
    leaving.cancel()
    staying = desk.ask(1000)
    async with serving(desk.cluster):
        assert await staying == [1000]
    assert list(chain.from_iterable(desk.cluster.executed)) == [*range(1, 501), 1000]


async def test_a_missed_deadline_says_that_the_outcome_is_unknown(cluster: FakeCluster) -> None:
    desk = Desk(cluster, deadline_seconds=SHORT)
    with pytest.raises(LedgerUnavailable, match=r"fake at 1 within 0\.05 s.*the same ids"):
        await desk.ask(1)
    again = desk.ask(1)
    await settle()
    async with serving(cluster):
        assert await again == [1]
    assert cluster.executed == [[1], [1]]
    desk.close()


async def test_nothing_piles_up_while_the_server_is_away(cluster: FakeCluster) -> None:
    desk = Desk(cluster, deadline_seconds=SHORT)
    for _round in range(5):
        calls: list[Awaitable[object]] = [desk.ask(n) for n in range(1, 101)]
        calls += [desk.look_up(n) for n in range(1, 101)]
        calls += [desk.lanes.query_transfers.ask([a_query()]) for _ in range(100)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {LedgerUnavailable}
    assert len(cluster.sent) <= 4
    await settle()
    late = desk.ask(1000)
    async with serving(cluster):
        assert await late == [1000]
    assert cluster.executed[-1] == [1000]
    desk.close()


@pytest.mark.parametrize("status", [PacketStatus.CLIENT_EVICTED, PacketStatus.CLIENT_SHUTDOWN])
async def test_after_an_eviction_a_new_client_asks_again_with_the_same_ids(
    desk: Desk, status: PacketStatus
) -> None:
    calls = [desk.ask(1), desk.ask(2)]
    await desk.cluster.answer(status)
    later = desk.ask(3)
    async with serving(desk.cluster):
        assert await asyncio.gather(*calls, later) == [[1], [2], [3]]
    assert desk.cluster.executed == [[1, 2, 3]] or desk.cluster.executed == [[1, 2], [3]]
    assert [client.closed for client in desk.cluster.clients] == [1, 0]


async def test_a_client_that_died_unnoticed_is_replaced(desk: Desk) -> None:
    desk.cluster.clients[0].alive = False
    call = desk.ask(1)
    async with serving(desk.cluster):
        assert await call == [1]
    assert [client.closed for client in desk.cluster.clients] == [1, 0]


async def test_nobody_asks_again_for_a_caller_who_has_gone(desk: Desk) -> None:
    leaving = desk.ask(1)
    await settle()
    leaving.cancel()
    await settle()
    await desk.cluster.answer(PacketStatus.CLIENT_EVICTED)
    staying = desk.ask(2)
    async with serving(desk.cluster):
        assert await staying == [2]
    assert desk.cluster.executed == [[2]]


async def test_an_eviction_while_the_limit_is_looked_for_starts_the_search_again(
    desk: Desk,
) -> None:
    desk.cluster.limit = 253
    call = desk.ask(*range(1, 1001))
    probe = await desk.cluster.answer(PacketStatus.CLIENT_EVICTED)
    assert not any(probe.ids)
    async with serving(desk.cluster):
        assert await call == list(range(1, 1001))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (
            PacketStatus.CLIENT_RELEASE_TOO_HIGH,
            r"release 0\.\d+\.\d+\) is newer than the fake at 1",
        ),
        (
            PacketStatus.CLIENT_RELEASE_TOO_LOW,
            r"release 0\.\d+\.\d+\) is too old for the fake at 1",
        ),
        (PacketStatus.INVALID_OPERATION, "refused a packet for the fake at 1"),
    ],
)
async def test_a_client_the_server_does_not_serve_says_who_is_too_old(
    desk: Desk, status: PacketStatus, words: str
) -> None:
    calls = [desk.ask(1), desk.ask(2)]
    await desk.cluster.answer(status)
    for call in calls:
        with pytest.raises(LedgerError, match=words):
            await call
    upgraded = desk.ask(3)
    async with serving(desk.cluster):
        assert await upgraded == [3]


async def test_moving_asks_again_at_the_new_address(desk: Desk) -> None:
    calls = [desk.ask(1), desk.look_up(2)]
    await settle()
    desk.connection.move("2")
    async with serving(desk.cluster):
        assert await asyncio.gather(*calls) == [[1], [2]]
    assert [(c.addresses, c.alive) for c in desk.cluster.clients] == [("1", False), ("2", True)]


async def test_a_smaller_server_after_a_move_is_measured_anew(desk: Desk) -> None:
    async with serving(desk.cluster):
        assert len(await desk.ask(*range(1, 1001))) == 1000
        desk.cluster.limit = 253
        desk.connection.move("2")
        assert len(await desk.ask(*range(1, 1001))) == 1000
        desk.cluster.limit = 8189
        desk.connection.move("3")
        assert len(await desk.ask(*range(1, 1001))) == 1000
    assert [len(ids) for ids in desk.cluster.executed] == [1000, 253, 253, 253, 241, 1000]


async def test_closing_tells_everybody_who_waits(desk: Desk) -> None:
    sent = desk.ask(1)
    await settle()
    waiting = [desk.ask(2), desk.look_up(4)]
    await settle()
    desk.close()
    desk.close()
    for call in (sent, *waiting):
        with pytest.raises(LedgerClosed):
            await call
    with pytest.raises(LedgerClosed):
        await desk.ask(3)
    assert [client.closed for client in desk.cluster.clients] == [1]


async def test_an_answer_that_cannot_be_read_is_a_clear_error(desk: Desk) -> None:
    calls = [desk.ask(1), desk.ask(2)]
    await settle()
    packet = desk.cluster.sent.popleft()
    packet.done(PacketStatus.OK, (1).to_bytes(8, "little") + (77777).to_bytes(8, "little"))
    for call in calls:
        with pytest.raises(LedgerError, match="cannot read the fake at 1's answer: 77777"):
            await call
