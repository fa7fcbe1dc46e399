"""A kiosk that is told to end leaves a usable terminal behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from termios import tcsetwinsize

import pytest

ROOT = Path(__file__).parents[2]

LEAVES_THE_ALTERNATE_SCREEN = b"\x1b[?1049l"
SHOWS_THE_CURSOR = b"\x1b[?25h"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_kiosk_in_order(number: signal.Signals, tmp_path: Path) -> None:
    with kiosk_in_a_terminal(tmp_path) as (kiosk, terminal):
        kiosk.send_signal(number)
        last_words = read_to_the_end(terminal)
        os.close(terminal)
        assert kiosk.wait() == 0
    assert LEAVES_THE_ALTERNATE_SCREEN in last_words
    assert SHOWS_THE_CURSOR in last_words
    assert b"Traceback" not in last_words


def test_a_kiosk_ends_with_its_terminal(tmp_path: Path) -> None:
    with kiosk_in_a_terminal(tmp_path) as (kiosk, terminal):
        os.close(terminal)
        assert kiosk.wait() == -signal.SIGHUP


@contextmanager
def kiosk_in_a_terminal(
    home: Path, **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A kiosk that waits for somebody, and our end of its terminal, to be closed."""
    ours, its = os.openpty()
    tcsetwinsize(its, (24, 80))
    # What the leader of a session opens first is its terminal, and hangs up on it.
    command = f'exec "$0" -m kiosk --home "$1" <>{os.ttyname(its)} >&0 2>&0'
    terminal = {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "KIOSK_LEDGER": "embedded"}
    kiosk = subprocess.Popen(
        ["sh", "-c", command, sys.executable, home],
        env=os.environ | terminal | environment,
        start_new_session=True,
    )
    try:
        read_until(ours, b"Begin")
        os.close(its)
        yield kiosk, ours
    finally:
        kiosk.kill()
        kiosk.wait()


def read_until(terminal: int, wanted: bytes) -> None:
    """Read what the kiosk draws until it has drawn `wanted`."""
    drawn = b""
    while wanted not in drawn:
        drawn += os.read(terminal, 65536)


def read_to_the_end(terminal: int) -> bytes:
    """Everything that is drawn from now on."""
    drawn = b""
    # Linux says that nobody has the other end any more by an error.
    with suppress(OSError):
        while more := os.read(terminal, 65536):
            drawn += more
    return drawn
