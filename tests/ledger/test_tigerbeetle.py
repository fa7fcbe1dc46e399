"""The ledger on a real server: what it answers, and that the official client answers the same."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator

import pytest
import tigerbeetle

from ledger.engine import LedgerError
from ledger.ids import new_id
from ledger.tigerbeetle import TigerBeetleLedger
from ledger.types import (
    AccountFlags,
    CreateAccountStatus,
    CreateTransferStatus,
    IntegerOverflowError,
    QueryFilterFlags,
    TooMuchDataError,
    Transfer,
    TransferFlags,
)
from tests.ledger.factories import a_query, a_transfer, an_account, an_account_filter
from tests.ledger.raw_server import LARGE, RawServer, running_server

pytestmark = pytest.mark.server

CREATED = CreateTransferStatus.CREATED
LINKED = TransferFlags.LINKED
PENDING = TransferFlags.PENDING
POST = TransferFlags.POST_PENDING_TRANSFER
IMPORTED = TransferFlags.IMPORTED


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
async def ledger(server: RawServer) -> AsyncIterator[TigerBeetleLedger]:
    opened = TigerBeetleLedger(0, server.address, deadline_seconds=60)
    yield opened
    await opened.close()


@pytest.fixture
async def official(server: RawServer) -> AsyncIterator[tigerbeetle.ClientAsync]:
    client = tigerbeetle.ClientAsync(0, server.address)
    yield client
    await client.close()


@pytest.fixture
async def accounts(ledger: TigerBeetleLedger) -> tuple[int, int]:
    """A debit and a credit account with history, used by one test."""
    pair = [an_account(flags=AccountFlags.HISTORY) for _ in range(2)]
    assert [result.status for result in await ledger.create_accounts(pair)] == [
        CreateAccountStatus.CREATED
    ] * 2
    return pair[0].id, pair[1].id


def between(accounts: tuple[int, int], **fields: int) -> Transfer:
    """A transfer from the first account to the second."""
    return a_transfer(debit_account_id=accounts[0], credit_account_id=accounts[1], **fields)


async def statuses(
    ledger: TigerBeetleLedger, transfers: list[Transfer]
) -> list[CreateTransferStatus]:
    """The statuses of one request."""
    return [result.status for result in await ledger.create_transfers(transfers)]


def random_transfers(accounts: tuple[int, int], seed: int) -> list[list[Transfer]]:
    """Requests of all kinds, many of them wrong, some ids more than once."""
    chance = random.Random(seed)
    ids = [new_id() for _ in range(60)]
    requests = []
    for _ in range(20):
        request = [
            between(
                accounts,
                id=chance.choice(ids),
                amount=chance.choice([0, 1, 5, 2**128 - 1]),
                pending_id=chance.choice([0, 0, *ids]),
                timeout=chance.choice([0, 0, 3600]),
                code=chance.choice([0, 1, 1, 2**16 - 1]),
                user_data_128=chance.getrandbits(128),
                user_data_64=chance.getrandbits(64),
                user_data_32=chance.getrandbits(32),
                flags=chance.choice([0, 0, 0, 1, 1, 2, 2, 4, 8, 16, 32, 64, 128]),
            )
            for _ in range(chance.randint(1, 10))
        ]
        requests.append(request)
    return requests


@pytest.mark.parametrize("seed", range(5))
async def test_the_official_client_gets_the_same_answers(
    ledger: TigerBeetleLedger,
    official: tigerbeetle.ClientAsync,
    accounts: tuple[int, int],
    seed: int,
) -> None:
    requests = random_transfers(accounts, seed)
    for request in requests:
        await ledger.create_transfers(request)
    exists = CreateTransferStatus.EXISTS
    for request in requests:
        theirs = await official.create_transfers(request)
        ours = await ledger.create_transfers(request)
        assert [result.status for result in ours] == [result.status for result in theirs]
        for mine, other in zip(ours, theirs, strict=True):
            assert type(mine) is type(other)
            assert mine.timestamp == other.timestamp or mine.status != exists
    ids = [transfer.id for request in requests for transfer in request]
    assert await ledger.lookup_transfers(ids) == await official.lookup_transfers(ids)
    pair = list(accounts)
    assert await ledger.lookup_accounts(pair) == await official.lookup_accounts(pair)
    one = an_account_filter(accounts[0], limit=8189)
    assert await ledger.get_account_transfers(one) == await official.get_account_transfers(one)
    assert await ledger.get_account_balances(one) == await official.get_account_balances(one)
    newest = a_query(limit=50, flags=QueryFilterFlags.REVERSED)
    assert await ledger.query_transfers(newest) == await official.query_transfers(newest)
    assert await ledger.query_accounts(newest) == await official.query_accounts(newest)


async def test_every_one_of_a_thousand_callers_gets_the_answer_to_its_own(
    ledger: TigerBeetleLedger, accounts: tuple[int, int]
) -> None:
    good = [between(accounts) for _ in range(1000)]
    bad = [between(accounts, code=0) for _ in range(1000)]
    answers = await asyncio.gather(
        *(statuses(ledger, [one, other]) for one, other in zip(good, bad, strict=True))
    )
    assert answers == [[CREATED, CreateTransferStatus.CODE_MUST_NOT_BE_ZERO]] * 1000
    found = await asyncio.gather(*(ledger.lookup_transfers([one.id]) for one in good + bad))
    assert [[transfer.id for transfer in mine] for mine in found] == [
        *([one.id] for one in good),
        *([] for _ in bad),
    ]


async def test_chains_and_imports_mean_the_same_in_company(
    ledger: TigerBeetleLedger, accounts: tuple[int, int]
) -> None:
    open_chain = [between(accounts, flags=LINKED), between(accounts, flags=LINKED)]
    broken = [between(accounts, flags=LINKED), between(accounts, code=0)]
    calls = [
        statuses(ledger, request)
        for _ in range(5)
        for request in (
            [between(accounts)],
            open_chain,
            [between(accounts)],
            [between(accounts, flags=IMPORTED, timestamp=1)],
            broken,
            [between(accounts), between(accounts, flags=IMPORTED, timestamp=1)],
            [between(accounts)],
        )
    ]
    failed = CreateTransferStatus.LINKED_EVENT_FAILED
    regress = CreateTransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    assert await asyncio.gather(*calls) == 5 * [
        [CREATED],
        [failed, CreateTransferStatus.LINKED_EVENT_CHAIN_OPEN],
        [CREATED],
        [regress],
        [failed, CreateTransferStatus.CODE_MUST_NOT_BE_ZERO],
        [CREATED, CreateTransferStatus.IMPORTED_EVENT_NOT_EXPECTED],
        [CREATED],
    ]


async def test_a_development_server_takes_a_large_request_in_pieces(
    ledger: TigerBeetleLedger, accounts: tuple[int, int]
) -> None:
    many = [between(accounts) for _ in range(1000)]
    small, large, other = await asyncio.gather(
        statuses(ledger, [between(accounts)]),
        statuses(ledger, many),
        statuses(ledger, [between(accounts)]),
    )
    assert small == other == [CREATED]
    assert large == [CREATED] * 1000
    found = await ledger.lookup_transfers([new_id()] * 4000 + [one.id for one in many])
    assert [transfer.id for transfer in found] == [one.id for one in many]
    accounts_too = [an_account() for _ in range(600)]
    results = await ledger.create_accounts(accounts_too)
    assert {result.status for result in results} == {CreateAccountStatus.CREATED}


async def test_the_longest_chain_of_a_development_server(
    ledger: TigerBeetleLedger, accounts: tuple[int, int]
) -> None:
    def chain(length: int) -> list[Transfer]:
        return [between(accounts, flags=LINKED) for _ in range(length - 1)] + [between(accounts)]

    lone = between(accounts)
    assert await statuses(ledger, chain(253)) == [CREATED] * 253
    assert await statuses(ledger, [*chain(200), *chain(200)]) == [CREATED] * 400
    with pytest.raises(TooMuchDataError):
        await ledger.create_transfers([lone, *chain(254)])
    assert await ledger.lookup_transfers([lone.id]) == []


async def test_a_limit_between_the_usual_ones_is_found(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    flags = ("--experimental", "--limit-request=64KiB")
    with running_server(tmp_path_factory.mktemp("odd"), *flags) as odd:
        ledger = TigerBeetleLedger(0, odd.address, deadline_seconds=60)
        pair = [an_account() for _ in range(2)]
        await ledger.create_accounts(pair)
        longest = 64 * 1024 // 128 - 3  # The header takes two places, the trailer one.
        chain = [between((pair[0].id, pair[1].id), flags=LINKED) for _ in range(longest)]
        chain[-1].flags = TransferFlags.NONE
        assert await statuses(ledger, [between((pair[0].id, pair[1].id)), *chain]) == [CREATED] * (
            longest + 1
        )
        await ledger.close()


async def test_a_full_request_is_one_request_where_the_server_takes_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_server(tmp_path_factory.mktemp("large"), *LARGE) as large:
        ledger = TigerBeetleLedger(0, large.address, deadline_seconds=60)
        pair = [an_account() for _ in range(2)]
        await ledger.create_accounts(pair)
        chain = [between((pair[0].id, pair[1].id), flags=LINKED) for _ in range(8188)]
        chain.append(between((pair[0].id, pair[1].id)))
        assert set(await statuses(ledger, chain)) == {CREATED}
        found = await ledger.lookup_transfers([transfer.id for transfer in chain])
        assert [transfer.id for transfer in found] == [transfer.id for transfer in chain]
        assert len(await ledger.query_transfers(a_query(limit=8189))) == 8189
        await ledger.close()


async def test_too_much_is_refused_before_it_is_sent(
    ledger: TigerBeetleLedger, accounts: tuple[int, int]
) -> None:
    many = [between(accounts) for _ in range(8190)]
    with pytest.raises(TooMuchDataError):
        await ledger.create_transfers(many)
    with pytest.raises(TooMuchDataError):
        await ledger.lookup_transfers([transfer.id for transfer in many])
    with pytest.raises(TooMuchDataError):
        await ledger.query_transfers(a_query(limit=8190))
    with pytest.raises(TooMuchDataError):
        await ledger.get_account_balances(an_account_filter(0, limit=8190))
    assert await ledger.lookup_transfers([many[0].id]) == []


async def test_a_number_that_does_not_fit_stops_its_own_request_alone(
    ledger: TigerBeetleLedger, accounts: tuple[int, int]
) -> None:
    fine, wrong = between(accounts), between(accounts, amount=2**128)
    outcomes = await asyncio.gather(
        ledger.create_transfers([between(accounts), wrong]),
        statuses(ledger, [fine]),
        ledger.query_transfers(a_query(limit=2**32)),
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], IntegerOverflowError)
    assert outcomes[1] == [CREATED]
    assert isinstance(outcomes[2], IntegerOverflowError)


async def test_an_empty_request_has_an_empty_answer(ledger: TigerBeetleLedger) -> None:
    assert await ledger.create_accounts([]) == []
    assert await ledger.create_transfers([]) == []
    assert await ledger.lookup_accounts([]) == []
    assert await ledger.lookup_transfers([]) == []


async def imported_post_of(
    ledger: TigerBeetleLedger, accounts: tuple[int, int], *, timeout_seconds: int
) -> Transfer:
    """An imported post of a pending transfer that was just created."""
    pending = between(accounts, flags=PENDING, timeout=timeout_seconds)
    [result] = await ledger.create_transfers([pending])
    return a_transfer(
        pending_id=pending.id,
        ledger=0,
        code=0,
        flags=IMPORTED | POST,
        timestamp=result.timestamp + 1,
    )


async def test_an_import_that_would_stop_the_server_is_refused(
    ledger: TigerBeetleLedger, server: RawServer, accounts: tuple[int, int]
) -> None:
    post = await imported_post_of(ledger, accounts, timeout_seconds=3600)
    with pytest.raises(LedgerError, match="3600 s"):
        await ledger.create_transfers([post])
    assert await statuses(ledger, [between(accounts)]) == [CREATED]
    assert server.running


async def test_other_imported_posts_reach_the_server(
    ledger: TigerBeetleLedger, accounts: tuple[int, int]
) -> None:
    post = await imported_post_of(ledger, accounts, timeout_seconds=0)
    assert await statuses(ledger, [post]) == [CREATED]


async def test_the_engine_is_what_the_opener_says(ledger: TigerBeetleLedger) -> None:
    assert ledger.engine == "TigerBeetle cluster"
    named = TigerBeetleLedger(0, "1", engine="TigerBeetle 0.17.9 node")
    assert named.engine == "TigerBeetle 0.17.9 node"
    await named.close()


@pytest.mark.parametrize("addresses", ["", "nowhere", "127.0.0.1:99999", "ü", ",".join("1" * 20)])
def test_addresses_that_cannot_be_used_are_a_clear_error(addresses: str) -> None:
    with pytest.raises(LedgerError, match="cannot make a client for"):
        TigerBeetleLedger(0, addresses)


@pytest.mark.parametrize("cluster_id", [-1, 2**128])
def test_a_cluster_id_has_128_bits(cluster_id: int) -> None:
    with pytest.raises(LedgerError, match="128 bits"):
        TigerBeetleLedger(cluster_id, "3000")
