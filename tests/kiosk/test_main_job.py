"""The main job, whole: a ticket bought at the kiosk opens the door, once; on both engines."""

import re

from kiosk.domain.admission import Reason, Scan
from kiosk.domain.orders import OrderState
from kiosk.screens.cash import CashDialog
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.door import DoorScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.you import YouScreen
from kiosk.widgets.ticket_card import ChoiceCard
from kiosk.widgets.verdict import VerdictPanel
from tests.kiosk.factories import PIN
from tests.kiosk.playing import (
    Play,
    decoded,
    picture_of,
    playing,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.world import World


async def test_a_ticket_is_chosen_held_paid_scanned_and_admitted_once(world: World) -> None:
    services = (await world.open()).services
    async with playing(services) as (_, pilot):
        code = await buy(pilot)
        [offer] = await services.catalog.offers()
        assert (offer.left, offer.on_hold) == (9, 0)
        await unlock_the_door(pilot)
        await type_in(pilot, code)
        await until_screen(pilot, ConductScreen)
        world.clock.advance(seconds=5)
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "green")
        assert "Ada L. · a•••@example.org" in text_of(pilot)
        world.clock.advance(minutes=24)
        await type_in(pilot, code.lower())
        await until(pilot, lambda: look_of(pilot) == "amber")
        # A server keeps its own time, so only the embedded ledger could say which.
        assert re.search(r"since .*\d\d:\d\d, north", text_of(pilot))
        await type_in(pilot, code[:-1])
        await until(pilot, lambda: look_of(pilot) == "red")


async def test_a_ticket_number_typed_at_another_door_admits_too_and_only_once(
    world: World,
) -> None:
    north = await world.open()
    south = await world.open(name="south")
    order = await north.sell()
    [ticket] = await north.services.sales.tickets(order.id)
    async with playing(south.services) as (_, pilot):
        await unlock_the_door(pilot)
        await type_in(pilot, ticket.number.replace("-", " ").lower())
        await until_screen(pilot, ConductScreen)
        world.clock.advance(seconds=5)
        await pilot.press("enter")
        await until(pilot, lambda: look_of(pilot) == "green")
    verdict = await north.services.admission.scan(Scan(ticket.code, 77))
    assert getattr(verdict, "reason", None) is Reason.ALREADY_IN


async def test_a_visitor_who_walks_away_leaves_no_hold_behind(world: World) -> None:
    services = (await world.open()).services
    async with playing(services) as (app, pilot):
        await to_pay(pilot)
        [offer] = await services.catalog.offers()
        assert (offer.left, offer.on_hold) == (9, 1)
        world.clock.advance(seconds=61)
        app.tick()
        await until_screen(pilot, WelcomeScreen)
        await until(pilot, lambda: "visit" not in {worker.group for worker in app.workers})
        [offer] = await services.catalog.offers()
        assert (offer.left, offer.on_hold) == (10, 0)


async def test_a_place_that_somebody_else_holds_is_said_and_then_tried_again(
    world: World,
) -> None:
    here = await world.open()
    held = [await here.hold() for _ in range(10)]
    async with playing(here.services) as (_, pilot):
        await pilot.press("enter")
        await until_text(pilot, "10 are on hold and may come back within 5 min")
        await here.services.sales.cancel(held[0].id)
        await until_text(pilot, "1 left")
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        await type_in(pilot, "Ada Lovelace")
        await type_in(pilot, "ada@example.org")
        await until_screen(pilot, PayScreen)
        [offer] = await here.services.catalog.offers()
        assert (offer.left, offer.on_hold) == (0, 10)
        assert held[1].state is OrderState.HELD


async def to_pay(pilot: Play) -> None:
    """From the welcome to a held place."""
    await pilot.press("enter")
    await until_screen(pilot, ChooseScreen)
    await until(pilot, lambda: isinstance(pilot.app.focused, ChoiceCard))
    await pilot.press("enter")
    await until_screen(pilot, YouScreen)
    await type_in(pilot, "Ada Lovelace")
    await type_in(pilot, "ada@example.org")
    await until_screen(pilot, PayScreen)


async def buy(pilot: Play) -> str:
    """Buy a ticket for cash; the text of the code on the screen."""
    await buy_ticket(pilot, PIN)
    [code] = decoded(picture_of(pilot))
    await pilot.press("n")
    await until_screen(pilot, WelcomeScreen)
    return code


async def buy_ticket(pilot: Play, pin: str) -> None:
    """From the welcome to the ticket."""
    await to_pay(pilot)
    assert re.search(r"held [45]:\d\d", text_of(pilot))
    await pilot.press("enter")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, pin)
    await until_screen(pilot, CashDialog)
    await pilot.press("enter")
    await until_screen(pilot, TicketScreen)


async def unlock_the_door(pilot: Play) -> None:
    """From the welcome to the door."""
    await pilot.press("f10")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, PIN)
    await until_screen(pilot, StaffDialog)
    await pilot.press("enter")
    await until_screen(pilot, DoorScreen)


def look_of(pilot: Play) -> str:
    """The colour on the door."""
    return pilot.app.screen.query_one(VerdictPanel).face.look
