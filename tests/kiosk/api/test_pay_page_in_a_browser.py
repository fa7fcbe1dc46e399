"""The pay page on a phone: a real browser, of a phone's size."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright, expect

from kiosk.api.addresses import listening
from kiosk.api.sandbox import Agreement, Sandbox
from kiosk.api.server import serving
from kiosk.domain.providers import EventKind, reference_of
from kiosk.settings import Settings
from tests.fakes import FakeClock
from tests.kiosk.api.doubles import SECRET, Merchant, a_request
from tests.kiosk.contrast import contrast
from tests.resources import find_browser

pytestmark = [pytest.mark.long, pytest.mark.browser]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = "<img src=x onerror=document.title='owned'>[/] مهرجان \u202e" + "W" * 150
FAINTEST = 7.0
TARGET_PIXELS_MIN = 44

TEXTS_AND_GROUNDS = """() => {
  const opaque = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return colour !== "rgba(0, 0, 0, 0)" ? colour : opaque(element.parentElement);
  };
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && each.innerText)
    .map((each) => [each.innerText, getComputedStyle(each).color, opaque(each)]);
}"""


@pytest.fixture
async def sandbox(folder: Path, clock: FakeClock, merchant: Merchant) -> AsyncIterator[Sandbox]:
    """A sandbox whose pages are served."""
    with listening(Settings(home=folder)) as listener:
        agreement = Agreement.at(listener, SECRET)
        opened = await Sandbox.open(folder / "sandbox.sqlite", agreement, clock)
        async with serving(listener, merchant, opened):
            yield opened
        await opened.close()


@asynccontextmanager
async def phone(profile: Path, *, scripts: bool = True) -> AsyncIterator[Page]:
    """A page of a browser that has never been used; at its end, nobody may have complained."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_browser(),
            args=FLAGS,
            viewport={"width": 390, "height": 844},
            has_touch=True,
            java_script_enabled=scripts,
        )
        [page] = context.pages
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("console", lambda message: complaints.append(message.text))
        yield page
        await context.close()
    assert [each for each in complaints if "410 (Gone)" not in each] == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_tap_pays_and_the_page_stays_paid(
    tmp_path: Path, sandbox: Sandbox, merchant: Merchant, scripts: bool
) -> None:
    async with phone(tmp_path, scripts=scripts) as page:
        await page.goto(await sandbox.create(a_request()))
        await page.get_by_role("button", name="Pay 8.00 USD").tap()
        await expect(page.get_by_role("heading", name="Paid")).to_be_visible()
        await asyncio.wait_for(merchant.taken.wait(), 10)
        await page.reload()
        await expect(page.get_by_role("heading", name="Paid")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_role("button")).to_have_count(0)
    assert [event.kind for event in merchant.events] == [EventKind.SUCCEEDED]


@pytest.mark.parametrize(
    ("button", "heading", "kind"),
    [
        ("Let it fail", "The payment failed", EventKind.FAILED),
        ("Cancel", "Cancelled", EventKind.CANCELLED),
    ],
)
async def test_failing_and_cancelling_are_a_tap_away(
    tmp_path: Path,
    sandbox: Sandbox,
    merchant: Merchant,
    button: str,
    heading: str,
    kind: EventKind,
) -> None:
    async with phone(tmp_path) as page:
        await page.goto(await sandbox.create(a_request()))
        await page.get_by_role("button", name=button).tap()
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        await asyncio.wait_for(merchant.taken.wait(), 10)
    assert [event.kind for event in merchant.events] == [kind]


async def test_the_time_runs_down_and_the_page_says_when_it_is_up(
    tmp_path: Path, sandbox: Sandbox, clock: FakeClock
) -> None:
    async with phone(tmp_path) as page:
        # A phone's clock may be wrong by years.
        await page.clock.install(time=datetime(2019, 1, 1, tzinfo=UTC))
        await page.goto(await sandbox.create(a_request()))
        timer = page.get_by_role("timer")
        await page.clock.pause_at(datetime(2019, 1, 1, 0, 1, tzinfo=UTC))
        await page.reload()
        await page.clock.fast_forward(90_000)
        await expect(timer).to_have_text("3:30")
        await expect(timer).not_to_have_class("hurry")
        await page.clock.fast_forward(155_000)
        await expect(timer).to_have_text("0:55")
        await expect(timer).to_have_class("hurry")
        clock.advance(minutes=5)
        await page.clock.fast_forward(60_000)
        await expect(page.get_by_role("heading", name="The time is up")).to_be_visible()


async def test_a_keyboard_does_everything_and_sees_where_it_is(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    async with phone(tmp_path) as page:
        await page.goto(await sandbox.create(a_request()))
        for name in ("Pay 8.00 USD", "Let it fail", "Cancel"):
            await page.keyboard.press("Tab")
            button = page.get_by_role("button", name=name)
            await expect(button).to_be_focused()
            await expect(button).to_have_css("outline-style", "solid")
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="The payment failed")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_no_name_breaks_the_page(tmp_path: Path, sandbox: Sandbox, width: int) -> None:
    async with phone(tmp_path) as page:
        await page.set_viewport_size({"width": width, "height": 844})
        request = a_request(event_name=HOSTILE, line_name="Admission [/] مهرجان")
        await page.goto(await sandbox.create(request))
        assert await page.title() == HOSTILE.strip()
        assert await page.locator("img").count() == 0
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        buttons = page.get_by_role("button")
        for number in range(3):
            box = await buttons.nth(number).bounding_box()
            assert box is not None
            assert min(box["height"], box["width"]) >= TARGET_PIXELS_MIN
            assert box["y"] + box["height"] <= 844


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_is_easily_read(
    tmp_path: Path,
    sandbox: Sandbox,
    clock: FakeClock,
    scheme: Literal["light", "dark"],
) -> None:
    async with phone(tmp_path) as page:
        await page.emulate_media(color_scheme=scheme)
        faint = []
        for reference, kind in zip(references(), [None, *EventKind], strict=True):
            url = await sandbox.create(a_request(reference))
            clock.advance(seconds=0 if kind else 250)
            if kind:
                await sandbox.decide(reference, kind)
            await page.goto(url)
            found = await page.evaluate(TEXTS_AND_GROUNDS)
            assert len(found) > 10
            faint += [
                (text, ink, ground)
                for text, ink, ground in found
                if contrast(as_hex(ink), as_hex(ground)) < FAINTEST
            ]
    assert faint == []


def references() -> list[str]:
    """Four payments."""
    return [reference_of(bytes([number] * 16)) for number in range(4)]


def as_hex(colour: str) -> str:
    """`rgb(255, 159, 28)` as `#ff9f1c`."""
    return "#" + "".join(f"{int(each):02x}" for each in re.findall(r"\d+", colour)[:3])
