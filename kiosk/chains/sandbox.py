"""The sandbox chain, for trying airdrops out: a process with a file of its own, on this machine."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Final

from kiosk.domain.chains import ChainState, ChainUnavailable, PayoutBatch

NAME: Final = "sandbox"
BATCH_MAX: Final = 2000
DEADLINE_SECONDS: Final = 10.0
_PROJECT: Final = Path(__file__).parents[2]


class SandboxChain:
    """Starts the process when it is first needed, and again when it has gone."""

    name = NAME
    batch_max = BATCH_MAX

    def __init__(self, file: Path, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._file = file
        self._deadline_seconds = deadline_seconds
        self._process: Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def submit(self, batch: PayoutBatch) -> str:
        """See `Chain`."""
        payouts = [[payout.address, payout.amount] for payout in batch.payouts]
        answer = await self._ask({"submit": f"{batch.id:032x}", "payouts": payouts})
        return answer["transaction"]

    async def status(self, transaction_id: str) -> ChainState:
        """See `Chain`."""
        return ChainState((await self._ask({"status": transaction_id}))["state"])

    async def close(self) -> None:
        """Let the process end."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            await process.wait()

    async def _ask(self, question: dict[str, object]) -> dict[str, str]:
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(self._deadline_seconds):
                    line = await self._exchange(json.dumps(question).encode() + b"\n")
            except (TimeoutError, OSError) as error:
                await self._kill()
                raise ChainUnavailable(f"the sandbox chain does not answer: {error!r}") from error
            if not line.strip():
                raise ChainUnavailable("the sandbox chain's reply was lost")
            answer: dict[str, str] = json.loads(line)
            return answer

    async def _exchange(self, line: bytes) -> bytes:
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line)
        await process.stdin.drain()
        return await process.stdout.readline()

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "kiosk.chains.sandbox_process", str(self._file)),
                cwd=_PROJECT,
                stdin=PIPE,
                stdout=PIPE,
            )
        return self._process

    async def _kill(self) -> None:
        # What it would still say would be taken for the next answer.
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
