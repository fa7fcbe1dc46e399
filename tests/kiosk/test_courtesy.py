"""While somebody presses keys, nothing new is begun for a crowd; and then it is."""

import asyncio
from dataclasses import replace

from kiosk.domain.orders import OrderState
from kiosk.screens.moment import MomentScreen
from kiosk.services.courtesy import KEY_SECONDS, PAINT_SECONDS, PATIENCE_SECONDS, Courtesy
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


async def test_who_comes_after_a_key_goes_on_soon_after_it_was_painted() -> None:
    courtesy = Courtesy()
    courtesy.painted()
    assert await waited(courtesy) < KEY_SECONDS
    courtesy.key_pressed()
    courtesy.painted()
    assert PAINT_SECONDS * 0.9 <= await waited(courtesy) < KEY_SECONDS


async def test_a_key_that_is_held_down_keeps_nobody_for_ever() -> None:
    courtesy, loop = Courtesy(), asyncio.get_running_loop()
    began, pressed = loop.time(), 0
    waiting = asyncio.create_task(waited(courtesy))
    courtesy.key_pressed()
    while not waiting.done() and pressed < 100:
        await asyncio.sleep(KEY_SECONDS / 4)
        courtesy.key_pressed()
        pressed += 1
    assert pressed < 100
    assert loop.time() - began >= PATIENCE_SECONDS * 0.9


async def test_an_order_that_had_to_wait_is_held_all_the_same(embedded: World) -> None:
    terminal = await embedded.open()
    terminal.services.courtesy.key_pressed()
    assert (await terminal.hold()).state is OrderState.HELD


class Told(Courtesy):
    """Counts how often it is told: Textual hands a key on to itself, too."""

    def __init__(self) -> None:
        super().__init__()
        self.times = self.paints = 0

    def key_pressed(self) -> None:
        self.times += 1

    def painted(self) -> None:
        self.paints += 1


async def test_it_is_told_of_keys_and_of_paints() -> None:
    told = Told()
    async with playing(replace(Fakes().services, courtesy=told)) as (app, pilot):
        before = told.paints
        await pilot.press("right", "left")
        assert told.times >= 2
        assert told.paints > before
        # Textual calls it within a batch, too, where nothing is painted.
        with app.batch_update():
            before = told.paints
            app.post_display_hook()
            assert told.paints == before
        app.post_display_hook()
        assert told.paints == before + 1


async def test_it_is_told_of_a_screen_that_opens_long_after_its_key() -> None:
    told = Told()
    async with playing(replace(Fakes().services, courtesy=told)) as (app, _):
        before = told.times
        await app.push_screen(MomentScreen(app.desk))
        assert told.times == before + 1
