"""Open invoices, and the money that is recorded for them; tables that are taken along."""

from dataclasses import replace

import pytest
from textual.widgets import Input

from kiosk.domain.chart import BANK
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.invoices import (
    AlreadyRecorded,
    InvoicePayment,
    MoreThanOwed,
    NotInvoiced,
    OpenInvoice,
)
from kiosk.domain.money import Money
from kiosk.domain.people import Attendee
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.exporting import ExportDialog
from kiosk.screens.help import HelpScreen
from kiosk.screens.invoices import InvoicesScreen
from kiosk.screens.organiser import OrganiserScreen
from kiosk.screens.settling import SettleDialog
from kiosk.screens.welcome import WelcomeScreen
from kiosk.words import LANGUAGES
from tests.kiosk.factories import ADA
from tests.kiosk.fake_events import LEDGER_AWAY, NOON
from tests.kiosk.fake_figures import an_open_invoice
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
from tests.kiosk.staff_ways import to_organiser
from tests.kiosk.test_footers import assert_keys_fit
from tests.kiosk.test_hostile_text import assert_in_frame


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def an_invoice(attendee: Attendee = ADA, **changes: object) -> OpenInvoice:
    """Twelve dollars, of which two came."""
    one = an_open_invoice()
    invoice = replace(one.invoice, attendee=attendee)
    return replace(one, **({"order_id": 7, "invoice": invoice} | changes))  # type: ignore[arg-type]  # keywords of a dataclass


async def to_invoices(pilot: Play) -> None:
    await to_organiser(pilot)
    await pilot.press("f3")
    await until_screen(pilot, InvoicesScreen)


async def record(pilot: Play, amount: str, reference: str) -> None:
    """Type what came, and Enter."""
    await pilot.press("enter")
    await until_screen(pilot, SettleDialog)
    pilot.app.screen.query_one("#amount", Input).value = amount
    pilot.app.screen.query_one("#reference", Input).value = reference
    await pilot.press("enter")
    await pilot.pause()


async def test_what_is_owed_is_recorded_with_its_reference() -> None:
    fakes = Fakes()
    fakes.invoices.known = [an_invoice()]
    async with playing(fakes.services) as (_, pilot):
        await to_invoices(pilot)
        await until_text(pilot, "1,042 Ada Lovelace 10.00 USD of 12.00 USD")
        await until_text(pilot, "issued by Noor · paid so far: 2.00 USD")
        await pilot.press("enter")
        await until_screen(pilot, SettleDialog)
        await until_text(pilot, "Ada Lovelace owes 10.00 USD.")
        await pilot.press("enter")
        await until_text(pilot, "Please type the reference that the bank statement has.")
        await type_in(pilot, "RF18")
        await until_text(pilot, "Invoice 1042 is paid.")
        await until_text(pilot, "Nobody owes anything.")
        [(order_id, _, money, staff)] = fakes.invoices.settled
        assert (order_id, money, staff) == (7, (usd(1000), BANK, "RF18"), "Noor")


async def test_less_than_is_owed_must_be_said_twice() -> None:
    fakes = Fakes()
    fakes.invoices.known = [an_invoice()]
    async with playing(fakes.services) as (_, pilot):
        await to_invoices(pilot)
        await until_text(pilot, "Ada Lovelace")
        await record(pilot, "4,50", "RF18")
        await until_text(pilot, "5.50 USD stays owed. Enter records it as a part.")
        assert fakes.invoices.settled == []
        await pilot.press("enter")
        await until_text(pilot, "On record: 4.50 USD. 5.50 USD is still owed.")


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("12.34", "That is 2.34 USD more than is owed. Record 10.00 USD"),
        ("0", "Please type an amount, like 10.00."),
        ("ten", "Please type an amount, like 10.00."),
        ("", "Please type an amount, like 10.00."),
        ("1.005", "Please type an amount, like 10.00."),
    ],
)
async def test_what_cannot_be_booked_is_said_before(amount: str, said: str) -> None:
    fakes = Fakes()
    fakes.invoices.known = [an_invoice()]
    async with playing(fakes.services) as (_, pilot):
        await to_invoices(pilot)
        await until_text(pilot, "Ada Lovelace")
        await record(pilot, amount, "RF18")
        await until_text(pilot, said)
        await pilot.press("escape")
        await until_screen(pilot, InvoicesScreen)
        assert fakes.invoices.settled == []


