"""Giving money back at the desk: what is due, whole orders, and who may do which."""

from dataclasses import replace

import pytest

from kiosk.domain.chart import BANK
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import ProviderName
from kiosk.domain.money import Money
from kiosk.domain.orders import Method, Order
from kiosk.domain.people import Attendee
from kiosk.domain.refunds import (
    NotRefundable,
    Refund,
    RefundDue,
    RefundFault,
    RefundReason,
    RefundState,
)
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.help import HelpScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.refunds import RefundsScreen
from kiosk.screens.search import OrderSearch, SearchDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.target import Target
from kiosk.words import LANGUAGES
from tests.kiosk.factories import a_cashier
from tests.kiosk.fake_claims import a_card
from tests.kiosk.fake_events import CODE, LEDGER_AWAY, NOON
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    LARGE,
    SMALL,
    Play,
    playing,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.staff_ways import unlock
from tests.kiosk.test_footers import assert_keys_fit
from tests.kiosk.test_hostile_text import assert_in_frame

ADA = Attendee("Ada Lovelace", "ada@example.org")


async def a_sale(fakes: Fakes, attendee: Attendee = ADA) -> Order:
    """An order that is paid in cash."""
    order_id = fakes.sales.new_order_id()
    order = await fakes.sales.place(order_id, {"regular": 2}, attendee)
    return await fakes.sales.pay_cash(order_id, order.due, a_cashier())


async def a_due(fakes: Fakes, attendee: Attendee = ADA, **changes: object) -> RefundDue:
    """Money of an order that came too late."""
    order = await a_sale(fakes, attendee)
    number = len(fakes.refunds.known) + 1
    refund = Refund(
        id=number,
        order_id=order.id,
        payment_id=number,
        reason=RefundReason.UNFULFILLED,
        amount=Money(800, "USD"),
        provider="",
        since=NOON,
    )
    due = RefundDue(replace(refund, **changes), order)  # type: ignore[arg-type]  # keywords of a dataclass
    fakes.refunds.known.append(due)
    return due


async def to_refunds(pilot: Play, pin: str = "2222") -> None:
    """The list of what is due."""
    await unlock(pilot, pin)
    pilot.app.screen.query_one("Target.refunds", Target).focus()
    await pilot.press("enter")
    await until_screen(pilot, RefundsScreen)


async def to_sure(pilot: Play) -> None:
    """A whole order, found and about to be given back."""
    await pilot.press("f2")
    await until_screen(pilot, SearchDialog)
    await type_in(pilot, "Ada")
    await until_text(pilot, "Ada L.")
    await pilot.press("enter")


async def refuse_order(pilot: Play, fakes: Fakes, refusal: Exception, said: str) -> None:
    """Try to give a whole order back that is not."""
    fakes.refunds.refuse(refusal)
    await to_sure(pilot)
    await until_screen(pilot, ConfirmDialog)
    await pilot.press("enter")
    await until_screen(pilot, RefundsScreen)
    await until_text(pilot, said)


async def test_what_is_due_is_paid_out_once_it_is_confirmed() -> None:
    fakes = Fakes()
    await a_due(fakes)
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "Ada Lovelace")
        await until_text(pilot, "the money came when no places were left · paid: cash")
        await pilot.press("enter")
        await until_screen(pilot, ConfirmDialog)
        await until_text(pilot, "Hand over 8.00 USD in cash.")
        await pilot.press("escape")
        await until_screen(pilot, RefundsScreen)
        assert fakes.refunds.done == []
        await pilot.press("enter")
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("enter", "enter")
        await until_text(pilot, "On record: 8.00 USD went back.")
        await until_text(pilot, "no refund is due")
        assert "Ada Lovelace" not in text_of(pilot)
        assert [what for what, _, _ in fakes.refunds.done] == ["pay out"]


async def test_a_stray_scan_pays_nothing_out() -> None:
    fakes = Fakes()
    await a_due(fakes)
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "Ada Lovelace")
        await pilot.press("enter")
        await until_screen(pilot, ConfirmDialog)
        await type_in(pilot, CODE)
        await until_text(pilot, "Another code was scanned: answer this first, then scan it again.")
        assert fakes.refunds.done == []
        await pilot.press("enter")
        await until_text(pilot, "On record: 8.00 USD went back.")


