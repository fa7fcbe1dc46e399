"""A PIN that is typed too soon after a wrong one is not looked at, and so not called wrong."""

import pytest

from kiosk.domain.errors import WrongPin
from kiosk.screens.base import Desk
from kiosk.screens.pin import PinDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.too_soon import too_soon
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.words import LANGUAGES
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import playing, type_in, until_screen, until_text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_came_too_soon_is_not_called_wrong(language: str) -> None:
    desk = Desk.of(Fakes().services, language)
    refusals = WalletRefusals(desk)
    wrong, early = refusals.wrong_pin(WrongPin(4)), refusals.wrong_pin(WrongPin(4, is_early=True))
    assert "4" in wrong
    assert early == too_soon(desk.words, 4)
    assert "PIN" not in early
    assert too_soon(desk.words, 1) != early


async def test_a_right_pin_that_came_too_soon_is_not_called_wrong() -> None:
    fakes = Fakes()
    fakes.staff.too_soon_seconds = 3
    async with playing(fakes.services) as (_, pilot):
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "2222")
        await until_text(pilot, "That was too soon to count: please try again in 3 seconds.")
        await type_in(pilot, "2222")
        await until_screen(pilot, StaffDialog)
