"""A process that writes to a ledger file until it is killed, and prints each answer.

What it writes is a function of small numbers, so that whoever killed it knows what must be there.
"""

import asyncio
import sys
from itertools import count

from ledger.ids import derived_id
from ledger.sqlite import SqliteLedger
from ledger.types import AMOUNT_MAX, Account, AccountFlags, Transfer, TransferFlags

KINDS = 6
WITHIN, BESIDE = "within", "beside"
"""Where requests are executed: by the process itself, or by one of the ledger's own."""
_LINKED, _PENDING = TransferFlags.LINKED, TransferFlags.PENDING


def accounts() -> list[Account]:
    """A source without limit, a purse that cannot owe, and a sink that keeps its history."""
    flags = (AccountFlags.NONE, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, AccountFlags.HISTORY)
    return [
        Account(id=number, ledger=1, code=1, flags=flag) for number, flag in enumerate(flags, 1)
    ]


SOURCE, PURSE, SINK = (account.id for account in accounts())


def batch(caller: int, number: int) -> list[Transfer]:
    """The request of this number of a caller: a single, a chain, a hold, its post, two refusals."""

    def transfer(debit: int, credit: int, place: int = 0, *, flags: int = 0) -> Transfer:
        return Transfer(
            id=derived_id("written", caller, number, place),
            debit_account_id=debit,
            credit_account_id=credit,
            amount=3,
            user_data_64=number,
            ledger=1,
            code=1,
            flags=TransferFlags(flags),
        )

    match number % KINDS:
        case 0:
            return [transfer(SOURCE, SINK)]
        case 1:
            first = transfer(SOURCE, PURSE, 0, flags=_LINKED)
            return [first, transfer(PURSE, SINK, 1, flags=_LINKED), transfer(SOURCE, SINK, 2)]
        case 2:
            return [transfer(SOURCE, SINK, flags=_PENDING), transfer(SOURCE, SINK, 1)]
        case 3:
            post = transfer(0, 0, flags=TransferFlags.POST_PENDING_TRANSFER)
            post.pending_id = derived_id("written", caller, number - 1, 0)
            post.amount, post.ledger, post.code = AMOUNT_MAX, 0, 0
            return [post]
        case 4:
            return [transfer(SOURCE, SINK, 0, flags=_LINKED), transfer(SINK, SINK, 1)]
        case _:
            return [transfer(SOURCE, 99)]


async def write(path: str, where: str, first: list[int]) -> None:
    """One caller for each number to begin with, all at the same time, without end."""
    ledger = SqliteLedger(path, own_process=where == BESIDE)

    async def call(caller: int) -> None:
        for number in count(first[caller]):
            results = await ledger.create_transfers(batch(caller, number))
            names = " ".join(result.status.name for result in results)
            # Flushed before the next batch: what is not on the pipe was not answered.
            print(caller, number, names, flush=True)

    await asyncio.gather(*map(call, range(len(first))))


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], sys.argv[2], [int(number) for number in sys.argv[3:]]))