async def test_the_mark_stays_on_a_refund_when_those_above_it_go() -> None:
    fakes = Fakes()
    for name in ("Ada", "Grace", "Linus"):
        await a_due(fakes, Attendee(name, f"{name.lower()}@example.org"))
    async with playing(fakes.services) as (app, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "ada@example.org")
        await pilot.press("down")
        await until_text(pilot, "grace@example.org")
        del fakes.refunds.known[0]
        assert isinstance(app.screen, RefundsScreen)
        app.screen.look()
        await until(pilot, lambda: "Ada" not in text_of(pilot))
        assert "grace@example.org" in text_of(pilot)


async def test_money_of_a_provider_goes_back_the_way_it_came() -> None:
    fakes = Fakes()
    await a_due(fakes, provider=ProviderName.SANDBOX, reason=RefundReason.SURPLUS)
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "paid: by phone")
        await pilot.press("enter")
        await until_text(pilot, "Send 8.00 USD back the way it came: by phone.")


async def test_the_second_of_two_who_pay_out_gives_nothing() -> None:
    fakes = Fakes()
    await a_due(fakes)
    fakes.refunds.first = "Mo"
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "Ada Lovelace")
        await pilot.press("enter")
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("enter")
        await until_text(pilot, "Mo was first: give nothing.")


async def test_what_somebody_has_begun_is_not_paid_out_again() -> None:
    fakes = Fakes()
    await a_due(fakes, state=RefundState.ASKED, paid_by="Mo")
    async with playing(fakes.services) as (app, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "Mo has begun")
        await pilot.press("enter")
        await until_text(pilot, "It ends by itself: give nothing.")
        assert isinstance(app.screen, RefundsScreen)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (LEDGER_AWAY, "as long as it is in this list it is not on record"),
        (LedgerContradicts("refund", "NOT_FOUND"), "an organiser has to look into it"),
    ],
    ids=["away", "contradicts"],
)
async def test_it_is_said_when_it_is_not_on_record(refusal: Exception, said: str) -> None:
    fakes = Fakes()
    await a_due(fakes)
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "Ada Lovelace")
        fakes.refunds.refuse(refusal)
        await pilot.press("enter")
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("enter")
        await until_text(pilot, said)
        assert "Ada Lovelace" in text_of(pilot)


async def test_a_supervisor_gives_a_whole_order_back() -> None:
    fakes = Fakes()
    order = await a_sale(fakes)
    fakes.claims.cards = [a_card(order_id=order.id)]
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot, "3333")
        await to_sure(pilot)
        await until_text(pilot, "Refund order 1042 of Ada Lovelace?")
        await until_text(pilot, "Its 2 tickets admit nobody then. Hand over 8.00 USD in cash.")
        await pilot.press("enter")
        await until_text(pilot, "Order 1042 is refunded. Hand over 8.00 USD in cash.")
        [(what, order_id, _)] = fakes.refunds.done
        assert (what, order_id) == ("refund", order.id)


async def test_money_for_an_invoice_goes_back_by_the_ways_it_came() -> None:
    fakes = Fakes()
    order = await a_sale(fakes)
    assert order.payment is not None
    payment = replace(order.payment, method=Method.INVOICE, amount=Money(0, "USD"))
    fakes.sales.orders[order.id] = replace(order, payment=payment)
    fakes.claims.cards = [a_card(order_id=order.id)]
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot, "3333")
        await to_sure(pilot)
        await until_text(pilot, "No money goes back.")
        # It comes while somebody is asked.
        fakes.invoices.came = {BANK: Money(500, "USD"), "cash": Money(300, "USD")}
        await pilot.press("enter")
        await until_text(pilot, "Order 1042 is refunded.")
        await until_text(pilot, "Transfer 5.00 USD back to their bank account.")
        await until_text(pilot, "Hand over 3.00 USD in cash.")


async def test_an_order_without_tickets_is_found_by_its_number() -> None:
    fakes = Fakes()
    await a_sale(fakes)
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot, "3333")
        await pilot.press("f2")
        await until_screen(pilot, OrderSearch)
        await type_in(pilot, "#9")
        await until_text(pilot, "There is no such order.")
        await pilot.press("f2")
        await until_screen(pilot, OrderSearch)
        await type_in(pilot, "#1042")
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("enter")
        await until_text(pilot, "Order 1042 is refunded.")


