"""A process that opens a ledger with a process of its own, says which, and waits to be killed."""

import asyncio
import sys

from ledger.sqlite import SqliteLedger


async def leave(path: str) -> None:
    """Print the ledger's process once it answers."""
    ledger = SqliteLedger(path, own_process=True)
    await ledger.lookup_accounts([1])
    print(ledger.pid, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(leave(sys.argv[1]))
