"""The pieces of the screens, each on its own."""

from datetime import timedelta

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.widget import Widget

from kiosk.domain.money import Money
from kiosk.screens.cash import likely_amounts, parse_typed
from kiosk.screens.verdicts import masked_email, short_name
from kiosk.widgets.countdown import Countdown, minutes_and_seconds
from kiosk.widgets.headline import Headline, block_lines, spaced_capitals
from kiosk.widgets.plain import cut, fit, one_line, wrapped
from kiosk.widgets.qr_code import qr_lines
from kiosk.widgets.theme import dress
from kiosk.widgets.ticket_card import CardFace, Tone, card_lines
from tests.fakes import FakeClock
from tests.kiosk.playing import HOSTILE


class OneWidget(App[None]):
    """Shows one widget, and keeps what it announces."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.times_over = 0
        dress(self)

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_countdown_over(self) -> None:
        self.times_over += 1


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_is_cut_to_the_cells_there_are(text: str) -> None:
    for width in (1, 2, 10, 60):
        assert cell_len(cut(text, width)) <= width
        assert cell_len(fit(text, width)) == width


def test_controls_and_line_breaks_never_reach_the_terminal() -> None:
    assert one_line("Ada\x1b[2J\nLove\u202elace\t!") == "Ada[2J Lovelace !"


def test_text_is_wrapped_between_words_and_cut_in_the_last_row() -> None:
    assert wrapped("one two three four", 9, 2) == ["one two", "three fo…"]


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("columns", [40, 75, 90])
def test_a_card_is_a_rectangle_whatever_is_printed_on_it(title: str, columns: int) -> None:
    face = CardFace(title, title, title, title, foot=title, tone=Tone.MUTED)
    for rows in (4, 6):
        lines = card_lines(face, columns, rows)
        assert len(lines) == rows
        assert {line.cell_length for line in lines} == {columns}
        assert lines[0].plain.index("┊") == lines[-1].plain.index("┊")


def test_a_qr_code_has_its_quiet_zone_and_fits_the_small_terminal() -> None:
    lines = qr_lines("7" * 100 + "K" * 54)
    assert {len(line) for line in lines} == {45}
    assert len(lines) == 23
    assert lines[0].strip() == lines[1].strip() == lines[-1].strip() == ""
    assert all(line[:4].strip() == line[-4:].strip() == "" for line in lines)


@pytest.mark.parametrize(
    ("seconds", "said"), [(272, "4:32"), (60, "1:00"), (0.2, "0:01"), (0, "0:00"), (-5, "0:00")]
)
def test_a_countdown_says_minutes_and_seconds(seconds: float, said: str) -> None:
    assert minutes_and_seconds(timedelta(seconds=seconds)) == said


async def test_a_countdown_hurries_in_the_last_minute_and_says_once_that_it_is_over() -> None:
    clock = FakeClock()
    countdown = Countdown(clock, clock.now() + timedelta(minutes=5), "held")
    app = OneWidget(countdown)
    async with app.run_test() as pilot:
        assert not countdown.has_class("-hurry")
        clock.advance(minutes=4)
        countdown.tick()
        assert countdown.has_class("-hurry")
        clock.advance(minutes=1)
        countdown.tick()
        countdown.tick()
        await pilot.pause()
        assert app.times_over == 1


async def test_a_countdown_pulses_at_the_end_unless_animations_are_off() -> None:
    clock = FakeClock()
    countdown = Countdown(clock, clock.now() + timedelta(seconds=15), "held")
    app = OneWidget(countdown)
    async with app.run_test():
        app.animation_level = "full"
        countdown.tick()
        assert countdown.has_class("-pulse")
        clock.advance(seconds=1)
        countdown.tick()
        assert not countdown.has_class("-pulse")
        app.animation_level = "none"
        clock.advance(seconds=1)
        countdown.tick()
        assert not countdown.has_class("-pulse")


async def test_a_headline_is_written_in_blocks_where_there_is_room() -> None:
    headline = Headline("Welcome")
    async with OneWidget(headline).run_test(size=(120, 40)):
        assert len(headline.lines(110)) == 5
    narrow = Headline("Welcome")
    async with OneWidget(narrow).run_test(size=(80, 24)):
        assert narrow.lines(76) == ["W E L C O M E"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_headline_never_grows_beyond_its_columns(text: str) -> None:
    assert all(cell_len(line) <= 60 for line in block_lines(text, 60))
    assert cell_len(spaced_capitals(text, 60)) <= 60


@pytest.mark.parametrize(
    ("due", "likely"),
    [(400, [400, 500, 1000, 2000]), (0, [0, 100, 200, 500]), (1999, [1999, 2000, 5000, 10000])],
)
def test_the_likely_amounts_are_the_exact_one_and_the_next_notes(
    due: int, likely: list[int]
) -> None:
    assert [amount.minor for amount in likely_amounts(Money(due, "USD"))] == likely


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("4", 400), ("4.5", 450), ("4,50", 450), ("4.505", None), ("", None), (".", None)],
)
def test_an_amount_is_read_as_people_type_it(typed: str, minor: int | None) -> None:
    assert parse_typed(typed, "USD") == (None if minor is None else Money(minor, "USD"))


@pytest.mark.parametrize(
    ("name", "short"), [("Ada Lovelace", "Ada L."), ("Ada", "Ada"), ("Ada M. King", "Ada K.")]
)
def test_names_at_the_door_are_short(name: str, short: str) -> None:
    assert short_name(name) == short


def test_addresses_at_the_door_are_masked() -> None:
    assert masked_email("ada@example.org") == "a•••@example.org"
