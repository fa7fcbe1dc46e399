"""How requests share packets, are cut, and get their own answers back."""

import asyncio
from collections.abc import AsyncIterator
from itertools import chain

import pytest

from ledger.types import TooMuchDataError, TransferFlags
from tests.ledger.desk import Desk, serving, settle
from tests.ledger.factories import a_query, a_transfer
from tests.ledger.fake_cluster import FakeCluster

LINKED = TransferFlags.LINKED
IMPORTED = TransferFlags.IMPORTED


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
async def desk(cluster: FakeCluster) -> AsyncIterator[Desk]:
    opened = Desk(cluster)
    yield opened
    opened.close()
    await settle()


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
