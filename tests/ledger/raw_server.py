"""A TigerBeetle server for tests that mistreat it: any limit, a fixed port, paused and killed."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.binary import find_binary

LARGE = ("--experimental", "--limit-request=1MiB")
"""Flags of a development server that takes as much at once as a production server."""


class RawServer:
    """A development server, cluster 0, over a new data file in `folder`."""

    def __init__(self, folder: Path, *flags: str) -> None:
        binary = find_binary()
        assert binary is not None
        self.port = 0
        self._binary = binary
        self._flags = ("--development", "--cache-grid=128MiB", *flags)
        self._folder = folder
        self._file = folder / "data.tigerbeetle"
        self._process: subprocess.Popen[bytes] | None = None
        self._run("format", "--development", "--cluster=0", "--replica=0", "--replica-count=1")

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def start(self, port: int = 0) -> None:
        """Start it on this port, or on any; return when it listens."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binary, "start", f"--addresses={port}", *self._flags, self._file],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout is not None
        self.port = port or int(self._process.stdout.readline())

    def pause(self) -> None:
        """Stop answering, but keep all connections."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `pause`."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                pipe.close()
            self._process.wait()
            self._process = None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _run(self, *command: str) -> None:
        with (self._folder / "log").open("ab") as log:
            subprocess.run([self._binary, *command, self._file], check=True, stderr=log, stdout=log)


@contextmanager
def running_server(folder: Path, *flags: str) -> Iterator[RawServer]:
    """A server while inside."""
    server = RawServer(folder, *flags)
    server.start()
    yield server
    server.kill()
