"""Tickets now for money that comes later: an organiser's key where buyers pay."""

import pytest

from kiosk.domain.events import Role
from kiosk.domain.orders import Method, OrderState
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.help import HelpScreen
from kiosk.screens.invoices import InvoicesScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.words import LANGUAGES
from tests.kiosk.attendee import to_pay
from tests.kiosk.factories import PIN, a_cashier, a_slot, an_event
from tests.kiosk.fake_events import LEDGER_AWAY
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import Play, playing, text_of, type_in, until_screen, until_text
from tests.kiosk.staff_ways import to_organiser
from tests.kiosk.test_hostile_text import assert_in_frame
from tests.kiosk.world import World


async def to_sure(pilot: Play, pin: str = "4444") -> None:
    """An organiser's PIN, and what it means."""
    await to_pay(pilot)
    await pilot.press("f3")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, pin)
    await until_screen(pilot, ConfirmDialog)


async def test_an_organiser_lets_somebody_have_the_tickets_now() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_sure(pilot)
        await until_text(pilot, "Ada Lovelace owes 4.00 USD, and has the tickets now.")
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)
        [order] = fakes.sales.orders.values()
        assert order.state is OrderState.PAID
        assert order.payment is not None
        assert (order.payment.method, order.payment.taken_by) == (Method.INVOICE, "Noor")


async def test_nobody_below_an_organiser_does_and_who_goes_back_pays_as_before() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        await pilot.press("f3")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "3333")
        await until_text(pilot, "This PIN does not open that.")
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        await pilot.press("f3")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "4444")
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        assert "pay_by_invoice" not in [what for what, _ in fakes.sales.calls]


async def test_without_an_answer_it_is_asked_again_for_the_same() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_sure(pilot)
        fakes.sales.refuse(LEDGER_AWAY)
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        await until_text(pilot, "Your payment is noted, and never taken twice.")
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)


async def test_what_costs_nothing_has_no_invoice() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        await pilot.press("f2")
        await type_in(pilot, "all")
        await until_text(pilot, "It costs nothing")
        await pilot.press("f3")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PayScreen)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_help_names_the_key_and_the_footer_does_not(language: str) -> None:
    async with playing(Fakes().services) as (_, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_pay(pilot)
        assert "F3" not in text_of(pilot)
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        await pilot.press("end")
        await until_text(pilot, "F3")
        assert_in_frame(pilot)


async def test_what_was_invoiced_here_is_paid_at_the_organisers_view(world: World) -> None:
    event = an_event(a_slot(), a_slot("party"), staff=(a_cashier("Noor", PIN, Role.ORGANISER),))
    here = await world.open(event)
    async with playing(here.services) as (_, pilot):
        await to_sure(pilot, PIN)
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)
        await pilot.press("n")
        await until_screen(pilot, WelcomeScreen)
        await to_organiser(pilot, PIN)
        await until_text(pilot, "● books balance")
        await pilot.press("f3")
        await until_screen(pilot, InvoicesScreen)
        await until_text(pilot, "Ada Lovelace 4.00 USD of 4.00 USD")
        await pilot.press("enter", "tab")
        await type_in(pilot, "RF18")
        await until_text(pilot, "Invoice 1 is paid.")
        await until_text(pilot, "Nobody owes anything.")
        await pilot.press("escape", "4", "f5")
        await until_text(pilot, "Store and ledger agree.")
