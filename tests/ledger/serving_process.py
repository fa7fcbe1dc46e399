"""A process with a ledger file of its own, asked through its standard input and output."""

import asyncio
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.sqlite import SqliteLedger

ROOT = Path(__file__).parents[2]


class OtherProcess:
    """The parent's end: requests of one kind at a time, all of them sent at once over there."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._input = process.stdin
        self._output = process.stdout

    def begin(self, method: str, *arguments: object) -> None:
        """Call a method of the ledger there, concurrently for each argument; do not wait."""
        pickle.dump((method, arguments), self._input)
        self._input.flush()

    def finish(self) -> list[list[object]]:
        """Wait for the answers of `begin`, in the order of the arguments."""
        answers = pickle.load(self._output)
        assert isinstance(answers, list)
        return answers

    def ask(self, method: str, argument: object) -> list[object]:
        """Call a method of the ledger there, and wait for the answer."""
        self.begin(method, argument)
        [answer] = self.finish()
        return answer


@contextmanager
def other_process(path: Path) -> Iterator[OtherProcess]:
    """A process that has this ledger file open; it ends with its standard input."""
    command = [sys.executable, "-m", "tests.ledger.serving_process", str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        other = OtherProcess(process)
        # It answers, so it is up: what is begun in two of them begins at the same time.
        other.ask("lookup_accounts", [])
        yield other
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=20) == 0


async def serve(path: str) -> None:
    """Answer requests until the input ends."""
    ledger = SqliteLedger(path)
    with suppress(EOFError):
        while True:
            method, arguments = pickle.load(sys.stdin.buffer)
            answers = await asyncio.gather(*map(getattr(ledger, method), arguments))
            pickle.dump(answers, sys.stdout.buffer)
            sys.stdout.flush()
    await ledger.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
