"""How long it takes from the command to a screen that can be used, in a real terminal."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from time import perf_counter

PATIENCE_SECONDS = 30
READY = re.compile(rb"Begin")
"""On the button that begins; it takes keys as soon as it is painted."""


def seconds_to_first_screen(home: Path, ledger: str) -> float:
    """Start the kiosk on a data folder and end it once its first screen is there."""
    near, far = pty.openpty()
    os.set_blocking(near, False)
    environment = os.environ | {
        "KIOSK_HOME": str(home),
        "KIOSK_LEDGER": ledger,
        "TERM": "xterm-256color",
        "COLUMNS": "120",
        "LINES": "40",
    }
    start = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk"],
        stdin=far,
        stdout=far,
        stderr=far,
        env=environment,
        start_new_session=True,
    )
    try:
        _read_until_ready(near, start + PATIENCE_SECONDS)
        return perf_counter() - start
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(near)
        os.close(far)


def _read_until_ready(terminal: int, end: float) -> None:
    painted = b""
    while not READY.search(painted):
        left = end - perf_counter()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise TimeoutError(f"no first screen; it said: {painted[-500:]!r}")
        painted += os.read(terminal, 1 << 16)
