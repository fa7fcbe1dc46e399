"""While somebody presses keys, nothing new is begun for a crowd; and then it is."""

import asyncio
from dataclasses import replace

from kiosk.domain.orders import OrderState
from kiosk.services.courtesy import KEY_SECONDS, Courtesy
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import playing
from tests.kiosk.world import World


async def waited(courtesy: Courtesy) -> float:
    """How long it lets wait, in seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await courtesy.after_you()
    return loop.time() - began


async def test_nobody_waits_while_no_key_is_pressed() -> None:
    assert await waited(Courtesy()) < KEY_SECONDS


async def test_who_comes_after_a_key_waits_and_a_later_key_lets_wait_longer() -> None:
    courtesy, loop = Courtesy(), asyncio.get_running_loop()
    courtesy.key_pressed()
    loop.call_later(KEY_SECONDS / 2, courtesy.key_pressed)
    assert await waited(courtesy) >= KEY_SECONDS * 1.4


async def test_an_order_that_had_to_wait_is_held_all_the_same(embedded: World) -> None:
    terminal = await embedded.open()
    terminal.services.courtesy.key_pressed()
    assert (await terminal.hold()).state is OrderState.HELD


class Told(Courtesy):
    """Counts how often it is told: Textual hands a key on to itself, too."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def key_pressed(self) -> None:
        self.times += 1


async def test_it_is_told_of_keys() -> None:
    told = Told()
    async with playing(replace(Fakes().services, courtesy=told)) as (_, pilot):
        await pilot.press("right", "left")
        assert told.times >= 2
