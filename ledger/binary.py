"""Find the TigerBeetle server and ask its version."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ledger.engine import LedgerError

ENVIRONMENT_VARIABLE = "KIOSK_TIGERBEETLE"
BINARY_NAME = "tigerbeetle"
VERSION_DEADLINE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A release of the server or of the client."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


CLIENT_VERSION = Version(0, 17, 0)
"""The locked client's release: a server serves clients of its own release or older."""


def installed_path(folder: Path) -> Path:
    """Where `kiosk ledger install` puts the server of a data folder."""
    return folder / "bin" / BINARY_NAME


def find_binary(folder: Path | None = None) -> Path | None:
    """The server to run: `KIOSK_TIGERBEETLE`, else the data folder's, else the one on `PATH`.

    Raises `LedgerError` when `KIOSK_TIGERBEETLE` is set and names nothing that can be run.
    """
    if named := os.environ.get(ENVIRONMENT_VARIABLE):
        path = Path(named).expanduser()
        if not _can_run(path):
            raise LedgerError(
                f"{ENVIRONMENT_VARIABLE} is {named!r}, which is not a program that can be run; "
                "name the tigerbeetle server's file, or unset it"
            )
        return path.absolute()
    if folder is not None and _can_run(installed := installed_path(folder)):
        return installed.absolute()
    on_path = shutil.which(BINARY_NAME)
    return Path(on_path).absolute() if on_path else None


def read_version(binary: Path) -> Version:
    """The release of a server binary, by running it; raises `LedgerError` if it does not say."""
    try:
        answer = subprocess.run(
            [binary, "version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=VERSION_DEADLINE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LedgerError(f"{binary} cannot be run: {error}") from error
    found = re.search(r"TigerBeetle version (\d+)\.(\d+)\.(\d+)", answer.stdout)
    if answer.returncode != 0 or found is None:
        said = (answer.stdout + answer.stderr).strip()[-300:] or "nothing"
        raise LedgerError(
            f"{binary} does not look like a TigerBeetle server: "
            f"`tigerbeetle version` ended with {answer.returncode} and said: {said}"
        )
    return Version(*(int(number) for number in found.groups()))


def require_version(binary: Path) -> Version:
    """The release of a server binary; raises `LedgerError` if it is too old for our client."""
    version = read_version(binary)
    if version < CLIENT_VERSION:
        raise LedgerError(
            f"{binary} is TigerBeetle {version}, but the client is {CLIENT_VERSION} and a server "
            f"serves only clients of its own release or older; install TigerBeetle "
            f"{CLIENT_VERSION} or newer (`kiosk ledger install`)"
        )
    return version


def _can_run(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
