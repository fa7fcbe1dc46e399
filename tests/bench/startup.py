"""How long it takes from the command to a screen that can be used, in a real terminal."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

PATIENCE_SECONDS = 30
READY = re.compile(rb"Begin")
"""On the button that begins; it takes keys as soon as it is painted."""
CHOICE = re.compile(rb" left ")
"""On each card: the ledger has said how much there is."""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds since the command."""

    first_screen: float
    choice: float
    """To what there is to choose, for somebody who begins at once."""


def start(home: Path, ledger: str) -> Start:
    """Start the kiosk on a data folder, begin, and end it once there is something to choose."""
    near, far = pty.openpty()
    os.set_blocking(near, False)
    environment = os.environ | {
        "KIOSK_HOME": str(home),
        "KIOSK_LEDGER": ledger,
        "TERM": "xterm-256color",
        "COLUMNS": "120",
        "LINES": "40",
    }
    began = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk"],
        stdin=far,
        stdout=far,
        stderr=far,
        env=environment,
        start_new_session=True,
    )
    try:
        _read_until(READY, near, began + PATIENCE_SECONDS)
        first_screen = perf_counter() - began
        os.write(near, b"\r")
        _read_until(CHOICE, near, began + PATIENCE_SECONDS)
        return Start(first_screen, perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(near)
        os.close(far)


def _read_until(words: re.Pattern[bytes], terminal: int, end: float) -> None:
    painted = b""
    while not words.search(painted):
        left = end - perf_counter()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise TimeoutError(f"it never painted {words.pattern!r}; it said: {painted[-500:]!r}")
        painted += os.read(terminal, 1 << 16)
