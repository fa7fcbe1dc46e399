"""How tokens look where they are bought, taken, and pay: a change here is a change people see."""

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from kiosk.app import KioskApp
from kiosk.domain.events import Event, ProviderName, Stall, TokenPack, Window
from kiosk.domain.tokens import Limits, Token
from kiosk.screens.notice import NoticeScreen
from tests.kiosk import test_buying_tokens, test_stall_screen
from tests.kiosk.attendee import hand_over_cash, to_choose
from tests.kiosk.factories import usd
from tests.kiosk.fake_events import a_slot, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import LARGE, SMALL, Play, until_screen, until_text


def a_fest() -> Event:
    """One kind of ticket, drinks in two packs, and two stalls."""
    drink = Token("drink", "Drink", 100, limits=Limits(pin_above=3), number=1, value=usd(150))
    return an_event(
        slots=(a_slot("regular", "General Admission", "Regular"),),
        goodies=(),
        access_codes=(),
        discounts=(),
        providers=(ProviderName.CASH, ProviderName.SANDBOX, ProviderName.TOKENS),
        tokens=(drink,),
        packs=(
            TokenPack("ten", "10 drinks", "drink", 10, usd(2000), Window()),
            TokenPack("one", "1 drink", "drink", 1, usd(250), Window()),
        ),
        stalls=(Stall("bar", "Bar"),),
    )


async def packs(pilot: Play) -> None:
    """A ticket and two packs are chosen."""
    await to_choose(pilot)
    await pilot.press("right", "down", "right", "right")
    await until_text(pilot, "1 ticket, 2 packs")


async def bought(pilot: Play) -> None:
    """Tokens, and no ticket."""
    await test_buying_tokens.to_pay(pilot, {"ten": 2})
    await hand_over_cash(pilot)
    await until_screen(pilot, NoticeScreen)


async def ways(pilot: Play) -> None:
    """Three ways to pay for a ticket."""
    await test_buying_tokens.to_pay(pilot, {"regular": 1})


async def stall(pilot: Play) -> None:
    """A stall has taken tokens twice."""
    await test_stall_screen.to_stall(pilot)
    await test_stall_screen.take(pilot, 2)
    await test_stall_screen.take(pilot, 1)
    await until_text(pilot, "1 × Drink · A")


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing blinks, and nothing moves."""
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")


@pytest.mark.parametrize(
    ("scene", "size"),
    [(packs, SMALL), (packs, LARGE), (bought, SMALL), (ways, SMALL), (stall, SMALL)],
    ids=["packs", "packs-large", "bought", "ways", "stall"],
)
def test_a_screen_looks_as_it_was_drawn(
    scene: Callable[[Play], Awaitable[None]],
    size: tuple[int, int],
    snap_compare: Callable[..., bool],
) -> None:
    fakes = Fakes(a_fest())

    async def go(pilot: Pilot[None]) -> None:
        await scene(pilot)

    assert snap_compare(KioskApp(fakes.services), terminal_size=size, run_before=go)
