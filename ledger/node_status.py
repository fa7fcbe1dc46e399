"""What the process that runs the server tells the others on the same folder."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from ledger.data_file import Mode
from ledger.files import write_atomically


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One server, as its owner published it. `address` is "" while the server is down."""

    address: str
    cluster_id: int
    version: str
    mode: Mode
    server_pid: int
    owner_pid: int
    started_at: datetime
    restarts: int = 0
    trouble: str = ""
    """How the server ended last, "" if it never did."""

    @property
    def engine(self) -> str:
        """What runs, in words for a status line."""
        caveat = " (development mode)" if self.mode is Mode.DEVELOPMENT else ""
        return f"TigerBeetle {self.version} node{caveat}"


def status_path(folder: Path) -> Path:
    """Where the owner publishes."""
    return folder / "node.status.json"


def publish(folder: Path, status: NodeStatus) -> None:
    """Tell the others, in one step."""
    fields = asdict(status) | {
        "cluster_id": str(status.cluster_id),
        "started_at": status.started_at.isoformat(),
    }
    write_atomically(status_path(folder), json.dumps(fields, indent=2) + "\n")


def withdraw(folder: Path) -> None:
    """Take back what the last owner published."""
    status_path(folder).unlink(missing_ok=True)


def read_status(folder: Path) -> NodeStatus | None:
    """What was published last, by an owner that may be gone; None if nothing is to be read."""
    try:
        fields = json.loads(status_path(folder).read_text(encoding="utf-8"))
        return NodeStatus(
            address=str(fields["address"]),
            cluster_id=int(fields["cluster_id"]),
            version=str(fields["version"]),
            mode=Mode(fields["mode"]),
            server_pid=int(fields["server_pid"]),
            owner_pid=int(fields["owner_pid"]),
            started_at=datetime.fromisoformat(fields["started_at"]),
            restarts=int(fields["restarts"]),
            trouble=str(fields["trouble"]),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
