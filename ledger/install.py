"""Install the TigerBeetle server: fetch, check, try, and only then put it in its place."""

import hashlib
import os
import platform
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ledger.binary import BINARY_NAME, Version, installed_path, require_version
from ledger.download import Progress, download
from ledger.engine import LedgerError
from ledger.files import sync_folder

RELEASE = "0.17.0"
RELEASES_URL = "https://github.com/tigerbeetle/tigerbeetle/releases/download"
RELEASES_URL_VARIABLE = "KIOSK_TIGERBEETLE_RELEASES"
SERVER_BYTES_MAX = 500_000_000

ASSETS = {
    ("Linux", "x86_64"): "tigerbeetle-x86_64-linux.zip",
    ("Linux", "aarch64"): "tigerbeetle-aarch64-linux.zip",
    ("Darwin", "x86_64"): "tigerbeetle-universal-macos.zip",
    ("Darwin", "arm64"): "tigerbeetle-universal-macos.zip",
}
CHECKSUMS = {
    "tigerbeetle-x86_64-linux.zip": (
        "32f93835849ed9bbce3471679ee73984b15950da345c350fa1c0ffa513373824"
    ),
}


class InstallError(LedgerError):
    """Nothing was installed, and what was installed before is untouched."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A server that was tried and put in its place."""

    path: Path
    version: Version


@dataclass(frozen=True, slots=True)
class Release:
    """A file of the official release, and the checksum it must have (lower-case hex)."""

    asset: str
    sha256: str

    @property
    def url(self) -> str:
        """Where it is published, or on the mirror that `KIOSK_TIGERBEETLE_RELEASES` names."""
        base = os.environ.get(RELEASES_URL_VARIABLE) or RELEASES_URL
        return f"{base.rstrip('/')}/{RELEASE}/{self.asset}"


def no_progress(_done: int, _length: int | None) -> None:
    """For those who do not watch."""


def release_for_this_machine(sha256: str | None = None) -> Release:
    """The release to install here; `sha256` overrides the checksum we know."""
    machine = (platform.system(), platform.machine())
    asset = ASSETS.get(machine)
    if asset is None:
        raise InstallError(
            f"TigerBeetle has no release for {' '.join(machine)}; use the embedded ledger"
        )
    if sha256 is not None:
        return Release(asset, checked_sha256(sha256))
    if asset not in CHECKSUMS:
        raise InstallError(
            f"the checksum of {asset} {RELEASE} is not known here; "
            "state the one its publisher gives with --sha256 HEX"
        )
    return Release(asset, CHECKSUMS[asset])


def checked_sha256(text: str) -> str:
    """A SHA-256 in lower-case hex, from either case; raises `InstallError` if it is none."""
    if not re.fullmatch(r"[0-9A-Fa-f]{64}", text):
        raise InstallError(f"{text!r} is no SHA-256: expected 64 hexadecimal digits")
    return text.lower()


def install(
    folder: Path, release: Release, *, archive: Path | None = None, progress: Progress = no_progress
) -> Installed:
    """Install the server into the data folder, from `archive` or from the network.

    The archive must have the release's checksum, and the server in it must run and be new enough
    for our client; only then does it replace what was installed before. Raises `LedgerError`.
    """
    target = installed_path(folder)
    try:
        with _workshop(target.parent) as workshop:
            if archive is None:
                archive = workshop / release.asset
                sha256 = download(release.url, archive, progress)
            else:
                sha256 = _sha256(archive)
            _require_checksum(archive.name, sha256, release)
            server = workshop / BINARY_NAME
            _extract(archive, server)
            version = require_version(server)
            server.replace(target)
            sync_folder(target.parent)
    except OSError as error:
        raise InstallError(f"the server could not be installed: {error}") from error
    return Installed(target, version)


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder inside `folder` that goes in the end, with `folder` if that stayed empty."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".install-", dir=folder) as workshop:
            yield Path(workshop)
    finally:
        if not any(folder.iterdir()):
            for path in new:
                path.rmdir()


def _sha256(archive: Path) -> str:
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_checksum(name: str, sha256: str, release: Release) -> None:
    if sha256 != release.sha256:
        raise InstallError(
            f"{name} is not what was expected: its SHA-256 is {sha256}, not {release.sha256}; "
            "it was damaged, or is another release: state its publisher's with --sha256 HEX"
        )


def _extract(archive: Path, server: Path) -> None:
    """Take the server out of the archive; nothing else is written, and nowhere else."""
    try:
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                if PurePosixPath(name).is_absolute() or ".." in re.split(r"[/\\]", name):
                    raise InstallError(f"{archive.name} has a path that leads outside: {name!r}")
            if BINARY_NAME not in opened.namelist():
                raise InstallError(f"{archive.name} contains no {BINARY_NAME!r}")
            if opened.getinfo(BINARY_NAME).file_size > SERVER_BYTES_MAX:
                raise InstallError(f"{archive.name} holds more than {SERVER_BYTES_MAX:,} bytes")
            with opened.open(BINARY_NAME) as source, server.open("wb") as target:
                shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise InstallError(f"{archive.name} is not a sound zip archive: {error}") from error
    server.chmod(0o755)
