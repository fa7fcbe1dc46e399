"""Which ledger to open, and where: as values, or as one line of text."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, get_args

from ledger.engine import LedgerError

Kind = Literal["auto", "node", "cluster", "embedded"]

EXPECTED = (
    "expected auto, node or embedded; auto:FOLDER, node:FOLDER or embedded:FOLDER; "
    "sqlite:FILE; or tigerbeetle://HOST:PORT,HOST:PORT/CLUSTER, "
    "for example tigerbeetle://127.0.0.1:3000/0"
)
EMBEDDED_FILE = "ledger.sqlite"


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Which ledger to open.

    `folder` holds the data of a node or an embedded ledger, and remembers which kind it was made
    with. `file` is an embedded ledger's file, by default in `folder`. `addresses` and
    `cluster_id` name a cluster that others run.
    """

    kind: Kind = "auto"
    folder: Path | None = None
    file: Path | None = None
    addresses: str = ""
    cluster_id: int = 0
    deadline_seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise LedgerError(f"{self.kind!r} is no kind of ledger: {EXPECTED}")
        if self.kind == "cluster" and not self.addresses:
            raise LedgerError(f"a cluster needs addresses: {EXPECTED}")
        if self.kind in ("auto", "node") and self.folder is None:
            raise LedgerError(f"the ledger {self.kind} needs a folder: {EXPECTED}")
        if self.kind == "embedded" and self.folder is None and self.file is None:
            raise LedgerError(f"an embedded ledger needs a folder or a file: {EXPECTED}")

    @property
    def embedded_file(self) -> Path:
        """Where an embedded ledger keeps its data."""
        if self.file is not None:
            return self.file
        assert self.folder is not None
        return self.folder / EMBEDDED_FILE

    @classmethod
    def parse(cls, text: str, *, folder: Path | None = None) -> Self:
        """Read `auto`, `node:FOLDER`, `sqlite:FILE`, `tigerbeetle://HOST:PORT/CLUSTER` and so on.

        `folder` is meant where the text names none. Raises `LedgerError` with an example.
        """
        scheme, colon, rest = text.strip().partition(":")
        match scheme:
            case "auto" | "node" | "embedded" if not colon:
                return cls(scheme, folder)
            case "auto" | "node" | "embedded" if rest:
                return cls(scheme, Path(rest).expanduser())
            case "sqlite" if rest:
                return cls("embedded", folder, file=Path(rest).expanduser())
            case "tigerbeetle" if rest.startswith("//"):
                addresses, cluster_id = _cluster(text, rest.removeprefix("//"))
                return cls("cluster", folder, addresses=addresses, cluster_id=cluster_id)
            case _:
                raise LedgerError(f"{text!r} names no ledger: {EXPECTED}")


def _cluster(text: str, rest: str) -> tuple[str, int]:
    addresses, slash, cluster = rest.partition("/")
    if not slash or not (cluster.isascii() and cluster.isdigit()) or int(cluster) >= 2**128:
        raise LedgerError(f"{text!r} has no cluster number after a slash: {EXPECTED}")
    if not all(_is_address(address) for address in addresses.split(",")):
        raise LedgerError(f"{text!r} has an address that is not HOST:PORT: {EXPECTED}")
    return addresses, int(cluster)


def _is_address(address: str) -> bool:
    host, _, port = address.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port) < 65536
