"""The scan field takes what scanners and fingers send, and nothing they send wedges it."""

from textual import events
from textual.app import App, ComposeResult

from kiosk.domain.scans import Ending
from kiosk.widgets.scan_input import LENGTH_MAX, ScanInput
from kiosk.widgets.theme import dress
from tests.fakes import FakeClock
from tests.kiosk.playing import Play, scan_in, type_in, until
from tests.kiosk.test_scans import TICKET


class OneField(App[None]):
    """A scan field, and what it announces."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.scanned: list[str] = []
        self.endings: list[Ending] = []
        self.confirmed = 0
        dress(self)

    def compose(self) -> ComposeResult:
        yield ScanInput(self.clock)

    @property
    def typed(self) -> str:
        return self.query_one(ScanInput).value

    def on_scan_input_scanned(self, scanned: ScanInput.Scanned) -> None:
        self.scanned.append(scanned.code)
        self.endings.append(scanned.ending)

    def on_scan_input_confirmed(self) -> None:
        self.confirmed += 1


async def press_raw(pilot: Play, *keys: tuple[str, str | None]) -> None:
    """Send key events as a terminal reports them: a name, and a character if it has one."""
    for key, character in keys:
        pilot.app.post_message(events.Key(key, character))
    await pilot.pause()


async def test_a_code_read_twice_within_two_seconds_is_let_through_once() -> None:
    app = OneField()
    async with app.run_test() as pilot:
        for wait in (0, 1, 1.5, 2):
            app.clock.advance(seconds=wait)
            await pilot.press(*"tkt7", "enter")
        await pilot.press(*"tkt8", "enter")
        assert app.scanned == ["TKT7", "TKT7", "TKT8"]


async def test_two_scans_in_one_breath_are_two_scans() -> None:
    app = OneField()
    async with app.run_test() as pilot:
        await type_in(pilot, "TKT7\rTKT8")
        assert app.scanned == ["TKT7", "TKT8"]


async def test_a_whole_code_needs_no_enter_and_half_a_one_waits() -> None:
    app = OneField()
    async with app.run_test() as pilot:
        await scan_in(pilot, TICKET[:100])
        app.query_one(ScanInput).hear_silence()
        assert (app.scanned, app.typed) == ([], TICKET[:100])
        await scan_in(pilot, TICKET[100:])
        await until(pilot, lambda: app.scanned == [TICKET])
        assert (app.endings, app.typed) == ([Ending.SILENCE], "")


async def test_an_enter_that_comes_after_the_silence_means_nothing_more() -> None:
    app = OneField()
    async with app.run_test() as pilot:
        await scan_in(pilot, TICKET)
        await until(pilot, lambda: app.scanned)
        await pilot.press("enter")
        assert app.scanned == [TICKET]


async def test_every_key_a_scanner_may_end_with_will_do() -> None:
    app = OneField()
    async with app.run_test() as pilot:
        for number, ending in enumerate([("enter", "\r"), ("ctrl+j", "\n"), ("tab", "\t")]):
            await press_raw(pilot, *[(char, char) for char in f"tkt{number}"], ending)
        assert app.scanned == ["TKT0", "TKT1", "TKT2"]
        assert app.endings == [Ending.ENTER, Ending.ENTER, Ending.TAB]
        await pilot.press("enter", "tab", "enter")
        assert app.confirmed == 2


async def test_a_ticket_scanned_behind_what_somebody_typed_is_read() -> None:
    app = OneField()
    async with app.run_test() as pilot:
        await pilot.press(*"7k2m", "home")
        await type_in(pilot, TICKET)
        assert app.scanned == [TICKET]


async def test_garbage_of_any_length_leaves_the_scan_field_empty_and_ready() -> None:
    app = OneField()
    async with app.run_test() as pilot:
        for typed in ("", " ", "x" * 600, "tkt7"):
            await type_in(pilot, typed)
        assert [len(code) for code in app.scanned] == [LENGTH_MAX, 4]


async def test_a_thousand_scans_of_garbage_without_enter_do_not_hide_the_ticket_behind_them() -> (
    None
):
    app = OneField()
    async with app.run_test() as pilot:
        for number in range(1000):
            pilot.app.post_message(events.Paste(f"{number:x}\x00\x1b[31m💥" + "é" * (number % 40)))
        await pilot.pause()
        assert app.scanned == []
        await scan_in(pilot, TICKET)
        await until(pilot, lambda: app.scanned == [TICKET])


async def test_a_scanners_shift_and_control_keys_are_no_part_of_its_code() -> None:
    app = OneField()
    async with app.run_test() as pilot:
        for char in "TKT7":
            await press_raw(
                pilot, ("left_shift", None), (f"upper_{char.lower()}", char), ("ctrl+at", "\x00")
            )
        await press_raw(pilot, ("iso_level3_shift", None), ("enter", "\r"))
        assert app.scanned == ["TKT7"]


async def test_a_pasted_code_is_a_scan() -> None:
    app = OneField()
    async with app.run_test() as pilot:
        app.post_message(events.Paste(f"{TICKET}\r\nmore"))
        await until(pilot, lambda: app.scanned == [TICKET])
