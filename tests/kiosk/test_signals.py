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

from kiosk.supervisor import HUNG_UP

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20

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


OWN = "<>{terminal} >&0 2>&0"
"""What the leader of a session opens first is its terminal, and hangs up on it."""


@pytest.mark.parametrize(
    ("before", "opened"),
    [("", OWN), ("trap '' HUP;", OWN), ("", "")],
    ids=["its own", "under nohup", "that does not tell it"],
)
def test_a_kiosk_ends_in_order_with_a_terminal(before: str, opened: str, tmp_path: Path) -> None:
    with kiosk_in_a_terminal(tmp_path, before, opened) as (kiosk, terminal):
        os.close(terminal)
        assert kiosk.wait(PATIENCE_SECONDS) == HUNG_UP
    logged = (tmp_path / "kiosk.log").read_text()
    assert "the terminal is gone" in logged
    assert "Traceback" not in logged


@contextmanager
def kiosk_in_a_terminal(
    home: Path, before: str = "", opened: str = OWN, **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A kiosk that waits for somebody, and our end of its terminal, to be closed.

    A shell starts it: what it does `before`, and how the kiosk's terminal is `opened`.
    """
    ours, its = os.openpty()
    tcsetwinsize(its, (24, 80))
    command = f'{before} exec "$0" -m kiosk --home "$1" {opened}'
    terminal = {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "KIOSK_LEDGER": "embedded"}
    kiosk = subprocess.Popen(
        ["sh", "-c", command.format(terminal=os.ttyname(its)), sys.executable, home],
        stdin=its,
        stdout=its,
        stderr=its,
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
