import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from itertools import chain

import pytest

from ledger.connection import Connection
from ledger.engine import LedgerClosed, LedgerError, LedgerUnavailable
from ledger.native import PacketStatus
from ledger.operations import Lanes
from ledger.types import (
    TooMuchDataError,
    Transfer,
    TransferFlags,
)
from tests.ledger.factories import a_query, a_transfer
from tests.ledger.fake_cluster import FakeCluster

LINKED = TransferFlags.LINKED
IMPORTED = TransferFlags.IMPORTED
LONG = 60.0
SHORT = 0.05


class Desk:
    """Lanes over a fake cluster."""

    def __init__(self, cluster: FakeCluster, *, deadline_seconds: float = LONG) -> None:
        self.cluster = cluster
        self.connection = Connection(0, "1", engine="fake", make_client=cluster.connect)
        self.lanes = Lanes(self.connection, deadline_seconds)

    def ask(self, *ids: int, flags: int = 0) -> asyncio.Task[list[int]]:
        """One request; its result is the timestamps, which the fake cluster makes the ids."""
        return self.send([a_transfer(id=id_, flags=flags) for id_ in ids])

    def send(self, transfers: list[Transfer]) -> asyncio.Task[list[int]]:
        """One request of any transfers."""

        async def ask() -> list[int]:
            results = await self.lanes.create_transfers.ask(transfers)
            return [result.timestamp for result in results]

        return asyncio.create_task(ask())

    def look_up(self, *ids: int) -> asyncio.Task[list[int]]:
        """One request; the ids found."""

        async def ask() -> list[int]:
            return [found.id for found in await self.lanes.lookup_transfers.ask(ids)]

        return asyncio.create_task(ask())

    def close(self) -> None:
        """Close as the ledger does."""
        self.lanes.close()
        self.connection.close()


