"""What organisers take along: every row, as text a spreadsheet does not calculate."""

import csv
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.__main__ import main
from kiosk.domain.audit import Action
from kiosk.domain.chart import BANK
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.events import Role
from kiosk.domain.exports import FolderInUse, Progress, Table
from kiosk.domain.people import Attendee
from kiosk.domain.rights import NotAllowed
from kiosk.domain.spreadsheets import harmless, written
from kiosk.domain.terminals import NotPaired
from kiosk.services.exports import Exports
from kiosk.services.terminals import Terminals
from kiosk.store import audit, exports
from ledger.ids import new_id
from tests.kiosk.factories import a_cashier, a_slot, an_event, usd
from tests.kiosk.playing import HOSTILE
from tests.kiosk.purses import Purses
from tests.kiosk.shop import Shop
from tests.kiosk.test_refunds import refund, unfulfilled
from tests.kiosk.world import Terminal, World

BOSS = a_cashier("Sam", role=Role.ORGANISER)
Rows = list[dict[str, str]]


def ignore(_: Progress) -> None:
    """Nobody watches."""


def an_export(terminal: Terminal) -> Exports:
    return Exports(terminal.backing, terminal.services.catalog)


async def tables(terminal: Terminal, folder: Path) -> dict[Table, Rows]:
    """Everything, written and read back."""
    await an_export(terminal).write(folder, ignore)
    found = {}
    for table in Table:
        with (folder / table.file_name).open(encoding="utf-8", newline="") as file:
            found[table] = list(csv.DictReader(file, strict=True))
    assert sorted(one.name for one in folder.iterdir()) == sorted(one.file_name for one in Table)
    return found


@pytest.mark.every_store
async def test_everything_that_happened_has_a_row(world: World, tmp_path: Path) -> None:
    shop = await Shop.open(world, an_event(a_slot(capacity=5), providers=("cash", "sandbox")))
    terminal, services = shop.terminal, shop.services
    used, returned = await terminal.sell(), await terminal.sell()
    await terminal.admit(used.claims[0].ticket_number)
    await refund(terminal, returned)
    invoiced = await services.sales.pay_by_invoice((await terminal.hold()).id, BOSS)
    money = (usd(150), BANK, "=HYPERLINK(1)")
    await services.invoices.settle(invoiced.id, new_id(), money, BOSS)

    found = await tables(terminal, tmp_path / "all")

    orders = found[Table.ORDERS]
    assert [one["state"] for one in orders] == ["paid", "refunded", "paid"]
    assert {one["total_minor"] for one in orders} == {"400"}
    assert {(one["currency"], one["event_time_zone"]) for one in orders} == {
        ("USD", "America/Chicago")
    }
    assert {datetime.fromisoformat(one["placed_utc"]) for one in orders} == {world.clock.now()}
    tickets = [(one["ticket_number"], one["slot"]) for one in found[Table.TICKETS]]
    assert tickets == [
        (order.claims[0].ticket_number, "general") for order in (used, returned, invoiced)
    ]
    assert [(one["kind"], one["method"], one["amount_minor"]) for one in found[Table.PAYMENTS]] == [
        ("payment", "cash", "400"),
        ("payment", "cash", "400"),
        ("payment", "invoice", "0"),
        ("for an invoice", "money", "150"),
    ]
    assert found[Table.PAYMENTS][-1]["reference"] == "'=HYPERLINK(1)"
    [came] = found[Table.ADMISSIONS]
    assert (came["kind"], came["outcome"], came["terminal"]) == ("enter", "done", "north")
    [back] = found[Table.REFUNDS]
    assert (back["order_number"], back["reason"]) == (str(returned.number), "returned")


async def test_money_that_bought_nothing_is_there_too(embedded: World, tmp_path: Path) -> None:
    shop = await Shop.open(embedded)
    order = await unfulfilled(shop)
    found = await tables(shop.terminal, tmp_path / "all")
    [due] = found[Table.REFUNDS]
    assert (due["order_number"], due["state"], due["way"]) == (str(order.number), "due", "sandbox")


@pytest.mark.every_store
async def test_tokens_are_told_by_who_gave_them_to_whom(world: World, tmp_path: Path) -> None:
    purses = await Purses.open(world)
    await purses.buy("Tony", 30)
    await purses.send("Tony", "Nina", 12)
    await purses.spend("Nina", 5)
    rows = (await tables(purses.terminal, tmp_path / "all"))[Table.TOKENS]
    assert [
        (one["kind"], one["amount"], one["from_name"], one["to_name"], one["spent_at"])
        for one in rows
    ] == [
        ("issue", "30", "", "Tony", ""),
        ("send", "12", "Tony", "Nina", ""),
        ("spend", "5", "Nina", "", "bar"),
    ]


