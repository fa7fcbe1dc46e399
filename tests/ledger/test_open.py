"""Opening the ledger that was asked for, and never another than the folder was made with."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger import Account, Ledger, LedgerError, LedgerSettings, open_ledger
from ledger.binary import find_binary, installed_path
from ledger.data_file import Mode
from ledger.marker import Marker, marker_path, read_marker, write_marker
from ledger.node import Node, accepts
from ledger.node_ledger import NodeLedger
from ledger.open import choose
from tests.ledger.fake_binaries import speaking, write_script

EMBEDDED = Marker("embedded", "ledger.sqlite")
NODE = Marker("node", "5")
CLUSTER = Marker("cluster", "7")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder that does not keep its gigabyte."""
    folder = tmp_path / "ledger"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any server."""
    monkeypatch.delenv("KIOSK_TIGERBEETLE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


async def holds(ledger: Ledger, account_id: int) -> bool:
    return [account.id for account in await ledger.lookup_accounts([account_id])] == [account_id]


async def write_to(wanted: LedgerSettings | str, account_id: int) -> str:
    """Open, leave an account, close; what the engine calls itself."""
    ledger = await open_ledger(wanted)
    await ledger.create_accounts([Account(id=account_id, ledger=1, code=1)])
    await ledger.close()
    return ledger.engine


@pytest.mark.usefixtures("no_server")
@pytest.mark.parametrize(
    ("settings", "made", "kind"),
    [
        (LedgerSettings("auto", Path("/x")), None, "embedded"),
        (LedgerSettings("auto", Path("/x")), EMBEDDED, "embedded"),
        (LedgerSettings("auto", Path("/x")), NODE, "node"),
        (LedgerSettings("node", Path("/x")), NODE, "node"),
        (LedgerSettings("embedded", Path("/x")), EMBEDDED, "embedded"),
        (LedgerSettings("cluster", Path("/x"), addresses="a:1", cluster_id=7), CLUSTER, "cluster"),
    ],
)
def test_a_folder_is_opened_as_it_was_made(
    settings: LedgerSettings, made: Marker | None, kind: str
) -> None:
    assert choose(settings, made).kind == kind


@pytest.mark.parametrize(
    ("settings", "made"),
    [
        (LedgerSettings("node", Path("/x")), EMBEDDED),
        (LedgerSettings("node", Path("/x")), CLUSTER),
        (LedgerSettings("embedded", Path("/x")), NODE),
        (LedgerSettings("embedded", Path("/x"), file=Path("/x/other.sqlite")), EMBEDDED),
        (LedgerSettings("embedded", Path("/x"), file=Path("/y/ledger.sqlite")), EMBEDDED),
        (LedgerSettings("cluster", Path("/x"), addresses="a:1", cluster_id=5), NODE),
        (LedgerSettings("cluster", Path("/x"), addresses="a:1", cluster_id=8), CLUSTER),
        (LedgerSettings("auto", Path("/x")), CLUSTER),
    ],
)
def test_a_folder_is_never_opened_as_something_else(settings: LedgerSettings, made: Marker) -> None:
    with pytest.raises(LedgerError, match=rf"^/x was made with .*{made.identity}"):
        choose(settings, made)


@pytest.mark.usefixtures("no_server")
def test_auto_takes_a_server_where_one_is_found(folder: Path) -> None:
    settings = LedgerSettings("auto", folder)
    assert choose(settings, None).kind == "embedded"
    write_script(installed_path(folder), speaking("0.17.9"))
    assert choose(settings, None).kind == "node"


@pytest.mark.usefixtures("no_server")
async def test_auto_goes_on_embedded_when_a_server_is_installed_later(folder: Path) -> None:
    assert "SQLite" in await write_to(f"auto:{folder}", 1)
    assert read_marker(folder) == EMBEDDED
    write_script(installed_path(folder), speaking("0.17.9"))
    ledger = await open_ledger(f"auto:{folder}")
    assert "SQLite" in ledger.engine
    assert await holds(ledger, 1)
    await ledger.close()


@pytest.mark.usefixtures("no_server")
async def test_an_embedded_ledger_whose_marker_was_never_written_is_found(folder: Path) -> None:
    await write_to(f"embedded:{folder}", 1)
    marker_path(folder).unlink()
    write_script(installed_path(folder), speaking("0.17.9"))
    ledger = await open_ledger(f"auto:{folder}")
    assert await holds(ledger, 1)
    await ledger.close()
    assert read_marker(folder) == EMBEDDED


async def test_a_node_is_refused_where_an_embedded_ledger_was_made(folder: Path) -> None:
    await write_to(f"embedded:{folder}", 1)
    with pytest.raises(LedgerError, match="cannot be opened with a TigerBeetle node;"):
        await open_ledger(f"node:{folder}")


async def test_an_embedded_ledger_that_was_lost_is_not_begun_anew(folder: Path) -> None:
    await write_to(f"embedded:{folder}", 1)
    for file in folder.glob("ledger.sqlite*"):
        file.unlink()
    with pytest.raises(LedgerError, match="is missing"):
        await open_ledger(f"auto:{folder}")


async def test_a_file_of_its_own_needs_no_folder(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path}/deep/own.db"
    await write_to(url, 3)
    ledger = await open_ledger(url)
    assert await holds(ledger, 3)
    await ledger.close()
    assert not marker_path(tmp_path / "deep").exists()


@pytest.mark.usefixtures("no_server")
async def test_without_a_server_a_node_is_refused_with_what_to_do(folder: Path) -> None:
    with pytest.raises(LedgerError, match="kiosk ledger install"):
        await open_ledger(f"node:{folder}")
    assert read_marker(folder) is None
    write_marker(folder, NODE)
    with pytest.raises(LedgerError, match="that data is missing"):
        await open_ledger(f"auto:{folder}")


async def test_a_damaged_marker_is_told(folder: Path) -> None:
    folder.mkdir()
    for text in ("{", "{}", '{"kind": "odd", "identity": "1"}', "[]"):
        marker_path(folder).write_text(text)
        with pytest.raises(LedgerError, match="is damaged"):
            await open_ledger(f"auto:{folder}")


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot hold a ledger"):
        await open_ledger(f"auto:{tmp_path}/file/ledger")


async def test_a_host_that_does_not_exist_is_told() -> None:
    with pytest.raises(LedgerError, match="cannot be found"):
        await open_ledger("tigerbeetle://no-such-host.invalid:3000/0")


@pytest.mark.server
async def test_a_node_is_opened_by_auto_and_closing_stops_the_server(folder: Path) -> None:
    ledger = await open_ledger(LedgerSettings("auto", folder))
    assert isinstance(ledger, NodeLedger)
    address = ledger.status.address
    assert ledger.engine == f"TigerBeetle {ledger.status.version} node"
    assert accepts(address)
    assert read_marker(folder) == Marker("node", str(ledger.status.cluster_id))
    await ledger.create_accounts([Account(id=1, ledger=1, code=1)])
    await ledger.close()
    await ledger.close()
    # Its process is gone; the kernel lets go of the port a moment later.
    async with asyncio.timeout(10):
        while accepts(address):
            await asyncio.sleep(0)
    again = await open_ledger(LedgerSettings("auto", folder))
    assert await holds(again, 1)
    await again.close()


@pytest.mark.server
async def test_development_mode_is_said_and_an_unsaid_node_is_found(folder: Path) -> None:
    binary = find_binary()
    assert binary is not None
    Node(folder, binary, mode=Mode.DEVELOPMENT).format()
    with pytest.raises(LedgerError, match="was made with a TigerBeetle node"):
        await open_ledger(f"embedded:{folder}")
    ledger = await open_ledger(f"auto:{folder}")
    assert ledger.engine.endswith(" node (development mode)")
    await ledger.close()


@pytest.mark.server
async def test_a_folder_remembers_a_cluster_once_it_has_answered(
    folder: Path, tmp_path: Path
) -> None:
    binary = find_binary()
    assert binary is not None
    node = Node(folder / "elsewhere", binary, mode=Mode.DEVELOPMENT)
    node.start()
    try:
        home = tmp_path / "home"
        cluster = LedgerSettings(
            "cluster", home, addresses=node.address, cluster_id=node.cluster_id
        )
        wrong = replace(cluster, cluster_id=node.cluster_id ^ 1, deadline_seconds=0.3)
        await (await open_ledger(wrong)).close()
        assert read_marker(home) is None
        assert await write_to(cluster, 1) == "TigerBeetle cluster"
        assert read_marker(home) == Marker("cluster", str(node.cluster_id))
        with pytest.raises(LedgerError, match="was made with the TigerBeetle cluster"):
            await open_ledger(wrong)
        url = f"tigerbeetle://localhost:{node.port}/{node.cluster_id}"
        ledger = await open_ledger(url)
        assert await holds(ledger, 1)
        await ledger.close()
    finally:
        node.stop()
