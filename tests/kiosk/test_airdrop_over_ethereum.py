"""`kiosk airdrop` over a real Ethereum chain: as it is typed, and killed at every step."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount

from kiosk.__main__ import main
from kiosk.chains.ethereum import EthereumChain, Terms
from kiosk.chains.ethereum_node import EthereumNode
from kiosk.domain.airdrop_lists import ListedRow
from kiosk.domain.airdrops import Progress, ShareState
from kiosk.services.airdrop_worker import AirdropWorker
from kiosk.services.airdrops import AirdropPlan, Airdrops
from kiosk.services.backing import Backing
from tests.anvil import Anvil
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import ADA, GRACE, an_event
from tests.kiosk.purses import Purses, a_token
from tests.kiosk.world import World

EVENT = Path(__file__).parents[2] / "assets" / "events" / "gopherfest.toml"
SUPPLY_LINE = "supply = 5_000              # how many there can ever be"
STEPS_MIN, STEPS_MAX = 20, 80
Kiosk = Callable[..., int]


def account() -> LocalAccount:
    made: LocalAccount = Account.create()
    return made


@pytest.fixture
def payer() -> LocalAccount:
    return account()


@pytest.fixture
def key_file(folder: Path, payer: LocalAccount) -> Path:
    file = folder / "payer.key"
    file.touch(mode=0o600)
    file.write_text(f"{payer.key.hex()}\n")
    return file


@pytest.fixture
def event_file(folder: Path) -> Path:
    """A copy of an event, to write the contract into."""
    file = folder / "event.toml"
    for beside in EVENT.parent.iterdir():
        if beside.is_file() and beside != EVENT:
            (folder / beside.name).write_bytes(beside.read_bytes())
    file.write_text(EVENT.read_text())
    return file


@pytest.fixture
def kiosk(
    folder: Path, event_file: Path, key_file: Path, log_ends: None, monkeypatch: pytest.MonkeyPatch
) -> Kiosk:
    for name in [name for name in os.environ if name.startswith("KIOSK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KIOSK_ETHEREUM_KEY", str(key_file))
    monkeypatch.setenv("KIOSK_ETHEREUM_CONFIRMATIONS", "2")
    common = ["--home", str(folder), "--event", str(event_file), "--ledger", "embedded"]
    return lambda *said: main([*common, "airdrop", *said])


@pytest.fixture
def people(folder: Path) -> Path:
    return folder / "people.csv"


WISH = ("--token", "drink", "--amount", "7", "--chain", "ethereum")


@pytest.mark.anvil
def test_a_contract_is_deployed_and_a_list_is_paid_from_it(
    kiosk: Kiosk,
    anvil: Anvil,
    payer: LocalAccount,
    event_file: Path,
    people: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("KIOSK_ETHEREUM_URL", anvil.url)
    anvil.fund(payer.address)
    anvil.ask("evm_setAutomine", True)
    assert kiosk("deploy", "--token", "drink") == 0
    anvil.ask("evm_setAutomine", False)
    contract, _ = capsys.readouterr().out.splitlines()
    event_file.write_text(event_file.read_text().replace(SUPPLY_LINE, f"{SUPPLY_LINE}\n{contract}"))
    people.write_text(f"name;email;address\nAda [/];ada@example.org;{account().address}\n")

    assert kiosk("load", "vip", str(people), *WISH) == 1
    assert capsys.readouterr().out == "1 waiting (7 tokens)\n"
    anvil.mine(2)
    assert kiosk("run", "vip") == 0
    assert capsys.readouterr().out == "1 received (7 tokens)\n"
    assert kiosk("results", "vip") == 0
    assert re.search(r"Ada \[/\],.*,7,received,0x\w{40},0x\w{64}\r?\n", capsys.readouterr().out)


def test_an_address_that_nothing_vouches_for_is_a_bad_row(
    kiosk: Kiosk, people: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_ETHEREUM_URL", "http://127.0.0.1:1")
    small = account().address.lower()
    people.write_text(f"name,email,address\nAda,ada@example.org,{small}\n[/],bo@example.org,\n")
    assert kiosk("load", "vip", str(people), *WISH) == 1
    said = capsys.readouterr().err
    assert "people.csv:2: an address with its capital letters (EIP-55) was expected" in said
    assert "people.csv:3: an address" in said
    people.write_text("name,email\nAda,ada@example.org\n")
    assert kiosk("load", "vip", str(people), *WISH) == 1
    assert "columns named address, email, name" in capsys.readouterr().err


def test_without_a_contract_nothing_is_stored(
    kiosk: Kiosk, people: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_ETHEREUM_URL", "http://127.0.0.1:1")
    people.write_text(f"name,email,address\nAda,ada@example.org,{account().address}\n")
    assert kiosk("load", "vip", str(people), *WISH) == 1
    assert "expected the contract of drink in the event file" in capsys.readouterr().err
    assert kiosk("list") == 0
    assert capsys.readouterr().out == ""


def test_what_is_not_set_up_is_said_in_words(
    kiosk: Kiosk,
    people: Path,
    key_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def said(*words: str) -> str:
        assert kiosk(*words) == 1
        return capsys.readouterr().err

    deploy = ("deploy", "--token", "drink")
    assert "KIOSK_ETHEREUM_URL" in said("load", "vip", str(people), *WISH)
    assert "KIOSK_ETHEREUM_URL" in said(*deploy)
    monkeypatch.setenv("KIOSK_ETHEREUM_URL", "example.org/secret")
    assert "secret" not in said(*deploy)
    monkeypatch.setenv("KIOSK_ETHEREUM_URL", "http://127.0.0.1:1")
    assert "does not answer" in said(*deploy)
    key_file.chmod(0o640)
    assert "chmod 600" in said(*deploy)
    key_file.chmod(0o600)
    key_file.write_text("hush [/]")
    assert "hush" not in (told := said(*deploy))
    assert "a private key of 64 hexadecimal digits" in told
    key_file.unlink()
    assert "No such file" in said(*deploy)
    monkeypatch.setenv("KIOSK_ETHEREUM_CONFIRMATIONS", "0")
    assert "a whole number from 1" in said(*deploy)


async def give(
    purses: Purses, backing: Backing, chain: EthereumChain, rows: list[ListedRow]
) -> Progress:
    """Load a list and do all that can be done, over `chain`."""
    catalog, plans = purses.terminal.services.catalog, purses.wallets.plans
    worker = AirdropWorker(backing, catalog, plans, {chain.name: chain})
    airdrops = Airdrops(backing, catalog, worker)
    plan = AirdropPlan("party", purses.token, chain=chain.name)
    return await airdrops.run(await airdrops.load(plan, rows))


@pytest.mark.anvil
@pytest.mark.long
async def test_killed_at_every_step_everybody_is_paid_once(
    embedded: World, anvil: Anvil, payer: LocalAccount
) -> None:
    node = EthereumNode(anvil.url)
    anvil.fund(payer.address)
    anvil.ask("evm_setAutomine", True)
    terms = Terms(payer, {"beer": await node.deploy(payer, "Beer", "BEER", 10**6)}, confirmations=1)
    contract = node.contract(terms.contracts["beer"])  # type: ignore[arg-type]  # an address

    async def is_killed(step: int) -> bool:
        embedded.event = an_event()
        purses = await Purses.open(embedded, a_token())
        survivor, fuse = purses.terminal.backing, Fuse()
        doomed = crashing(fuse)(survivor)
        rows = [
            ListedRow(at, at, person, 100, account().address)
            for at, person in enumerate((ADA, GRACE), 1)
        ]
        fuse.set(step)
        chain = EthereumChain(node, terms, doomed.store, doomed.clock)
        killed = False
        try:
            await give(purses, doomed, chain, rows)
        except Crash:
            killed = True
        chain = EthereumChain(node, terms, survivor.store, survivor.clock)
        progress = await give(purses, survivor, chain, rows)
        assert progress.shares == {ShareState.RECEIVED: 2}
        paid = [await contract.functions.balanceOf(row.address).call() for row in rows]
        assert paid == [100, 100]
        assert await purses.totals() == (200, 0, 0)
        await embedded.close_terminals()
        return killed

    steps = 0
    while await is_killed(steps):
        steps += 1
    anvil.ask("evm_setAutomine", False)
    await node.close()
    assert STEPS_MIN < steps < STEPS_MAX
