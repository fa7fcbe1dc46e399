"""The server as a child process: formatted once, started on loopback, never outliving us."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ledger.binary import CLIENT_VERSION, find_binary
from ledger.data_file import DISK_NEEDED_BYTES, Mode, read_data_file
from ledger.engine import LedgerError
from ledger.node import Node, accepts
from ledger.node_log import NodeLog
from tests.ledger.fake_binaries import fake_server, write_script

MakeNode = Callable[..., Node]

NO_DIRECT_IO = "error(io): This file system does not support Direct I/O."


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder that does not keep its gigabyte."""
    folder = tmp_path / "ledger"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def make_node(folder: Path) -> Iterator[MakeNode]:
    """Makes nodes on the folder, with the real server unless told another."""
    with ExitStack() as stack:

        def make(binary: Path | None = None, mode: Mode | None = Mode.DEVELOPMENT) -> Node:
            node = Node(folder, binary or real_binary(), mode=mode)
            stack.callback(node.stop)
            return node

        yield make


def real_binary() -> Path:
    found = find_binary()
    assert found is not None
    return found


def environment() -> dict[str, str]:
    """For a Python that imports what we import."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


def start_failure(node: Node) -> str:
    with pytest.raises(LedgerError) as caught:
        node.start()
    assert not node.running
    return str(caught.value)


@pytest.mark.server
def test_a_new_folder_gets_a_production_server_where_direct_io_works(make_node: MakeNode) -> None:
    node = make_node(mode=None)
    node.start()
    assert node.running
    assert node.mode is Mode.PRODUCTION
    assert node.version >= CLIENT_VERSION
    assert 0 < node.cluster_id < 2**128


@pytest.mark.server
def test_a_stopped_server_starts_again_over_the_same_data(
    make_node: MakeNode, folder: Path
) -> None:
    node = make_node()
    node.start()
    address = node.address
    assert accepts(address)
    node.stop()
    node.stop()
    assert not node.running
    assert not accepts(address)
    again = make_node(mode=None)
    again.start()
    assert (again.cluster_id, again.mode) == (node.cluster_id, Mode.DEVELOPMENT)


@pytest.mark.server
def test_the_server_listens_on_loopback_only(make_node: MakeNode) -> None:
    node = make_node()
    node.start()
    # One that listened on all addresses would listen on this one too.
    assert not accepts(f"127.0.0.2:{node.port}")


@pytest.mark.server
def test_the_server_writes_to_its_log_and_never_to_the_screen(
    make_node: MakeNode, capfd: pytest.CaptureFixture[str]
) -> None:
    node = make_node()
    node.start()
    node.stop()
    assert capfd.readouterr() == ("", "")
    assert "listening on" in node.log.path.read_text()


@pytest.mark.server
def test_the_server_ends_when_we_are_killed(make_node: MakeNode, folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ledger.node import Node\n"
        "node = Node(Path(sys.argv[1]), Path(sys.argv[2])); node.start()\n"
        "print(node.address, flush=True); sys.stdin.read()"
    )
    make_node().format()
    with subprocess.Popen(
        [sys.executable, "-c", script, folder, real_binary()],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        address = owner.stdout.readline().strip()
        assert accepts(address)
        owner.kill()
    # The file is free only once the server that had it is gone.
    make_node().start()
    assert not accepts(address)


@pytest.mark.server
def test_a_second_server_on_one_file_is_refused_in_words(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.node.LOCK_DEADLINE_SECONDS", 0.3)
    make_node().start()
    assert "another process has" in start_failure(make_node())


@pytest.mark.server
def test_a_data_file_that_was_cut_short_is_refused_with_the_servers_words(
    make_node: MakeNode,
) -> None:
    node = make_node()
    node.format()
    os.truncate(node.data.path, 1 << 20)
    assert "data file inode size was truncated or corrupted" in start_failure(node)


@pytest.mark.server
def test_without_direct_io_a_new_folder_falls_back_to_development_and_stays_there(
    make_node: MakeNode, tmp_path: Path
) -> None:
    without_direct_io = write_script(
        tmp_path / "bin" / "tigerbeetle",
        f"""#!/bin/sh