async def test_an_invoiced_order_that_goes_back_is_not_called_cash() -> None:
    fakes = Fakes()
    due = await a_due(fakes, reason=RefundReason.RETURNED, state=RefundState.ASKED, paid_by="Mo")
    assert due.order.payment is not None
    payment = replace(due.order.payment, method=Method.INVOICE)
    fakes.refunds.known = [replace(due, order=replace(due.order, payment=payment))]
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "paid: by invoice")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_keys_fit_and_are_explained_in_every_language(language: str) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_refunds(pilot)
        assert_keys_fit(pilot)
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        assert_in_frame(pilot)


async def test_a_cashier_asks_a_supervisor_for_a_whole_order() -> None:
    fakes = Fakes()
    order = await a_sale(fakes)
    fakes.claims.cards = [a_card(order_id=order.id)]
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot)
        await to_sure(pilot)
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "2222")
        await until_text(pilot, "This PIN does not open that.")
        assert fakes.refunds.done == []
        await pilot.press("escape")
        await until_screen(pilot, RefundsScreen)
        assert fakes.refunds.done == []
        await to_sure(pilot)
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "3333")
        await until_text(pilot, "Order 1042 is refunded.")
        assert [what for what, _, _ in fakes.refunds.done] == ["refund"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (RefundFault.NOT_PAID, "It was not paid, or it is refunded already."),
        (RefundFault.USED, "Somebody was let in with a ticket of it."),
        (RefundFault.BEING_SETTLED, "Money for it is just coming in: try again."),
        (RefundFault.PASSING_ON, "A ticket of it is just being passed on: try again."),
        (RefundFault.PASSED_ON, "another person's: revoke that one first."),
        (RefundFault.REQUIRED, "Needed for Workshop"),
    ],
)
async def test_it_is_said_why_an_order_is_kept(fault: RefundFault, said: str) -> None:
    fakes = Fakes()
    order = await a_sale(fakes)
    fakes.claims.cards = [a_card(order_id=order.id)]
    async with playing(fakes.services) as (_, pilot):
        await to_refunds(pilot, "3333")
        slots = ("workshop",) if fault is RefundFault.REQUIRED else ()
        await refuse_order(pilot, fakes, NotRefundable(order.id, fault, slots), said)
        await refuse_order(pilot, fakes, LEDGER_AWAY, "search for the order again")


async def test_a_steward_gives_no_money_back() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await unlock(pilot, "1111")
        await until_text(pilot, "needs a cashier")
        assert pilot.app.screen.query_one("Target.refunds", Target).disabled


async def test_locking_leads_home_and_silence_does_too() -> None:
    fakes = Fakes()
    await a_due(fakes)
    async with playing(fakes.services) as (app, pilot):
        await to_refunds(pilot)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)
        await to_refunds(pilot)
        fakes.clock.advance(seconds=120)
        app.tick()
        await until_screen(pilot, WelcomeScreen)
        await until(pilot, lambda: [silent for _, silent in fakes.staff.left] == [False, True])


@pytest.mark.parametrize("language", ["es", "de"])
async def test_all_of_a_refund_can_be_read_in_other_languages(language: str) -> None:
    fakes = Fakes()
    await a_due(fakes)
    async with playing(fakes.services) as (_, pilot):
        await pilot.press(*["right"] * (1 if language == "es" else 2))
        await to_refunds(pilot)
        title = {"es": "DEVOLUCIONES", "de": "ERSTATTUNGEN"}[language]
        await until_text(pilot, title)
        assert_in_frame(pilot)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_people_are_drawn_as_they_are(name: str, size: tuple[int, int]) -> None:
    fakes = Fakes()
    due = await a_due(fakes, Attendee(name, "ada@example.org"), provider=name)
    fakes.claims.cards = [a_card(order_id=due.order.id)]
    async with playing(fakes.services, size=size) as (_, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "8.00 USD")
        assert_in_frame(pilot)
        await pilot.press("enter")
        await until_screen(pilot, ConfirmDialog)
        assert_in_frame(pilot)
        await pilot.press("escape")
        await until_screen(pilot, RefundsScreen)
        await to_sure(pilot)
        await until_screen(pilot, ConfirmDialog)
        assert_in_frame(pilot)


async def test_an_organisers_terminal_asks_for_an_organisers_pin() -> None:
    async with playing(Fakes().services, mode="organiser") as (_, pilot):
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "3333")
        await until_text(pilot, "This PIN does not open that.")
        await type_in(pilot, "4444")
        await until_text(pilot, "ORGANISER")
        assert not pilot.app.screen.query(StaffDialog)
