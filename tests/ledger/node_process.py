"""A process of its own on a data folder, that does what it is told line by line.

Run as a program it opens the ledger of a folder; `NodeProcess` is the other end of its pipes.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from ledger.binary import find_binary
from ledger.data_file import Mode
from ledger.engine import LedgerUnavailable
from ledger.node_ledger import NodeLedger
from ledger.types import Account

ROOT = Path(__file__).parents[2]


class NodeProcess:
    """Someone else who uses the ledger of a folder."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_until_open(self) -> None:
        """Return when it has the ledger."""
        assert self._answer() == "open"

    def create_account(self, account_id: int) -> str:
        """Have it create an account, however often it must ask; the status it hears."""
        return self.ask(f"create {account_id}")

    def status(self) -> tuple[str, int, int]:
        """Where it finds the server: the address, the server's process, the owner's."""
        address, server_pid, owner_pid = self.ask("status").split()
        return address, int(server_pid), int(owner_pid)

    def ask(self, command: str) -> str:
        """Tell it one line and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._answer()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._close()

    def close(self) -> None:
        """Let it close its ledger and end. Closing twice is closing once."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        self._close()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def _close(self) -> None:
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


async def _obey(folder: Path) -> None:
    binary = find_binary()
    assert binary is not None
    ledger = await NodeLedger.open(folder, binary, mode=Mode.DEVELOPMENT, deadline_seconds=2.0)
    print("open", flush=True)
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        match line.split():
            case ["create", account_id]:
                print(await _create(ledger, int(account_id)), flush=True)
            case _:
                status = ledger.status
                print(status.address or "-", status.server_pid, status.owner_pid, flush=True)
    await ledger.close()


async def _create(ledger: NodeLedger, account_id: int) -> str:
    while True:
        try:
            [result] = await ledger.create_accounts([Account(id=account_id, ledger=1, code=1)])
            return result.status.name
        except LedgerUnavailable:
            continue


if __name__ == "__main__":
    asyncio.run(_obey(Path(sys.argv[1])))
