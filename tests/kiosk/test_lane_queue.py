"""The queue of a lane: what was confirmed is there, whatever happens to process and file."""

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from errno import EIO
from pathlib import Path

import pytest

from kiosk.domain.admission import Gate, Reason, Scan, Way
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.lane import AcceptedOffline, QueuedScan
from kiosk.store.lane_queue import LaneQueue
from tests.kiosk.factories import NOW

HOSTILE = "[@click=app.quit]x[/] \u202eabc\ud83c 🎟 " + "x" * 200


def a_scan(nonce: int = 1, **changes: object) -> QueuedScan:
    """Somebody who was let in offline."""
    queued = QueuedScan(Scan(f"CODE{nonce}", nonce), claim_id=nonce << 100, at=NOW)
    return replace(queued, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


@pytest.fixture
def queue(folder: Path) -> Iterator[LaneQueue]:
    with LaneQueue(folder, "north") as opened:
        yield opened


def reopened(folder: Path) -> list[QueuedScan]:
    """What the next process of this name finds."""
    with LaneQueue(folder, "north") as opened:
        return list(opened.waiting)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file of this process can grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def file_of(folder: Path) -> Path:
    [path] = folder.glob("*.queue")
    return path


def test_what_was_added_is_there_again_to_the_last_detail(folder: Path) -> None:
    scans = [
        a_scan(1),
        a_scan(2, scan=Scan(HOSTILE, 2, HOSTILE, Way.OUT, Gate(frozenset({"general", "ws"})))),
        a_scan(3, at=NOW + timedelta(microseconds=1), conduct=AcceptedOffline("es", b"d" * 32, 7)),
        a_scan(4, conduct=AcceptedOffline("en", b"d" * 32, None)),
        a_scan(5, turned_away=Reason.REFUNDED),
    ]
    with LaneQueue(folder, "north") as queue:
        for one in scans:
            queue.add(one)

    assert reopened(folder) == scans


def test_the_same_scan_is_there_once(folder: Path, queue: LaneQueue) -> None:
    queue.add(a_scan(1))
    queue.add(a_scan(1))
    assert queue.waiting == (a_scan(1),)
    queue.close()
    assert reopened(folder) == [a_scan(1)]


def test_of_a_torn_last_line_nothing_is_left(folder: Path) -> None:
    with LaneQueue(folder, "north") as queue:
        queue.add(a_scan(1))
        whole = file_of(folder).stat().st_size
        queue.add(a_scan(2))
    for size in range(whole, file_of(folder).stat().st_size):
        data = file_of(folder).read_bytes()
        file_of(folder).write_bytes(data[:size])

        with LaneQueue(folder, "north") as again:
            assert again.waiting == (a_scan(1),)
            again.add(a_scan(3))
        assert reopened(folder) == [a_scan(1), a_scan(3)]
        file_of(folder).write_bytes(data)


def test_a_damaged_line_in_the_middle_costs_no_other_and_is_kept(folder: Path) -> None:
    with LaneQueue(folder, "north") as queue:
        queue.add(a_scan(1), a_scan(2), a_scan(3))
    data = file_of(folder).read_bytes()
    file_of(folder).write_bytes(data.replace(b"CODE2", b"C0DE2"))

    assert reopened(folder) == [a_scan(1), a_scan(3)]
    [kept] = folder.glob("*.damaged")
    assert b"C0DE2" in kept.read_bytes()


def test_who_was_turned_away_did_not_pass(queue: LaneQueue) -> None:
    queue.add(a_scan(1, turned_away=Reason.REFUNDED))
    assert (len(queue.waiting), list(queue.of(1 << 100))) == (1, [])
    queue.forget([1])
    assert not queue.waiting


def test_what_was_told_is_forgotten_for_good(folder: Path, queue: LaneQueue) -> None:
    queue.add(a_scan(1), a_scan(2))

    queue.forget([1])
    assert queue.waiting == (a_scan(2),)
    assert (list(queue.of(1 << 100)), list(queue.of(2 << 100))) == ([], [a_scan(2)])
    queue.forget([2])

    assert file_of(folder).stat().st_size == 0
    queue.close()
    assert reopened(folder) == []


def test_what_is_half_told_is_told_again_after_a_crash(folder: Path, queue: LaneQueue) -> None:
    queue.add(a_scan(1), a_scan(2))
    queue.forget([1])
    queue.close()
    assert reopened(folder) == [a_scan(1), a_scan(2)]


def test_two_processes_of_one_name_have_a_file_each(folder: Path, queue: LaneQueue) -> None:
    queue.add(a_scan(1))
    with LaneQueue(folder, "north") as other:
        assert other.waiting == ()
        other.add(a_scan(2))
    assert queue.waiting == (a_scan(1),)
    queue.close()

    assert reopened(folder) == [a_scan(1), a_scan(2)]
    assert len(list(folder.glob("*.queue"))) == 1


def test_other_names_keep_theirs(folder: Path, queue: LaneQueue) -> None:
    queue.add(a_scan(1))
    queue.close()
    with LaneQueue(folder, "nort") as other:
        assert other.waiting == ()
    assert reopened(folder) == [a_scan(1)]


def test_an_acceptance_is_known_by_holder_or_by_ticket(queue: LaneQueue) -> None:
    queue.add(a_scan(1, conduct=AcceptedOffline("en", b"d" * 32, 7)))
    queue.add(a_scan(2, conduct=AcceptedOffline("en", b"d" * 32, None)))

    assert queue.has_accepted({5, 7}, {b"d" * 32})
    assert queue.has_accepted({2 << 100}, {b"e" * 32, b"d" * 32})
    assert not queue.has_accepted({7}, {b"e" * 32})
    assert not queue.has_accepted({8}, {b"d" * 32})


def test_a_disk_that_is_full_lets_nobody_pass(folder: Path, queue: LaneQueue) -> None:
    queue.add(a_scan(1))
    small = file_of(folder).stat().st_size + 10
    with file_size_limit(small), pytest.raises(StoreUnavailable):
        queue.add(a_scan(2))

    assert queue.waiting == (a_scan(1),)
    queue.add(a_scan(3))
    queue.close()
    assert reopened(folder) == [a_scan(1), a_scan(3)]


def test_a_file_that_cannot_be_emptied_is_told_again(
    folder: Path, queue: LaneQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int, size: int) -> None:
        raise OSError(EIO, "Input/output error")

    queue.add(a_scan(1))
    with monkeypatch.context() as patched:
        patched.setattr(os, "ftruncate", fail)
        queue.forget([1])
    assert queue.waiting == ()
    queue.add(a_scan(2))
    queue.close()
    assert reopened(folder) == [a_scan(1), a_scan(2)]


def test_the_files_are_their_owners_alone(folder: Path, queue: LaneQueue) -> None:
    queue.add(a_scan(1))
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
