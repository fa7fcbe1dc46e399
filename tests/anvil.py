"""A local Ethereum chain for tests: Foundry's anvil, which mines when it is told to."""

import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from subprocess import PIPE
from threading import Thread
from typing import TypedDict

import httpx


class Reply(TypedDict, total=False):
    """What a node answers."""

    result: object
    error: object


def find_anvil() -> str | None:
    """The path of the program; None without it."""
    return shutil.which(os.environ.get("KIOSK_ANVIL") or "anvil")


@cache
def anvil_version() -> str | None:
    """Its version, such as "1.7.1"; None without it."""
    program = find_anvil()
    if program is None:
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search("[0-9]+[.][0-9.]+", said.stdout)
    return found and found[0]


@dataclass(frozen=True, slots=True)
class Anvil:
    """A running node."""

    url: str

    def ask(self, method: str, *params: object) -> object:
        """What it answers to one question."""
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        reply: Reply = httpx.post(self.url, json=question).json()
        assert "error" not in reply, reply
        return reply.get("result")

    def mine(self, blocks: int = 1) -> None:
        """Put what waits into a block, and so many on top of each other."""
        for _ in range(blocks):
            self.ask("evm_mine")

    def fund(self, address: str, wei: int = 10**18) -> None:
        """Give somebody money for gas."""
        self.ask("anvil_setBalance", address, hex(wei))


@contextmanager
def running() -> Iterator[Anvil]:
    """A new chain, which ends with the block of code."""
    program = find_anvil()
    assert program is not None
    command = [program, "--port", "0", "--no-mining", "--accounts", "1"]
    with subprocess.Popen(command, stdout=PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        heard = next(line for line in process.stdout if line.startswith("Listening on "))
        # It tells of every question, and waits when nobody listens.
        listening = Thread(target=deque[str](maxlen=0).extend, args=(process.stdout,))
        listening.start()
        try:
            yield Anvil(f"http://{heard.removeprefix('Listening on ').strip()}")
        finally:
            process.kill()
            listening.join()