async def test_cash_needs_no_reference() -> None:
    fakes = Fakes()
    fakes.invoices.known = [an_invoice()]
    async with playing(fakes.services) as (_, pilot):
        await to_invoices(pilot)
        await until_text(pilot, "Ada Lovelace")
        await pilot.press("enter")
        await until_screen(pilot, SettleDialog)
        await pilot.press("f2")
        await until_text(pilot, "● cash")
        await pilot.press("enter")
        await until_text(pilot, "Invoice 1042 is paid.")
        assert fakes.invoices.settled[0][2] == (usd(1000), "cash", "")


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (MoreThanOwed(usd(300), usd(1000)), "somebody was faster, and 3.00 USD is owed"),
        (
            AlreadyRecorded(InvoicePayment(1, 7, usd(900), BANK, "RF18", "Noor", NOON)),
            "this transfer is on record already, 9.00 USD, 18:04",
        ),
        (NotInvoiced(7), "the order was given back. Send the money back."),
        (LedgerContradicts("invoice", "NOT_FOUND"), "an organiser has to look into it"),
    ],
    ids=["faster", "again", "given back", "contradicts"],
)
async def test_it_is_said_why_it_is_not_booked(refusal: Exception, said: str) -> None:
    fakes = Fakes()
    fakes.invoices.known = [an_invoice()]
    async with playing(fakes.services) as (_, pilot):
        await to_invoices(pilot)
        await until_text(pilot, "Ada Lovelace")
        fakes.invoices.refusal = refusal
        await record(pilot, "10", "RF18")
        await until_text(pilot, said)


async def test_asked_again_after_no_answer_it_is_the_same_money() -> None:
    fakes = Fakes()
    fakes.invoices.known = [an_invoice()]
    async with playing(fakes.services) as (_, pilot):
        await to_invoices(pilot)
        await until_text(pilot, "Ada Lovelace")
        fakes.invoices.refusal = LEDGER_AWAY
        await record(pilot, "10", "RF18")
        await until_screen(pilot, ConfirmDialog)
        await until_text(pilot, "It is not known whether it is booked.")
        await pilot.press("enter")
        await until_text(pilot, "Invoice 1042 is paid.")
        assert len({payment_id for _, payment_id, _, _ in fakes.invoices.asked}) == 1
        assert len(fakes.invoices.asked) == 2


async def test_whoever_gives_up_asking_is_told_that_it_is_noted() -> None:
    fakes = Fakes()
    fakes.invoices.known = [an_invoice()]
    async with playing(fakes.services) as (_, pilot):
        await to_invoices(pilot)
        await until_text(pilot, "Ada Lovelace")
        fakes.invoices.refusal = LEDGER_AWAY
        await record(pilot, "10", "RF18")
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("escape")
        await until_text(pilot, "It is noted, and booked as soon as the books answer.")


async def test_escape_leads_back_to_the_figures_and_silence_home() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_invoices(pilot)
        await until_text(pilot, "Nobody owes anything.")
        await pilot.press("escape")
        await until_screen(pilot, OrganiserScreen)
        await pilot.press("f3")
        await until_screen(pilot, InvoicesScreen)
        fakes.clock.advance(seconds=120)
        app.tick()
        await until_screen(pilot, OrganiserScreen)
        app.tick()
        await until_screen(pilot, WelcomeScreen)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_all_of_it_can_be_read_in_every_language(language: str) -> None:
    fakes = Fakes()
    fakes.invoices.known = [an_invoice(owed=usd(900))]
    async with playing(fakes.services) as (_, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_invoices(pilot)
        await until_text(pilot, "Ada Lovelace")
        assert_keys_fit(pilot)
        assert_in_frame(pilot)
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        assert_in_frame(pilot)
        await pilot.press("escape", "enter")
        await until_screen(pilot, SettleDialog)
        assert_keys_fit(pilot)
        assert_in_frame(pilot)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_people_are_drawn_as_they_are(name: str, size: tuple[int, int]) -> None:
    fakes = Fakes()
    fakes.invoices.known = [an_invoice(Attendee(name, "ada@example.org"))]
    async with playing(fakes.services, size=size) as (_, pilot):
        await to_invoices(pilot)
        await until_text(pilot, "10.00 USD")
        assert_in_frame(pilot)
        await pilot.press("enter")
        await until_screen(pilot, SettleDialog)
        assert_in_frame(pilot)


async def test_an_export_says_how_far_it_is_and_where() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press("f2")
        await until_screen(pilot, ExportDialog)
        await until_text(pilot, "Writing tickets.csv: 12,000 rows")
        fakes.exports.go_on.set()
        await until_text(pilot, "72,000 rows are written, in a file of each kind:")
        assert "gopherfest-2027-20270312T170411Z" in text_of(pilot).replace("\n", "")
        await pilot.press("escape")
        await until_screen(pilot, OrganiserScreen)


async def test_an_export_that_is_left_is_broken_off() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press("f2")
        await until_text(pilot, "Writing tickets.csv")
        await pilot.press("escape")
        await until_screen(pilot, OrganiserScreen)
        fakes.exports.go_on.set()
        await until(pilot, lambda: fakes.exports.is_over)
        assert fakes.exports.written == []


@pytest.mark.parametrize(
    ("refusal", "said"),
    [(LEDGER_AWAY, "the books do not answer"), (OSError(28, "full"), "the disk does not take it")],
    ids=["away", "full"],
)
async def test_an_export_says_why_nothing_is_written(refusal: Exception, said: str) -> None:
    fakes = Fakes()
    fakes.exports.refuse(refusal)
    async with playing(fakes.services) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press("f2")
        await until_text(pilot, said)
