"""A data folder remembers which kind of ledger it was made with, and is opened with no other."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ledger.data_file import read_data_file
from ledger.engine import LedgerError
from ledger.files import write_atomically
from ledger.settings import EMBEDDED_FILE, LedgerSettings

MadeKind = Literal["node", "cluster", "embedded"]


@dataclass(frozen=True, slots=True)
class Marker:
    """One particular ledger: a server's or a cluster's by its id, an embedded one by its file.

    A node that is still to be made has no id.
    """

    kind: MadeKind
    identity: str

    def __str__(self) -> str:
        match self.kind:
            case "node":
                number = self.identity
                return f"a TigerBeetle node (cluster {number})" if number else "a TigerBeetle node"
            case "cluster":
                return f"the TigerBeetle cluster {self.identity}"
            case "embedded":
                return f"an embedded ledger ({self.identity})"


def marker_path(folder: Path) -> Path:
    """Where a data folder says what it was made with."""
    return folder / "ledger.json"


def write_marker(folder: Path, marker: Marker) -> None:
    """Say, once, what the folder was made with."""
    text = json.dumps({"kind": marker.kind, "identity": marker.identity}) + "\n"
    write_atomically(marker_path(folder), text)


def read_marker(folder: Path) -> Marker | None:
    """What the folder was made with; None if it says nothing."""
    path = marker_path(folder)
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        kind, identity = fields["kind"], str(fields["identity"])
        if kind in ("node", "cluster", "embedded"):
            return Marker(kind, identity)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        pass
    raise LedgerError(
        f"{path} is damaged; restore it from a backup, or remove it to have it made anew"
    )


def embedded_marker(folder: Path, file: Path) -> Marker:
    """The marker of an embedded ledger: its file, as seen from the folder where it is inside."""
    absolute, root = file.absolute(), folder.absolute()
    inside = absolute.is_relative_to(root)
    return Marker("embedded", str(absolute.relative_to(root) if inside else absolute))


def found_in(folder: Path) -> Marker | None:
    """What was made in a folder that does not say so yet: whoever made it was interrupted."""
    if (data := read_data_file(folder)) is not None:
        return Marker("node", str(data.cluster_id))
    if (file := folder / EMBEDDED_FILE).exists():
        return embedded_marker(folder, file)
    return None


def require_data(folder: Path, made: Marker) -> None:
    """Raise `LedgerError` if what the folder was made with is no longer in it."""
    if made.kind == "cluster":
        return
    if made.kind == "embedded":
        if not (folder / made.identity).exists():
            raise LedgerError(
                f"{folder / made.identity} is missing, and {folder} was made with it; "
                "restore it from a backup"
            )
        return
    data = read_data_file(folder)
    if data is None or str(data.cluster_id) != made.identity:
        raise LedgerError(
            f"{folder} was made with {made}, and that data is missing; restore it from a backup"
        )


def require_same(settings: LedgerSettings, folder: Path, made: Marker) -> None:
    """Raise `LedgerError` if `settings` ask for another ledger than the one of the folder."""
    wanted: Marker | None = None
    match settings.kind:
        case "embedded":
            wanted = embedded_marker(folder, settings.embedded_file)
        case "cluster":
            wanted = Marker("cluster", str(settings.cluster_id))
        case "node" if made.kind != "node":
            wanted = Marker("node", "")
        case "auto" if made.kind == "cluster":
            raise LedgerError(
                f"{folder} was made with {made}; say where it is: --ledger "
                f"tigerbeetle://HOST:PORT/{made.identity}"
            )
    if wanted is not None and wanted != made:
        raise LedgerError(
            f"{folder} was made with {made} and cannot be opened with {wanted}; "
            "choose that ledger (or auto), or another data folder"
        )
