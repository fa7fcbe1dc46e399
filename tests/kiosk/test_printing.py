"""Printing: a command of the system, asked once, ended in time, and never waited for."""

import asyncio
from pathlib import Path

import pytest

from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.services.printing import NotPrinted, PrinterSilent, TicketPrinter
from tests.kiosk.attendee import to_ticket
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import Play, decoded, playing, text_of, until, until_screen, until_text
from tests.kiosk.test_ticket_screen import a_picture, pages_of

PAGES = [a_picture(), a_picture(holder="[/]")]


def a_command(folder: Path, script: str) -> tuple[str, str, str, str]:
    """A command that finds the PDF as its first argument, and its folder in `$0`."""
    return ("sh", "-c", script, str(folder))


def printer_of(folder: Path) -> TicketPrinter:
    """One that copies what it prints into `folder`."""
    return TicketPrinter(a_command(folder, 'cp "$1" "$0/printed.pdf"; echo once >> "$0/log"'))


async def test_the_command_gets_all_tickets_as_one_file_which_is_gone_afterwards(
    tmp_path: Path,
) -> None:
    script = 'cp "$1" "$0/printed.pdf"; echo "$1" > "$0/name"'
    await TicketPrinter(a_command(tmp_path, script)).print("1042-tickets", PAGES)

    assert len(pages_of(tmp_path / "printed.pdf")) == 2
    assert all(decoded(page) for page in pages_of(tmp_path / "printed.pdf"))
    name = Path((tmp_path / "name").read_text().strip())
    assert name.name == "1042-tickets.pdf"
    assert not name.parent.exists()


async def test_asked_twice_at_once_it_prints_once_and_later_once_more(tmp_path: Path) -> None:
    printer = printer_of(tmp_path)
    await asyncio.gather(*(printer.print("1042-tickets", PAGES) for _ in range(3)))
    assert (tmp_path / "log").read_text() == "once\n"
    await printer.print("1042-tickets", PAGES)
    assert (tmp_path / "log").read_text() == "once\n" * 2


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("sh", "-c", "echo no paper >&2; exit 3"), "no paper"),
        (("sh", "-c", "exit 3"), "3"),
        (("/nowhere/lp",), "No such file or directory"),
    ],
)
async def test_a_command_that_fails_says_why(command: tuple[str, ...], reason: str) -> None:
    with pytest.raises(NotPrinted, match=reason):
        await TicketPrinter(command).print("1042-tickets", PAGES)


async def test_a_command_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    script = 'sleep 300 & echo $! > "$0/child"; wait'
    printer = TicketPrinter(a_command(tmp_path, script), deadline_seconds=0.5)
    with pytest.raises(PrinterSilent):
        await printer.print("1042-tickets", PAGES)
    child = Path("/proc") / (tmp_path / "child").read_text().strip() / "stat"
    assert not child.exists() or ") Z " in child.read_text()


async def test_who_closes_the_kiosk_waits_for_what_is_being_printed(tmp_path: Path) -> None:
    printer = printer_of(tmp_path)
    waiting = asyncio.create_task(printer.print("1042-tickets", PAGES))
    await asyncio.wait([waiting], timeout=0)
    waiting.cancel()
    await printer.close()
    assert (tmp_path / "printed.pdf").exists()


@pytest.mark.parametrize(
    ("listed", "is_there"), [("echo front", True), ("true", False), ("exit 1", False)]
)
async def test_without_a_command_the_system_is_asked_for_its_printers(
    listed: str, is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, script in (("lp", "true"), ("lpstat", listed)):
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert await TicketPrinter().is_there() is is_there


async def test_no_command_and_no_printer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert not await TicketPrinter().is_there()
    assert not await TicketPrinter(()).is_there()


def with_printer(printer: TicketPrinter) -> Fakes:
    """A terminal that has one."""
    return Fakes(printer=printer)


async def to_print(pilot: Play) -> None:
    """On to the tickets, and until the key is offered."""
    await to_ticket(pilot)
    await until_text(pilot, "P Print")


async def test_the_key_prints_and_says_so_and_a_second_press_while_it_does_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "go").touch()
    script = 'while [ -e "$0/go" ]; do sleep 0.05; done; echo once >> "$0/log"'
    fakes = with_printer(TicketPrinter(a_command(tmp_path, script)))
    async with playing(fakes.services) as (_, pilot):
        await to_print(pilot)
        await pilot.press("p", "p")
        (tmp_path / "go").unlink()
        await until_text(pilot, "✔ On its way to the printer.")
        assert (tmp_path / "log").read_text() == "once\n"


async def test_the_key_is_not_there_without_a_printer() -> None:
    async with playing(with_printer(TicketPrinter(())).services) as (_, pilot):
        await to_ticket(pilot)
        await pilot.press("p")
        assert "Print" not in text_of(pilot)


@pytest.mark.parametrize(
    ("printer", "said"),
    [
        (TicketPrinter(("sh", "-c", "echo '[/] no paper'; exit 1")), "Not printed: [/] no paper"),
        (TicketPrinter(("sh", "-c", "sleep 300"), 0.2), "The printer does not answer."),
    ],
    ids=["refused", "silent"],
)
async def test_what_went_wrong_is_said_and_the_tickets_stay(
    printer: TicketPrinter, said: str
) -> None:
    fakes = with_printer(printer)
    async with playing(fakes.services) as (app, pilot):
        await to_print(pilot)
        await pilot.press("p")
        await until_text(pilot, said)
        assert isinstance(app.screen, TicketScreen)


async def test_the_next_person_need_not_wait_for_the_printer(tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    script = 'while [ -e "$0/go" ]; do sleep 0.05; done; touch "$0/printed"'
    printer = TicketPrinter(a_command(tmp_path, script))
    async with playing(with_printer(printer).services) as (_, pilot):
        await to_print(pilot)
        await pilot.press("p")
        await until_text(pilot, "Printing …")
        await pilot.press("n")
        await until_screen(pilot, WelcomeScreen)
        (tmp_path / "go").unlink()
        await until(pilot, (tmp_path / "printed").exists)
        await printer.close()
