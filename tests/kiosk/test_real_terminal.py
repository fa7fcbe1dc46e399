"""A real terminal, photographed: what a phone would see of the ticket."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.kiosk.playing import decoded

PATIENCE_SECONDS = 90
TREE = Path(__file__).parents[2]


@pytest.mark.long
@pytest.mark.terminal
@pytest.mark.parametrize("columns", ["80x24", "120x40"])
def test_the_qr_code_is_read_off_a_photographed_terminal(tmp_path: Path, columns: str) -> None:
    with (
        virtual_display() as display,
        listening(tmp_path / "told") as told,
        xterm(display, columns, str(tmp_path / "home"), str(tmp_path / "told")),
    ):
        connection, _ = told.accept()
        with connection:
            code = connection.recv(1024).decode()
        assert len(code) > 100
        assert read_off(display) == [code]


def read_off(display: str) -> list[str]:
    """The codes on the display, once the terminal has drawn one."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        command = ["import", "-display", display, "-window", "root", "png:-"]
        picture = subprocess.run(command, capture_output=True, check=True).stdout
        if found := decoded(Image.open(BytesIO(picture)).convert("RGB")):
            return found
    return []


@contextmanager
def virtual_display() -> Iterator[str]:
    """An X server that shows nothing to anybody."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as chosen:
        display = f":{chosen.readline().strip()}"
    try:
        yield display
    finally:
        server.terminate()
        server.wait()


@contextmanager
def xterm(display: str, columns: str, *arguments: str) -> Iterator[None]:
    """A terminal that runs the kiosk, and buys a ticket in it."""
    font = ["-fa", "DejaVu Sans Mono", "-fs", "10"]
    kiosk = [sys.executable, "-m", "tests.kiosk.in_xterm", *arguments]
    terminal = subprocess.Popen(
        ["xterm", "-geometry", columns, *font, "-e", *kiosk],
        cwd=TREE,
        env={**os.environ, "DISPLAY": display, "PYTHONPATH": str(TREE), "LC_ALL": "C.UTF-8"},
    )
    try:
        yield
    finally:
        terminal.terminate()
        terminal.wait()


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """A socket to be told on."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)
        listener.settimeout(PATIENCE_SECONDS)
        yield listener
