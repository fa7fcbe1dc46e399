"""What some tests want of the machine they run on: each by the marker that such tests carry."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from ledger.binary import find_binary, read_version
from tests.anvil import anvil_version
from tests.postgresql import postgresql_version


@dataclass(frozen=True, slots=True)
class Resource:
    """Something a machine may lack; tests that carry `marker` are skipped where it is missing."""

    marker: str
    name: str
    version: Callable[[], str | None]
    """Its version, or None where there is none."""
    remedy: str
    """What to do to have it, in a few words."""


@cache
def server_version() -> str | None:
    """The version of the server binary, such as "0.17.9"; None without a binary."""
    binary = find_binary()
    return None if binary is None else str(read_version(binary))


@cache
def terminal_version() -> str | None:
    """The version of a terminal that can be photographed; None without all it takes."""
    if not all(map(shutil.which, ("xterm", "Xvfb", "import"))):
        return None
    said = subprocess.run(["xterm", "-version"], capture_output=True, text=True, check=False)
    return said.stdout.strip() or None


def find_browser() -> str | None:
    """The path of a Chromium; None without one."""
    named = os.environ.get("KIOSK_CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, map(shutil.which, names)), None)


@cache
def browser_version() -> str | None:
    """The version of the browser, such as "140.0.7339.80"; None without one."""
    browser = find_browser()
    if browser is None:
        return None
    said = subprocess.run([browser, "--version"], capture_output=True, text=True, check=False)
    return re.sub("^.*?(?=[0-9])| built on.*", "", said.stdout.strip()) or None


RESOURCES = (
    Resource("server", "TigerBeetle server", server_version, "set KIOSK_TIGERBEETLE or PATH"),
    Resource("postgresql", "PostgreSQL", postgresql_version, "install postgresql"),
    Resource("terminal", "xterm", terminal_version, "install xterm, xvfb and imagemagick"),
    Resource(
        "anvil", "anvil", anvil_version, "npm install @foundry-rs/anvil; set KIOSK_ANVIL or PATH"
    ),
    Resource("browser", "Chromium", browser_version, "set KIOSK_CHROMIUM or PATH"),
)
