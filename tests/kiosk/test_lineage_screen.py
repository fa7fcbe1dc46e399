"""The life of tokens at the organiser's view: found by owner or bill, and drawn as a tree."""

import pytest

from kiosk.domain.tokens import Token
from kiosk.screens.help import HelpScreen
from kiosk.screens.lineage import BillsScreen, FindBillDialog, LifeScreen
from kiosk.screens.organiser import OrganiserScreen
from kiosk.words import LANGUAGES
from tests.kiosk.fake_events import LEDGER_AWAY, an_event
from tests.kiosk.fake_figures import a_life
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    LARGE,
    SMALL,
    Play,
    playing,
    rows_of,
    type_in,
    until_screen,
    until_text,
)
from tests.kiosk.staff_ways import to_organiser
from tests.kiosk.test_footers import assert_keys_fit
from tests.kiosk.test_hostile_text import assert_in_frame

DRINK = Token("drink", "Drink", 1000, number=1)


@pytest.fixture
def fakes() -> Fakes:
    made = Fakes(an_event(tokens=(DRINK,)))
    made.lineages.known = a_life()
    return made


async def to_search(pilot: Play) -> None:
    await to_organiser(pilot)
    await pilot.press("3", "f4")
    await until_screen(pilot, FindBillDialog)


async def test_a_bill_is_found_by_its_owner_and_its_life_is_a_tree(fakes: Fakes) -> None:
    async with playing(fakes.services) as (_, pilot):
        await to_search(pilot)
        await type_in(pilot, "nina@example.org")
        await until_screen(pilot, BillsScreen)
        await until_text(pilot, "5 Drink 3 left")
        await until_text(pilot, "16:14 · Nina Simone · nina@example.org · until Saturday 18:04")
        await pilot.press("enter")
        await until_screen(pilot, LifeScreen)
        await until_text(pilot, "Ada Lovelace")
        rows = [row.rstrip() for row in rows_of(pilot)]
        tree = [row.strip() for row in rows if "●" in row or "○" in row]
        assert [row[:12].rstrip() for row in tree] == [
            "○ Ada Lovela",
            "├─ ● Nina Si",
            "│  └─ ○ Kim",
            "└─ ○ Kim",
        ]
        await until_text(pilot, "1 left · 3 spent at bar")
        await until_text(pilot, "all gone · 2 expired")
        await pilot.press("down")
        await until_text(pilot, "b20000000000 · 16:14 · Nina Simone")
        for screen in (BillsScreen, OrganiserScreen):
            await pilot.press("escape")
            await until_screen(pilot, screen)


async def test_a_bill_is_found_by_its_first_digits(fakes: Fakes) -> None:
    async with playing(fakes.services) as (_, pilot):
        await to_search(pilot)
        for typed, said in (
            ("b", "Several bills begin like this: type more digits."),
            ("ffff", "No bill begins like this."),
            ("nobody@example.org", "Nobody had tokens under this address."),
        ):
            await type_in(pilot, typed)
            await until_text(pilot, said)
        fakes.lineages.refuse(LEDGER_AWAY)
        await type_in(pilot, "b2")
        await until_text(pilot, "The books do not answer just now.")
        await type_in(pilot, "b2")
        await until_screen(pilot, LifeScreen)


async def test_an_event_without_tokens_has_no_life_to_tell() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press("3")
        await until_text(pilot, "This event has no tokens.")
        await pilot.press("f4")
        await pilot.pause()
        assert isinstance(pilot.app.screen, OrganiserScreen)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_can_be_read_in_every_language(fakes: Fakes, language: str) -> None:
    async with playing(fakes.services) as (_, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_organiser(pilot)
        await pilot.press("3")
        assert_keys_fit(pilot)
        await pilot.press("f4")
        await until_screen(pilot, FindBillDialog)
        assert_in_frame(pilot)
        await type_in(pilot, "nina@example.org")
        await until_screen(pilot, BillsScreen)
        await until_text(pilot, "Drink")
        assert_keys_fit(pilot)
        assert_in_frame(pilot)
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        assert_in_frame(pilot)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_people_are_drawn_as_they_are(fakes: Fakes, name: str, size: tuple[int, int]) -> None:
    fakes.lineages.known = a_life(name)
    async with playing(fakes.services, size=size) as (_, pilot):
        await to_search(pilot)
        await type_in(pilot, "ada@example.org")
        await until_screen(pilot, BillsScreen)
        await until_text(pilot, "Drink")
        assert_in_frame(pilot)
        await pilot.press("enter")
        await until_screen(pilot, LifeScreen)
        await until_text(pilot, "Nina")
        assert_in_frame(pilot)
