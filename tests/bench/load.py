"""Work for a ledger engine: transfers between a thousand accounts, in different crowds."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeVar

from ledger.ids import new_id
from ledger.types import (
    AMOUNT_MAX,
    Account,
    CreateAccountStatus,
    CreateTransferStatus,
    Transfer,
    TransferFlags,
)
from tests.bench.engines import Engine

Item = TypeVar("Item")

ACCOUNTS = 1000


@dataclass(slots=True)
class Maker:
    """Makes transfers between accounts, the same sequence for every engine."""

    accounts: list[int] = field(default_factory=lambda: [new_id() for _ in range(ACCOUNTS)])
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def transfers(self, count: int, *, pending: bool = False) -> list[Transfer]:
        """New transfers of 1; pending ones for an hour."""
        made = []
        for _ in range(count):
            debtor, creditor = self.chance.sample(self.accounts, 2)
            made.append(
                Transfer(
                    id=new_id(),
                    debit_account_id=debtor,
                    credit_account_id=creditor,
                    amount=1,
                    ledger=1,
                    code=1,
                    user_data_128=new_id(),
                    flags=TransferFlags.PENDING if pending else TransferFlags.NONE,
                    timeout=3600 if pending else 0,
                )
            )
        return made

    async def open_accounts(self, engine: Engine) -> None:
        """Create the accounts which the transfers move between."""
        accounts = [Account(id=account, ledger=1, code=1) for account in self.accounts]
        for chunk in chunks(accounts, 250):
            for result in await engine.ledger.create_accounts(chunk):
                if result.status not in (CreateAccountStatus.CREATED, CreateAccountStatus.EXISTS):
                    raise RuntimeError(f"{engine.name}: {result.status.name}")


async def book(engine: Engine, transfers: list[Transfer]) -> None:
    """One request, every event of which must succeed."""
    for result in await engine.ledger.create_transfers(transfers):
        if result.status is not CreateTransferStatus.CREATED:
            raise RuntimeError(f"{engine.name}: {result.status.name}")


async def latencies(engine: Engine, transfers: list[Transfer]) -> list[float]:
    """Milliseconds of each of these, one after the other."""
    spent = []
    for transfer in transfers:
        start = perf_counter()
        await book(engine, [transfer])
        spent.append((perf_counter() - start) * 1000)
    return spent


async def crowd(callers: int, engine: Engine, transfers: list[Transfer]) -> None:
    """So many callers, each with one transfer at a time until none is left."""
    left = iter(transfers)

    async def caller() -> None:
        for transfer in left:
            await book(engine, [transfer])

    await asyncio.gather(*(caller() for _ in range(callers)))


async def batches(
    batch: int, engine: Engine, transfers: list[Transfer], *, callers: int = 1
) -> None:
    """One batch after the other, by each of the callers until none is left."""
    left = chunks(transfers, batch)

    async def caller() -> None:
        for chunk in left:
            await book(engine, chunk)

    await asyncio.gather(*(caller() for _ in range(callers)))


async def pairs(callers: int, engine: Engine, pending: list[Transfer]) -> None:
    """So many callers, each of which holds and then posts."""
    left = iter(pending)

    async def caller() -> None:
        for transfer in left:
            await book(engine, [transfer])
            await book(engine, [post_of(transfer)])

    await asyncio.gather(*(caller() for _ in range(callers)))


def post_of(pending: Transfer) -> Transfer:
    """All of a pending transfer."""
    return Transfer(
        id=new_id(),
        pending_id=pending.id,
        amount=AMOUNT_MAX,
        flags=TransferFlags.POST_PENDING_TRANSFER,
    )


def chunks(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """The items, `size` at a time."""
    return (list(items[start : start + size]) for start in range(0, len(items), size))