async def settle() -> None:
    """Let everybody who can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
async def desk(cluster: FakeCluster) -> AsyncIterator[Desk]:
    opened = Desk(cluster)
    yield opened
    opened.close()
    await settle()


@asynccontextmanager
async def serving(cluster: FakeCluster) -> AsyncIterator[None]:
    """While inside, the cluster answers everything."""
    task = asyncio.create_task(cluster.serve())
    yield
    task.cancel()


async def test_callers_who_are_ready_together_share_a_packet(desk: Desk) -> None:
    calls = [desk.ask(n, n + 1) for n in range(1, 200, 2)]
    await desk.cluster.answer()
    assert await asyncio.gather(*calls) == [[n, n + 1] for n in range(1, 200, 2)]
    assert len(desk.cluster.executed) == 1


async def test_a_lone_caller_does_not_wait_for_company(desk: Desk) -> None:
    call = desk.ask(1)
    await settle()
    assert [packet.ids for packet in desk.cluster.sent] == [[1]]
    await desk.cluster.answer()
    assert await call == [1]


async def test_callers_gather_while_a_packet_is_under_way(desk: Desk) -> None:
    first = desk.ask(1)
    await settle()
    others = [desk.ask(n) for n in range(2, 10)]
    await settle()
    assert len(desk.cluster.sent) == 1
    async with serving(desk.cluster):
        assert await asyncio.gather(first, *others) == [[n] for n in range(1, 10)]
    assert desk.cluster.executed == [[1], list(range(2, 10))]


async def test_a_full_packet_does_not_wait_for_the_one_under_way(desk: Desk) -> None:
    calls = [desk.ask(*range(1 + n * 8189, 8190 + n * 8189)) for n in range(3)]
    await settle()
    assert [len(packet.ids) for packet in desk.cluster.sent] == [8189, 8189]
    async with serving(desk.cluster):
        assert [len(results) for results in await asyncio.gather(*calls)] == [8189] * 3


async def test_an_open_chain_never_swallows_the_next_callers_event(desk: Desk) -> None:
    opened = desk.ask(1, 2, flags=LINKED)
    following = desk.ask(3)
    async with serving(desk.cluster):
        assert [await opened, await following] == [[1, 2], [3]]
    assert desk.cluster.executed == [[1, 2], [3]]


async def test_an_import_is_not_joined_with_ordinary_events(desk: Desk) -> None:
    calls = [desk.ask(1), desk.ask(2, flags=IMPORTED), desk.ask(3, flags=IMPORTED), desk.ask(4)]
    async with serving(desk.cluster):
        assert await asyncio.gather(*calls) == [[1], [2], [3], [4]]
    assert desk.cluster.executed == [[1], [2, 3], [4]]


async def test_joined_lookups_give_each_caller_what_was_found_of_its_own(desk: Desk) -> None:
    calls = [desk.look_up(2, 1, 4), desk.look_up(4, 4, 3), desk.look_up(1, 3), desk.look_up(2)]
    await desk.cluster.answer()
    assert await asyncio.gather(*calls) == [[2, 4], [4, 4], [], [2]]
    assert len(desk.cluster.executed) == 1


async def test_an_empty_request_has_an_empty_answer(desk: Desk) -> None:
    assert await desk.ask() == []
    assert await desk.look_up() == []
    assert not desk.cluster.sent


async def test_more_than_a_request_carries_is_refused_before_it_is_sent(desk: Desk) -> None:
    with pytest.raises(TooMuchDataError):
        await desk.ask(*range(1, 8191))
    with pytest.raises(TooMuchDataError):
        await desk.look_up(*range(1, 8191))
    with pytest.raises(TooMuchDataError):
        await desk.lanes.query_transfers.ask([a_query(limit=8190)])
    assert not desk.cluster.sent


@pytest.mark.parametrize("limit", [1, 2, 31, 252, 253, 254, 500, 8188, 8189])
async def test_whatever_the_limit_of_the_server_it_is_found_exactly(desk: Desk, limit: int) -> None:
    desk.cluster.limit = limit
    async with serving(desk.cluster):
        assert await desk.ask(*range(1, 8190)) == list(range(1, 8190))
        assert await desk.look_up(*range(1, 101)) == list(range(2, 101, 2))
    creates = [ids for ids in desk.cluster.executed if ids != list(range(2, 101, 2))]
    assert max(len(ids) for ids in creates) == limit
    assert sum(len(ids) for ids in creates[: -(-8189 // limit)]) == 8189


async def test_joined_callers_do_not_notice_that_their_packet_was_too_large(desk: Desk) -> None:
    desk.cluster.limit = 253
    async with serving(desk.cluster):
        calls = [desk.ask(*range(n, n + 10)) for n in range(1, 1000, 10)]
        answers = await asyncio.gather(*calls)
    assert answers == [list(range(n, n + 10)) for n in range(1, 1000, 10)]
    assert max(len(ids) for ids in desk.cluster.executed) == 250


async def test_a_request_is_only_cut_between_chains(desk: Desk) -> None:
    desk.cluster.limit = 253
    chains = [
        a_transfer(id=100 * number + event, flags=LINKED if event < 99 else 0)
        for number in range(1, 8)
        for event in range(100)
    ]
    async with serving(desk.cluster):
        assert await desk.send(chains) == [transfer.id for transfer in chains]
    assert [len(ids) for ids in desk.cluster.executed] == [200, 200, 200, 100]


async def test_a_chain_longer_than_the_limit_fails_its_own_caller_alone(desk: Desk) -> None:
    desk.cluster.limit = 253
    lone = [a_transfer(id=1000 + n) for n in range(300)]
    linked = [a_transfer(id=2000 + n, flags=LINKED if n < 299 else 0) for n in range(300)]
    async with serving(desk.cluster):
        small, large, other = desk.ask(1), desk.send(lone + linked), desk.ask(2)
        assert await small == [1]
        with pytest.raises(TooMuchDataError):
            await large
        assert await other == [2]
    assert list(chain.from_iterable(desk.cluster.executed)) == [1, 2]


async def test_a_cut_import_stays_an_import(desk: Desk) -> None:
    desk.cluster.limit = 10
    mixed = [a_transfer(id=n, flags=0 if n == 11 else IMPORTED) for n in range(1, 21)]
    async with serving(desk.cluster):
        assert await desk.send(mixed) == list(range(1, 21))
    assert [ids[0] for ids in desk.cluster.executed] == [1, 10, 20]


async def test_requests_sent_in_pieces_and_others_all_get_their_own(desk: Desk) -> None:
    desk.cluster.limit = 7
    async with serving(desk.cluster):
        calls = [desk.ask(*range(100 * n, 100 * n + size)) for n, size in enumerate(range(30), 1)]
        answers = await asyncio.gather(*calls)
    assert answers == [list(range(100 * n, 100 * n + size)) for n, size in enumerate(range(30), 1)]


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
