"""The keys and the countdown are in view in every language, also on the small terminal."""

import pytest
from textual.widgets import Input

from kiosk.screens.choose import ChooseScreen
from kiosk.screens.code import CodeDialog
from kiosk.screens.pay import PayScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.you import YouScreen
from kiosk.widgets.frame import KeyHint
from kiosk.widgets.ticket_card import ChoiceCard
from kiosk.words import LANGUAGES
from tests.kiosk.attendee import tell, to_pay
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import Play, playing, rows_of, type_in, until, until_screen


def assert_keys_fit(pilot: Play) -> None:
    """No key is cut off at the right edge."""
    hints = pilot.app.screen.query(KeyHint)
    assert hints
    assert max(hint.region.right for hint in hints) <= pilot.app.size.width


@pytest.mark.parametrize("size", [(71, 24), (40, 10), (24, 8)])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_countdown_is_in_view_on_every_terminal(
    language: str, size: tuple[int, int]
) -> None:
    fakes = Fakes()
    async with playing(fakes.services, size=size) as (_, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_pay(pilot)
        assert " 5:00" in rows_of(pilot)[0]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_all_keys_fit_the_small_terminal(language: str) -> None:
    async with playing(Fakes().services) as (app, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        assert isinstance(app.screen, WelcomeScreen)
        assert_keys_fit(pilot)
        await pilot.press("enter")
        await until_screen(pilot, ChooseScreen)
        await until(pilot, lambda: isinstance(app.focused, ChoiceCard))
        assert_keys_fit(pilot)
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        assert_keys_fit(pilot)
        await until(pilot, lambda: isinstance(app.focused, Input))
        await tell(pilot)
        await until_screen(pilot, PayScreen)
        assert_keys_fit(pilot)
        await pilot.press("f2")
        await until_screen(pilot, CodeDialog)
        await type_in(pilot, "half")
        await until_screen(pilot, PayScreen)
        await until(pilot, lambda: not pilot.app.screen.query(CodeDialog))
        assert_keys_fit(pilot)
