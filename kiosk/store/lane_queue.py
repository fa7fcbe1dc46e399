"""What a lane said offline: lines of a file, each durable before anybody is told.

A line is a digest of what follows it, a blank, and JSON. A last line that is not whole was never
confirmed to anybody, and is cut off. The file is emptied when all that is in it has been told; to
tell something twice is to tell it once, so nothing needs to be marked meanwhile.
"""

import json
import logging
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final, Self

from kiosk.domain.admission import Gate, Reason, Scan, Way
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.lane import AcceptedOffline, QueuedScan
from kiosk.store.types import instant, microseconds
from ledger.files import FileLock, sync_folder

log = logging.getLogger(__name__)

_DIGEST_BYTES: Final = 8
_FILES_MAX: Final = 64
"""So many processes of one terminal's name may be at work at once."""


class LaneQueue:
    """The queue of one process; what others of the same name left behind is in it too."""

    def __init__(self, folder: Path, name: str) -> None:
        """Take the first file of this name that no other process has."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._waiting: dict[int, QueuedScan] = {}
        self._by_claim = defaultdict[int, list[QueuedScan]](list)
        self._accepted: set[tuple[int, bytes]] = set()
        self._path, self._lock = _own(folder, name)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._size = 0
        self._load()
        sync_folder(folder)
        self._adopt(folder, name)

    @property
    def waiting(self) -> tuple[QueuedScan, ...]:
        """What has to be told, in the order it happened."""
        return tuple(self._waiting.values())

    def of(self, claim_id: int) -> Sequence[QueuedScan]:
        """Who passed on one ticket, and has to be told."""
        return self._by_claim.get(claim_id, ())

    def has_accepted(self, whose: Iterable[int], digests: Iterable[bytes]) -> bool:
        """Whether one of these texts was accepted, by a holder or with a ticket of these ids."""
        return any((one, digest) in self._accepted for one in whose for digest in digests)

    def add(self, *scans: QueuedScan) -> None:
        """Write what happened, once; it is durable when this returns.

        Raises `StoreUnavailable` if the disk does not take it, and nothing is in the queue then.
        """
        fresh = [one for one in scans if one.scan.nonce not in self._waiting]
        lines = b"".join(map(_line, fresh))
        try:
            written = os.pwrite(self._descriptor, lines, self._size)
            if written < len(lines):
                raise OSError("no place is left on the disk")
            os.fdatasync(self._descriptor)
        except OSError as fault:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise StoreUnavailable(f"the queue of this lane cannot be written: {fault}") from fault
        self._size += written
        self._take(fresh)

    def forget(self, nonces: Collection[int]) -> None:
        """These were told. The file is emptied with the last of them, if the disk takes that."""
        for nonce in nonces:
            told = self._waiting.pop(nonce, None)
            if told and told.turned_away is None:
                self._by_claim[told.claim_id].remove(told)
        if not self._waiting and self._size:
            try:
                self._cut(0)
            except OSError as fault:
                # What stays in it is told twice, and so once.
                log.warning("the queue of this lane cannot be emptied: %s", fault)

    def close(self) -> None:
        """Let go of the file, for the next process of this name. Twice is once."""
        if self._lock.held:
            os.close(self._descriptor)
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _load(self) -> None:
        scans, whole = _read(self._path)
        self._take({one.scan.nonce: one for one in scans}.values())
        if whole < self._path.stat().st_size:
            self._cut(whole)
        self._size = whole

    def _adopt(self, folder: Path, name: str) -> None:
        for path in sorted(folder.glob(f"{name}-*.queue")):
            lock = FileLock(path.with_suffix(".lock"))
            if path == self._path or not lock.acquire():
                continue
            left, _ = _read(path)
            self.add(*left)
            path.unlink()
            lock.release()

    def _take(self, scans: Iterable[QueuedScan]) -> None:
        for one in scans:
            self._waiting[one.scan.nonce] = one
            if one.turned_away is None:
                self._by_claim[one.claim_id].append(one)
            if conduct := one.conduct:
                self._accepted.add((conduct.holder_id or one.claim_id, conduct.digest))

    def _cut(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)
        os.fsync(self._descriptor)
        self._size = size


def _own(folder: Path, name: str) -> tuple[Path, FileLock]:
    for number in range(1, _FILES_MAX + 1):
        path = folder / f"{name}-{number}.queue"
        lock = FileLock(path.with_suffix(".lock"))
        if lock.acquire():
            return path, lock
    raise StoreUnavailable(f"{_FILES_MAX} terminals of this name are at work in {folder}")


def _read(path: Path) -> tuple[list[QueuedScan], int]:
    """What a file holds, and how many bytes of it are whole lines."""
    data = path.read_bytes()
    *lines, torn = data.split(b"\n")
    scans = [queued for line in lines if (queued := _queued(line))]
    if damaged := len(lines) - len(scans):
        kept = path.with_suffix(".damaged")
        kept.write_bytes(data)
        log.error("%d lines of %s are damaged; all of it is kept as %s", damaged, path, kept)
    return scans, len(data) - len(torn)


def _line(queued: QueuedScan) -> bytes:
    scan, conduct = queued.scan, queued.conduct
    slots = scan.gate.slots
    said = {
        "text": scan.text,
        "nonce": scan.nonce,
        "staff": scan.staff,
        "way": scan.way,
        "gate": None if slots is None else sorted(slots),
        "claim": f"{queued.claim_id:032x}",
        "at": microseconds(queued.at),
        "turned_away": queued.turned_away,
        "conduct": conduct
        and {
            "language": conduct.language,
            "digest": conduct.digest.hex(),
            "holder": conduct.holder_id and f"{conduct.holder_id:032x}",
        },
    }
    text = json.dumps(said).encode()
    return _digest(text) + b" " + text + b"\n"


def _queued(line: bytes) -> QueuedScan | None:
    """What a line says; None if it is damaged."""
    digest, _, text = line.partition(b" ")
    if digest != _digest(text):
        return None
    said = json.loads(text)
    slots, conduct = said["gate"], said["conduct"]
    return QueuedScan(
        scan=Scan(
            text=said["text"],
            nonce=said["nonce"],
            staff=said["staff"],
            way=Way(said["way"]),
            gate=Gate(None if slots is None else frozenset(slots)),
        ),
        claim_id=int(said["claim"], 16),
        at=instant(said["at"]),
        conduct=conduct
        and AcceptedOffline(
            language=conduct["language"],
            digest=bytes.fromhex(conduct["digest"]),
            holder_id=conduct["holder"] and int(conduct["holder"], 16),
        ),
        turned_away=said["turned_away"] and Reason(said["turned_away"]),
    )


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=_DIGEST_BYTES).hexdigest().encode()