case "$*" in
version|*--development*) exec {real_binary()} "$@" ;;
*) echo "{NO_DIRECT_IO}" >&2; exit 134 ;;
esac
""",
    )
    node = make_node(without_direct_io, mode=None)
    node.start()
    assert node.mode is Mode.DEVELOPMENT
    node.stop()
    again = make_node(mode=None)
    again.start()
    assert again.mode is Mode.DEVELOPMENT


def test_production_that_was_asked_for_is_not_replaced_by_development(
    make_node: MakeNode, tmp_path: Path, folder: Path
) -> None:
    server = fake_server(tmp_path, when_formatting=f"echo '{NO_DIRECT_IO}' >&2; exit 134")
    assert "does not support Direct I/O" in start_failure(make_node(server, Mode.PRODUCTION))
    assert read_data_file(folder) is None


def test_a_format_that_fails_is_told_with_the_servers_words_and_leaves_nothing(
    make_node: MakeNode, tmp_path: Path, folder: Path
) -> None:
    server = fake_server(
        tmp_path, when_formatting='echo half > "$last"; echo "error: NoSpaceLeft" >&2; exit 1'
    )
    assert "NoSpaceLeft" in start_failure(make_node(server))
    assert [path.name for path in folder.iterdir()] == ["server.log"]


@pytest.mark.server
def test_a_kill_while_formatting_leaves_nothing_that_a_start_chokes_on(
    make_node: MakeNode, tmp_path: Path, folder: Path
) -> None:
    reached = tmp_path / "reached"
    os.mkfifo(reached)
    server = fake_server(
        tmp_path, when_formatting=f'echo half > "$last"; echo $$ > {reached}; exec sleep 1000'
    )
    script = (
        "import sys; from pathlib import Path; from ledger.node import Node\n"
        "Node(Path(sys.argv[1]), Path(sys.argv[2])).format()"
    )
    with subprocess.Popen([sys.executable, "-c", script, folder, server], env=environment()) as us:
        formatter = int(reached.read_text())
        us.kill()
    assert list(folder.glob("node.*.new/data.tigerbeetle")) != []
    try:
        make_node().start()
    finally:
        os.kill(formatter, signal.SIGKILL)
    assert list(folder.glob("node.*.new")) == []


def test_a_full_disk_is_told_before_anything_is_made(
    make_node: MakeNode, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=DISK_NEEDED_BYTES - 1))
    assert "GB free" in start_failure(make_node(fake_server(tmp_path)))
    assert list(folder.iterdir()) == []


def test_a_server_that_is_too_old_is_refused_before_it_touches_anything(
    make_node: MakeNode, tmp_path: Path, folder: Path
) -> None:
    old = write_script(tmp_path / "tigerbeetle", "#!/bin/sh\necho TigerBeetle version 0.16.99+1\n")
    said = start_failure(make_node(old))
    assert "0.16.99" in said
    assert str(CLIENT_VERSION) in said
    assert not folder.exists()


@pytest.mark.parametrize(
    ("dies_by", "words"),
    [
        ("echo 'error: OutOfMemory' >&2; exit 1", "ended: 1"),
        ("echo 'error: OutOfMemory' >&2; kill -9 $$", "too little memory"),
        ("echo 'error: OutOfMemory' >&2; kill -6 $$", "ended by SIGABRT"),
        ("echo 'error: OutOfMemory' >&2; exec 1>&-; exit 0", "ended: 0"),
    ],
)
def test_a_server_that_dies_at_its_start_is_told_with_its_last_words(
    make_node: MakeNode, tmp_path: Path, dies_by: str, words: str
) -> None:
    said = start_failure(make_node(fake_server(tmp_path, when_starting=dies_by)))
    assert words in said
    assert "error: OutOfMemory" in said


def test_a_server_that_never_says_where_it_listens_is_given_up(
    make_node: MakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.node.START_DEADLINE_SECONDS", 0.2)
    start_failure(make_node(fake_server(tmp_path, when_starting="exec cat")))


def test_a_missing_data_file_is_told_and_not_made_anew(make_node: MakeNode, tmp_path: Path) -> None:
    node = make_node(fake_server(tmp_path))
    node.format()
    node.data.path.unlink()
    assert "restore it from a backup" in start_failure(make_node(fake_server(tmp_path)))


def test_a_damaged_description_is_told(make_node: MakeNode, tmp_path: Path) -> None:
    node = make_node(fake_server(tmp_path))
    node.format()
    node.data.path.with_name("node.json").write_text("{")
    assert "is damaged" in start_failure(make_node(fake_server(tmp_path)))


def test_a_full_log_is_set_aside_while_the_server_writes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.node_log.SIZE_BYTES_MAX", 100)
    log = NodeLog(tmp_path / "server.log")
    with log.open() as server:
        server.write(b"old line\n" * 20)
        server.flush()
        log.trim()
        server.write(b"new line\n")
        server.flush()
        assert log.tail() == "new line"
    assert log.path.read_text() == "new line\n"
    assert log.path.with_name("server.log.1").read_text() == "old line\n" * 20


def test_the_tail_of_a_log_begins_with_the_last_start(tmp_path: Path) -> None:
    log = NodeLog(tmp_path / "server.log")
    assert log.tail() == ""
    with log.open() as server:
        server.write(b"of the first server\n")
    with log.open() as server:
        server.write(b"".join(b"line %d\n" % number for number in range(20)))
    assert log.tail(lines=2) == "line 18\nline 19"
    assert "of the first server" not in log.tail(lines=100)
