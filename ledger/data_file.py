"""The server's data file: formatted once, whole or not at all, with what was decided then."""

import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ledger.engine import LedgerError
from ledger.files import sync_folder, write_atomically
from ledger.node_log import NodeLog

DISK_NEEDED_BYTES = 1_400_000_000
"""The empty data file takes 1.06 GiB at once; the rest is room to grow."""

FORMAT_DEADLINE_SECONDS = 300.0


class Mode(StrEnum):
    """How the server treats its file: production insists on Direct I/O, development does not."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"

    @property
    def flags(self) -> list[str]:
        """What the server's commands want to hear."""
        return ["--development"] if self is Mode.DEVELOPMENT else []


@dataclass(frozen=True, slots=True)
class DataFile:
    """A formatted data file. It stays with the mode and the random cluster id of its making."""

    path: Path
    cluster_id: int
    mode: Mode


def read_data_file(folder: Path) -> DataFile | None:
    """The data file of `folder`, or None if none was formatted there."""
    description = folder / "node" / "node.json"
    try:
        fields = json.loads(description.read_text(encoding="utf-8"))
        cluster_id, mode = int(fields["cluster_id"]), Mode(fields["mode"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError(f"{description} is damaged; restore it from a backup") from error
    path = description.with_name("data.tigerbeetle")
    if not path.exists():
        raise LedgerError(f"{path} is missing; restore it from a backup")
    return DataFile(path, cluster_id, mode)


def format_data_file(
    folder: Path, binary: Path, log: NodeLog, *, wanted_mode: Mode | None
) -> DataFile:
    """Make the data file of `folder`: production where the file system can, unless told."""
    _require_disk_space(folder)
    for mode in [wanted_mode] if wanted_mode else list(Mode):
        if _format(folder, binary, log, mode):
            made = read_data_file(folder)
            assert made is not None
            return made
    raise LedgerError(
        f"the file system of {folder} does not support Direct I/O, which the TigerBeetle server "
        "wants for safety; use another disk, or its development mode"
    )


def _format(folder: Path, binary: Path, log: NodeLog, mode: Mode) -> bool:
    """False if only the file system stands against this mode."""
    # Everything is made in a folder beside, and one rename makes it count. Its name is our own:
    # when we are killed, a server that formats lives on for a moment.
    for abandoned in folder.glob("node.*.new"):
        shutil.rmtree(abandoned, ignore_errors=True)
    unfinished = folder / f"node.{os.getpid()}.new"
    unfinished.mkdir()
    cluster_id = secrets.randbelow(2**128 - 1) + 1
    command: list[str | Path] = [binary, "format", f"--cluster={cluster_id}"]
    command += ["--replica=0", "--replica-count=1", *mode.flags, unfinished / "data.tigerbeetle"]
    status = _run(command, log)
    if status != 0:
        shutil.rmtree(unfinished)
        if mode is Mode.PRODUCTION and log.says("does not support Direct I/O"):
            return False
        raise LedgerError(
            f"TigerBeetle could not format a data file in {folder} (status {status}):\n{log.tail()}"
        )
    description = json.dumps({"cluster_id": str(cluster_id), "mode": mode.value})
    write_atomically(unfinished / "node.json", description)
    unfinished.rename(folder / "node")
    sync_folder(folder)
    return True


def _run(command: list[str | Path], log: NodeLog) -> int:
    with log.open() as file:
        try:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                timeout=FORMAT_DEADLINE_SECONDS,
                check=False,
            ).returncode
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LedgerError(f"{command[0]} could not format a data file: {error}") from error


def _require_disk_space(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < DISK_NEEDED_BYTES:
        raise LedgerError(
            f"{folder} has {free / 1e9:.1f} GB free, and a TigerBeetle data file needs "
            f"{DISK_NEEDED_BYTES / 1e9:.1f} GB; make room, or choose the embedded ledger"
        )
