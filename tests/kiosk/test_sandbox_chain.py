"""The sandbox chain: a process with a file, that may be slow, fail, lose replies, and be killed."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kiosk.chains.sandbox import SandboxChain
from kiosk.chains.sandbox_file import ReplyLost, SandboxFile
from kiosk.domain.chains import ChainState, ChainUnavailable, Payout, PayoutBatch
from ledger.ids import new_id

NOON = 1_800_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chain.sqlite"


@pytest.fixture
async def chain(path: Path) -> AsyncIterator[SandboxChain]:
    opened = SandboxChain(path)
    yield opened
    await opened.close()


def a_batch(*amounts: int) -> PayoutBatch:
    return PayoutBatch(new_id(), "beer", [Payout(f"[/] {one}", one) for one in amounts or (5,)])


async def test_a_batch_is_confirmed(chain: SandboxChain) -> None:
    transaction = await chain.submit(a_batch(5, 7))
    assert await chain.status(transaction) is ChainState.CONFIRMED


async def test_what_nobody_has_sent_is_pending(chain: SandboxChain) -> None:
    assert await chain.status("nothing") is ChainState.PENDING


async def test_a_killed_process_starts_again_and_knows_what_it_took(
    chain: SandboxChain, path: Path
) -> None:
    batch = a_batch()
    first = await chain.submit(batch)
    process = chain._process  # to kill it
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    assert await chain.submit(batch) == first
    assert await chain.status(first) is ChainState.CONFIRMED


async def test_a_stopped_process_misses_its_deadline(path: Path) -> None:
    chain = SandboxChain(path, deadline_seconds=5)
    await chain.submit(a_batch())
    process = chain._process  # to stop it
    assert process is not None
    chain._deadline_seconds = 0.2  # once it has started
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(ChainUnavailable):
        await chain.submit(a_batch())
    await chain.close()


async def test_a_lost_reply_is_told_and_the_batch_was_taken(
    chain: SandboxChain, path: Path
) -> None:
    file = SandboxFile(path)
    file.behave(losing=1)
    batch = a_batch(5)
    with pytest.raises(ChainUnavailable):
        await chain.submit(batch)
    await chain.submit(batch)
    assert file.paid(NOON * 2) == 5
    file.close()


class TestFile:
    def test_confirms_after_its_delay_and_goes_on_saying_so(self, path: Path) -> None:
        file = SandboxFile(path)
        file.behave(delay_seconds=60)
        transaction = file.submit("one", [("a", 5)], NOON)
        assert file.status(transaction, NOON + 59) is ChainState.PENDING
        assert file.paid(NOON + 59) == 0
        for _ in range(2):
            assert file.status(transaction, NOON + 60) is ChainState.CONFIRMED
        file.close()

    def test_fails_as_often_as_it_was_told(self, path: Path) -> None:
        file = SandboxFile(path)
        file.behave(failing=1)
        first, second = (file.submit(name, [("a", 5)], NOON) for name in ("one", "two"))
        assert file.status(first, NOON) is ChainState.FAILED
        assert file.status(second, NOON) is ChainState.CONFIRMED
        assert file.paid(NOON) == 5
        file.close()

    def test_a_batch_is_taken_once(self, path: Path) -> None:
        file = SandboxFile(path)
        file.behave(losing=1)
        with pytest.raises(ReplyLost):
            file.submit("one", [("a", 5)], NOON)
        assert file.submit("one", [("a", 5)], NOON) == "one"
        assert file.paid(NOON) == 5
        file.close()