@pytest.mark.parametrize("name", [*HOSTILE.values(), "=1+1", "+49", "-1", "@SUM(A1)", "\u202e=1"])
async def test_names_are_text(embedded: World, tmp_path: Path, name: str) -> None:
    terminal = await embedded.open()
    sales = terminal.services.sales
    order_id = sales.new_order_id()
    await sales.place(order_id, "general", Attendee(name, "ada@example.org"))
    [order] = (await tables(terminal, tmp_path / "all"))[Table.ORDERS]
    assert order["buyer_name"] == harmless(name)


@given(st.text())
def test_no_text_begins_as_a_formula_does(text: str) -> None:
    cell = harmless(text)
    assert not cell.strip().startswith(("=", "+", "-", "@"))
    assert all(char.isprintable() for char in cell)


def test_cells_are_written_without_a_doubt() -> None:
    noon = datetime(2027, 3, 12, 18, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    assert written(noon) == "2027-03-12T17:00:00.000005+00:00"
    assert [written(one) for one in (None, True, False, -7, "-7")] == ["", "yes", "no", "-7", "'-7"]


async def test_many_pages_are_one_table(
    embedded: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    terminal = await embedded.open()
    orders = [await terminal.hold() for _ in range(5)]
    told: list[Progress] = []
    await an_export(terminal).write(tmp_path / "all", told.append)
    assert [one.rows for one in told if one.table is Table.ORDERS] == [0, 2, 4, 5]
    with (tmp_path / "all" / "orders.csv").open(newline="") as file:
        numbers = [one["order_number"] for one in csv.DictReader(file)]
    assert numbers == [str(order.number) for order in orders]


async def test_nothing_is_written_over(embedded: World, tmp_path: Path) -> None:
    terminal = await embedded.open()
    (tmp_path / "all").mkdir()
    (tmp_path / "other.unfinished").mkdir()
    for name in ("all", "other"):
        with pytest.raises(FolderInUse):
            await an_export(terminal).write(tmp_path / name, ignore)
    assert [*(tmp_path / "all").iterdir()] == []


async def test_what_is_broken_off_leaves_nothing(embedded: World, tmp_path: Path) -> None:
    terminal = await embedded.open()
    await terminal.sell()

    def leave(progress: Progress) -> None:
        if progress.table is Table.REFUNDS:
            raise StoreUnavailable("gone")

    with pytest.raises(StoreUnavailable):
        await an_export(terminal).write(tmp_path / "all", leave)
    assert not [one for one in tmp_path.iterdir() if one.name.startswith("all")]
    assert await an_export(terminal).write(tmp_path / "all", ignore)


async def test_only_this_user_reads_it(embedded: World, tmp_path: Path) -> None:
    terminal = await embedded.open()
    await an_export(terminal).write(tmp_path / "deep" / "all", ignore)
    folder = tmp_path / "deep" / "all"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}


async def test_an_organiser_takes_it_along_on_record(embedded: World, tmp_path: Path) -> None:
    terminal = await embedded.open()
    await terminal.sell()
    there = terminal.services.exports
    with pytest.raises(NotAllowed):
        await there.write(tmp_path / "all", ignore, a_cashier())
    folder = there.new_folder()
    await there.write(folder, ignore, BOSS)
    *_, last = await terminal.backing.store.transaction(audit.page)
    assert (last.action, last.staff, last.terminal) == (Action.EXPORTED, "Sam", "north")
    assert last.detail.startswith("1 orders, 1 tickets, 1 payments, 0 admissions")
    assert folder.name.endswith(f"{embedded.clock.now().astimezone(UTC):%Y%m%dT%H%M%SZ}")


async def test_a_terminal_that_was_sent_out_takes_nothing_along(
    embedded: World, tmp_path: Path
) -> None:
    await embedded.open()
    south = await embedded.open(name="south")
    await Terminals(south.backing.store, south.backing.clock).revoke("south")
    with pytest.raises(NotPaired):
        await south.services.exports.write(tmp_path / "all", ignore, BOSS)
    assert not (tmp_path / "all").exists()


def test_the_command_writes_a_folder_and_says_how_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, folder = tmp_path / "home", tmp_path / "all"
    assert main(["--home", str(home), "--ledger", "embedded", "export", str(folder)]) == 0
    assert "orders.csv  0" in capsys.readouterr().out
    assert (folder / "tokens.csv").read_text().startswith("token,kind,state,amount,from_name")
    assert main(["--home", str(home), "--ledger", "embedded", "export", str(folder)]) == 1
    assert "expected the name of a new folder" in capsys.readouterr().err
