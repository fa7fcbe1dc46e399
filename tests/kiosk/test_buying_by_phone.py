"""The main job of self-service, whole: two kinds of tickets, paid on a phone, taken home."""

import asyncio
import re
from pathlib import Path

from PIL import Image

from kiosk.bootstrap import services
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.phone import PhoneScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.you import YouScreen
from kiosk.settings import Settings
from kiosk.widgets.ticket_card import ChoiceCard
from tests.fakes import FakeClock
from tests.kiosk.attendee import tell
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
from tests.kiosk.test_bootstrap import read


async def to_pay(pilot: Play) -> None:
    """Two for the demo event and one for its workshop, held for Ada."""
    await pilot.press("enter")
    await until_screen(pilot, ChooseScreen)
    await until(pilot, lambda: isinstance(pilot.app.focused, ChoiceCard))
    await pilot.press("right", "right", "down", "down", "right", "enter")
    await until_screen(pilot, YouScreen)
    await tell(pilot)
    await until_screen(pilot, PayScreen)


async def answer_on_the_phone(pilot: Play, outcome: str) -> None:
    """Scan what is on the screen, and press a button on the page."""
    await pilot.press("right", "enter")
    await until_screen(pilot, PhoneScreen)
    [address] = decoded(picture_of(pilot))
    page = await asyncio.to_thread(read, address)
    [token] = re.findall(r'name="token" value="([^"]+)"', page)
    await asyncio.to_thread(read, address, f"token={token}&outcome={outcome}".encode())


async def test_tickets_are_paid_on_a_phone_shown_by_themselves_and_saved(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, ledger="embedded", terminal="north")
    async with services(settings, FakeClock()) as opened, playing(opened) as (_, pilot):
        await to_pay(pilot)
        await answer_on_the_phone(pilot, "failed")
        await until_screen(pilot, PayScreen)
        await until_text(pilot, "The payment did not go through, and nothing was taken.")
        await pilot.press("left")
        await answer_on_the_phone(pilot, "succeeded")
        await until_screen(pilot, TicketScreen)
        await until_text(pilot, "← 1 of 3 →")
        assert "At the desk: Gopher T-shirt" in text_of(pilot)
        shown = []
        for at in range(3):
            await until_text(pilot, f"← {at + 1} of 3 →")
            shown += decoded(picture_of(pilot))
            await pilot.press("right")
        await pilot.press("s")
        await until_text(pilot, "✔ Saved in")
        saved = [decoded(Image.open(path)) for path in (tmp_path / "tickets").glob("*.png")]
        assert sorted(saved) == sorted([code] for code in shown)
        assert len(set(shown)) == 3


async def test_a_code_for_the_whole_price_needs_no_payment(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, ledger="embedded", terminal="north")
    async with services(settings, FakeClock()) as opened, playing(opened) as (_, pilot):
        await to_pay(pilot)
        await pilot.press("f2")
        await until_text(pilot, "What is the code you were given?")
        await type_in(pilot, "guest")
        await until_text(pilot, "8.00 USD off, with GUEST")
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)
