"""One TigerBeetle server on loopback: start it over its data file, watch it, stop it."""

import selectors
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO

from ledger.binary import Version, require_version
from ledger.data_file import DataFile, Mode, format_data_file, read_data_file
from ledger.engine import LedgerError
from ledger.node_log import NodeLog

HOST = "127.0.0.1"

CACHE_GRID = "128MiB"
"""The server's block cache. With it the process takes 2.2 GB of memory, with the default 3.1."""

START_DEADLINE_SECONDS = 120.0
LOCK_DEADLINE_SECONDS = 10.0
STOP_DEADLINE_SECONDS = 5.0
CONNECT_DEADLINE_SECONDS = 2.0


class Node:
    """A server over the data file in `folder`, which is made when there is none.

    The methods block: in an event loop, call them in a thread. The server listens on loopback
    only and ends with this process, however that ends. Only one may run on a folder:
    `ledger.node_share` sees to that between processes.
    """

    def __init__(self, folder: Path, binary: Path, *, mode: Mode | None = None) -> None:
        """`mode` None: production where the file system can, else development."""
        self.folder = folder
        self.binary = binary
        self.log = NodeLog(folder / "server.log")
        self._wanted_mode = mode
        self._data: DataFile | None = None
        self._version: Version | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._port: int | None = None

    @property
    def data(self) -> DataFile:
        """The data file, with its cluster id and mode; there after `format`."""
        if self._data is None:
            raise LedgerError(f"{self.folder} has no TigerBeetle data file yet")
        return self._data

    @property
    def cluster_id(self) -> int:
        """What clients must say to be heard."""
        return self.data.cluster_id

    @property
    def mode(self) -> Mode:
        """The mode the data file was formatted for."""
        return self.data.mode

    @property
    def version(self) -> Version:
        """The server's release; there after `start`."""
        if self._version is None:
            self._version = require_version(self.binary)
        return self._version

    @property
    def port(self) -> int:
        """The loopback port, another one after each start."""
        if self._port is None:
            raise LedgerError("the TigerBeetle server is not running")
        return self._port

    @property
    def address(self) -> str:
        """Where clients find the server, "127.0.0.1:PORT"."""
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The server's process id, None before `start`."""
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        """Whether the server was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def format(self) -> None:
        """Make the data file if there is none: whole or not at all, even if killed meanwhile."""
        if self._data is None:
            self._data = read_data_file(self.folder) or format_data_file(
                self.folder, self.binary, self.log, wanted_mode=self._wanted_mode
            )

    def start(self, *, keep_open: tuple[int, ...] = ()) -> None:
        """Start the server, formatting first if needed, and return when it accepts connections.

        The server holds the file descriptors `keep_open` for as long as it lives. Raises
        `LedgerError` with the server's last words if it does not come up.
        """
        if self.running:
            return
        self.stop()
        _ = self.version
        self.format()
        patience_ends = time.monotonic() + LOCK_DEADLINE_SECONDS
        while not self._start(keep_open):
            # The kernel may hold the lock of a server that was killed a moment longer than it.
            if time.monotonic() > patience_ends:
                raise LedgerError(f"another process has {self.data.path} open; stop it first")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server, gently first. Stopping twice is stopping once."""
        self._port = None
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        for insist in (process.terminate, process.kill):
            try:
                process.wait(STOP_DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                insist()
        process.wait()

    def interrupt(self) -> None:
        """Kill the server at once; a `start` that waits for it in another thread fails."""
        if (process := self._process) is not None:
            process.kill()

    def ending(self) -> str:
        """How the server ended and its last words, for people."""
        status = self._process.poll() if self._process else None
        if status is None:
            how = "is running"
        elif status == -signal.SIGKILL:
            how = "was killed, perhaps because the machine has too little memory (it needs 2.2 GB)"
        else:
            how = f"ended by {signal.Signals(-status).name}" if status < 0 else f"ended: {status}"
        return f"the TigerBeetle server {how}; {self.log.path} ends with:\n{self.log.tail()}"

    def _start(self, keep_open: tuple[int, ...]) -> bool:
        """True when the server listens, False if another process has its file."""
        command: list[str | Path] = [self.binary, "start", "--addresses=0", *self.mode.flags]
        if self.mode is Mode.PRODUCTION:
            command.append(f"--cache-grid={CACHE_GRID}")
        with self.log.open() as log:
            self._process = subprocess.Popen(
                [*command, self.data.path],
                # The server ends when this pipe closes, and the kernel closes it if we are killed.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
                pass_fds=keep_open,
                # Ctrl+C in our terminal is ours to handle.
                start_new_session=True,
            )
        assert self._process.stdout is not None
        printed = _first_line(self._process.stdout, START_DEADLINE_SECONDS)
        if printed.isdigit() and accepts(f"{HOST}:{printed}"):
            self._port = int(printed)
            return True
        if printed:
            self.stop()
            raise LedgerError(f"the TigerBeetle server does not accept connections: {printed!r}")
        ending = self._give_up()
        if self.log.says("another process holds the data file lock"):
            return False
        raise LedgerError(ending)

    def _give_up(self) -> str:
        assert self._process is not None
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        ending = self.ending()
        self.stop()
        return ending


def accepts(address: str) -> bool:
    """Whether something accepts connections at "HOST:PORT"."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), CONNECT_DEADLINE_SECONDS).close()
    except OSError:
        return False
    return True


def _first_line(pipe: IO[bytes], deadline_seconds: float) -> str:
    """What comes before the first newline, "" if the pipe closes or the deadline passes."""
    line = b""
    ends = time.monotonic() + deadline_seconds
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while not line.endswith(b"\n") and selector.select(max(0.0, ends - time.monotonic())):
            byte = pipe.read(1)
            if not byte:
                return ""
            line += byte
    return line.decode(errors="replace").strip() if line.endswith(b"\n") else ""
