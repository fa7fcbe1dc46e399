"""The organiser's view: live figures, and what is said when the books are away."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.books import TokenTotals
from kiosk.domain.crowds import Curve, Presence
from kiosk.domain.events import Role, TokenPack
from kiosk.domain.terminals import TerminalState, TerminalStatus
from kiosk.domain.tokens import SUPPLY_MAX
from kiosk.screens.door import DoorScreen
from kiosk.screens.help import HelpScreen
from kiosk.screens.organiser import PAGES, SELDOM, OrganiserScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.staff import StaffDialog
from kiosk.screens.welcome import WelcomeScreen
from kiosk.services.crowds import Crowd
from kiosk.services.stats import Health
from kiosk.widgets.curve import bar_rows
from kiosk.widgets.stock_bar import shares
from kiosk.words import LANGUAGES
from tests.kiosk import fake_events
from tests.kiosk.attendee import to_pay
from tests.kiosk.bar import a_pack
from tests.kiosk.factories import PIN, a_cashier, a_slot, an_event
from tests.kiosk.fake_events import LEDGER_AWAY, NOON
from tests.kiosk.fake_figures import LONG_AGO, a_crowd, books_off_by_some, half_sold
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    LARGE,
    SMALL,
    Play,
    playing,
    rows_of,
    text_of,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.staff_ways import to_organiser, unlock
from tests.kiosk.test_footers import assert_keys_fit
from tests.kiosk.test_hostile_text import assert_in_frame
from tests.kiosk.world import World


def numbers_under(pilot: Play, title: str) -> list[str]:
    """The numbers in the row below a title."""
    rows = rows_of(pilot)
    at = next(at for at, row in enumerate(rows) if title in row)
    return re.findall(r"[\d,]+", rows[at + 1])[:4]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_every_figure_is_there_and_follows_what_happens(size: tuple[int, int]) -> None:
    fakes = Fakes()
    fakes.stats.now = half_sold(fakes.event)
    async with playing(fakes.services, size=size) as (app, pilot):
        await to_organiser(pilot)
        await until_text(pilot, "2 refunds are due")
        assert numbers_under(pilot, "General Admission · Regular") == ["121", "4", "75", "33"]
        assert numbers_under(pilot, "T-shirt") == ["88", "2", "10", "41"]
        text = text_of(pilot)
        for figure in ("843.50", "424.00", "1,276.00", "12.50", "8.00", "ledger fake 1.0 ms"):
            assert figure in text
        [first, *others] = fakes.stats.now.slots
        slots = (replace(first, sold=199, left=1), *others)
        fakes.stats.now = replace(fakes.stats.now, slots=slots)
        assert isinstance(app.screen, OrganiserScreen)
        app.screen.look()
        await until(
            pilot,
            lambda: numbers_under(pilot, "General Admission · Early") == ["199", "0", "1", "180"],
        )


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_heads_of_the_places_are_said_in_full(language: str) -> None:
    fakes = Fakes()
    fakes.stats.now = half_sold(fakes.event)
    async with playing(fakes.services) as (app, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_organiser(pilot)
        words = app.desk.speaking(language).words
        await until_text(pilot, " ".join(map(words, ("sold", "held", "left", "in"))))
        assert numbers_under(pilot, "General Admission · Regular") == ["121", "4", "75", "33"]


@pytest.mark.parametrize(("packs", "label"), [((), "tickets"), ((a_pack(),), "sold")])
async def test_what_was_sold_is_called_tickets_where_nothing_else_is(
    packs: tuple[TokenPack, ...], label: str
) -> None:
    fakes = Fakes(fake_events.an_event(packs=packs))
    fakes.stats.now = half_sold(fakes.event)
    async with playing(fakes.services) as (_, pilot):
        await to_organiser(pilot)
        await until_text(pilot, f"{label} 1,276.00")


async def test_places_sold_elsewhere_show_at_once(world: World) -> None:
    event = an_event(a_slot(), staff=(a_cashier("Noor", PIN, Role.ORGANISER),))
    here = await world.open(event)
    async with playing(here.services) as (app, pilot):
        await to_organiser(pilot, PIN)
        await until_text(pilot, "no refund is due")
        assert numbers_under(pilot, "General Admission") == ["0", "0", "10", "0"]
        await here.sell()
        await here.hold()
        assert isinstance(app.screen, OrganiserScreen)
        app.screen.look()
        await until(
            pilot, lambda: numbers_under(pilot, "General Admission") == ["1", "1", "8", "0"]
        )
        assert re.search(r"cash +4.00", text_of(pilot))


async def test_a_ledger_that_is_away_is_a_lamp_and_the_last_figures_stay() -> None:
    fakes = Fakes()
    fakes.stats.now = half_sold(fakes.event)
    async with playing(fakes.services) as (app, pilot):
        await to_organiser(pilot)
        await until_text(pilot, "2 refunds are due")
        fakes.stats.now = replace(fakes.stats.now, health=Health("fake", None, 0.002))
        fakes.stats.refuse(LEDGER_AWAY)
        assert isinstance(app.screen, OrganiserScreen)
        app.screen.look()
        await until_text(pilot, "✖ ledger fake does not answer ● store 2.0 ms")
        assert "2 refunds are due" in text_of(pilot)


async def test_orders_that_need_attention_are_a_lamp_until_there_are_none() -> None:
    fakes = Fakes()
    fakes.stats.now = replace(half_sold(fakes.event), attention=2)
    async with playing(fakes.services) as (app, pilot):
        await to_organiser(pilot)
        await until_text(pilot, "▲ 2 orders need attention")
        fakes.stats.now = replace(fakes.stats.now, attention=0)
        assert isinstance(app.screen, OrganiserScreen)
        app.screen.look()
        await until(pilot, lambda: "attention" not in text_of(pilot))


async def test_only_an_organiser_sees_it() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await unlock(pilot, "3333")
        assert "needs an organiser" in text_of(pilot)
        await pilot.click(".watch")
        await pilot.pause()
        assert isinstance(app.screen, StaffDialog)


@pytest.mark.parametrize("key", ["f9", "escape"])
async def test_it_is_locked_with_a_key_and_leads_home(key: str) -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press(key)
        await until_screen(pilot, WelcomeScreen)


async def test_another_mode_takes_its_place_so_that_locking_leads_home() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_organiser(pilot)
        await unlock(pilot, "1111")
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)


async def test_whoever_was_buying_is_forgotten_first_and_their_silence_does_not_end_it() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        assert isinstance(app.screen, PayScreen)
        await to_organiser(pilot)
        assert ("cancel", 101) in fakes.sales.calls
        fakes.clock.advance(seconds=100)
        app.tick()
        await pilot.pause()
        assert isinstance(app.screen, OrganiserScreen)


@given(st.tuples(*[st.integers(0, 10**6)] * 3), st.integers(3, 200))
def test_a_bar_is_full_and_hides_nothing(parts: tuple[int, int, int], cells: int) -> None:
    dealt = shares(parts, cells)
    assert sum(dealt) == (cells if any(parts) else 0)
    assert [share > 0 for share in dealt] == [part > 0 for part in parts]


async def test_each_page_says_what_it_is_about_and_the_keys_fit() -> None:
    for language in LANGUAGES:
        fakes = Fakes()
        fakes.crowds.now, fakes.books.now = a_crowd(), books_off_by_some()
        async with playing(fakes.services) as (_, pilot):
            await pilot.press(*["right"] * LANGUAGES.index(language))
            await to_organiser(pilot)
            for _ in PAGES:
                assert_keys_fit(pilot)
                assert_in_frame(pilot)
                await pilot.press("right")
            await pilot.press("f1")
            await until_screen(pilot, HelpScreen)
            assert_in_frame(pilot)


async def test_the_doors_page_has_the_crowd_and_the_curve() -> None:
    fakes = Fakes()
    fakes.crowds.now = a_crowd()
    async with playing(fakes.services) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press("2")
        await until_text(pilot, "412 / 450")
        await until_text(pilot, "2 were let in off line")
        await until_text(pilot, "each bar 5 minutes · most: 84 at 16:50 · 478 in all")
        await until_text(pilot, "▲ 2 conflicts")
        fakes.crowds.now = Crowd((Presence("Party", 0, None),), Curve({}, 7), conflicts=0)
        for _ in range(SELDOM):
            assert isinstance(pilot.app.screen, OrganiserScreen)
            await pilot.app.screen.look().wait()
        await until_text(pilot, "nobody came yet")
        assert "off line" not in text_of(pilot)


async def test_the_books_page_names_what_differs_and_who_is_silent() -> None:
    fakes = Fakes()
    fakes.terminals.known = [
        TerminalStatus(1, "North gate", TerminalState.PAIRED, NOON, seen_at=NOON),
        TerminalStatus(2, "South gate", TerminalState.PAIRED, NOON, seen_at=LONG_AGO),
    ]
    async with playing(fakes.services) as (_, pilot):
        await to_organiser(pilot)
        await until_text(pilot, "● books balance ● 2 terminals, ▲ 1 of them silent")
        await pilot.press("4")
        await until_text(pilot, "Store and ledger agree.")
        await until_text(pilot, "last heard of: 16:04")
        fakes.books.now = books_off_by_some()
        await pilot.press("f5")
        await until_text(pilot, "✖ Order 1042: 4.00 USD is to go back; the ledger has 0.00 USD.")
        await until_text(pilot, "✖ Invoice 977: 1,200.00 USD is owed")
        await until_text(pilot, "✖ regular: 121 tickets are issued; the ledger has 122 places.")
        await until_text(pilot, "✖ books do not balance")


async def test_books_that_cannot_be_compared_keep_what_was_found() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_organiser(pilot)
        await until_text(pilot, "● books balance")
        fakes.books.refuse(LEDGER_AWAY)
        await pilot.press("4", "f5")
        await pilot.pause()
        await until_text(pilot, "Store and ledger agree.")


async def test_tokens_are_somewhere_or_it_is_said_that_they_are_not() -> None:
    fakes = Fakes()
    fakes.books.now = books_off_by_some()
    async with playing(fakes.services) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press("3")
        await until_text(pilot, "600 = 250 + 320 + 20 + 10 400")
        await until_text(pilot, "✖ the sum does not come out")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
async def test_as_many_tokens_as_there_can_be_are_counted_in_full(size: tuple[int, int]) -> None:
    fakes = Fakes()
    off = books_off_by_some()
    many = TokenTotals(off.tokens[0].token, SUPPLY_MAX - 7, SUPPLY_MAX - 8, 0, 1, 0, 7)
    fakes.books.now = replace(off, tokens=(many,))
    async with playing(fakes.services, size=size) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press("3")
        await until_text(pilot, "● the sum comes out")
        await until_text(pilot, "999,999,999,999,993 = 1 + 999,999,999,999,992")


@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_names_are_drawn_as_they_are_on_every_page(name: str) -> None:
    fakes = Fakes()
    fakes.crowds.now = replace(a_crowd(), places=(Presence(name, 4, 5), Presence(name, 4, None)))
    off = books_off_by_some()
    tokens = tuple(replace(one, token=replace(one.token, name=name)) for one in off.tokens)
    differences = tuple(replace(one, what=name) for one in off.differences)
    fakes.books.now = replace(off, tokens=tokens, differences=differences)
    fakes.terminals.known = [TerminalStatus(1, name, TerminalState.PAIRED, NOON, seen_at=NOON)]
    async with playing(fakes.services) as (_, pilot):
        await to_organiser(pilot)
        await until_text(pilot, "1 terminal")
        for _ in PAGES:
            await pilot.press("right")
            assert_in_frame(pilot)


@given(
    counts=st.lists(st.integers(0, 10**6), min_size=1, max_size=40).map(tuple),
    rows=st.integers(1, 12),
    columns=st.integers(1, 6),
)
def test_bars_are_as_high_as_they_count_and_nothing_but_nothing_is_unseen(
    counts: tuple[int, ...], rows: int, columns: int
) -> None:
    drawn = bar_rows(counts, rows, columns)
    assert {len(row) for row in drawn} == {columns * len(counts)}
    bars = ["".join(row[at * columns] for row in drawn) for at in range(len(counts))]
    heights = [sum(" ▁▂▃▄▅▆▇█".index(cell) for cell in bar) for bar in bars]
    assert [height > 0 for height in heights] == [count > 0 for count in counts]
    assert max(heights) == (rows * 8 if any(counts) else 0)
    assert sorted(heights) == [height for _, height in sorted(zip(counts, heights, strict=True))]
