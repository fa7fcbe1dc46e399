"""Play the app as a person does, and see what is on its screen."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from rich.color import Color
from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widget import Widget

from kiosk.app import KioskApp
from kiosk.services.front import Front
from kiosk.services.kiosk import Services
from kiosk.settings import Mode

SMALL = (80, 24)
LARGE = (120, 40)
HOSTILE = {
    "closing tag": "[/]",
    "action": "[@click=app.quit]x[/]",
    "open tag": "[b]Ada",
    "backslash": "\\",
    "emoji": "👨‍👩‍👧‍👦 Family ❤️",
    "right to left": "עדה לאבלייס",
    "override": "\u202eecalevol",
    "200 characters": "A" * 200,
}
_SOONEST = ("action", "emoji", "right to left", "200 characters")
EACH_HOSTILE = [
    pytest.param(text, id=what, marks=() if what in _SOONEST else pytest.mark.long)
    for what, text in HOSTILE.items()
]
"""For the screens: to draw each of them takes a second."""

Play = Pilot[None] | Pilot[object]
PATIENCE_SECONDS = 20
_CELL = Size(8, 16)
_HALVES = {"▀": (0, 1), "▄": (1, 2), "█": (0, 2)}


class BellApp(KioskApp):
    """The real app, whose bell can be counted."""

    rung = 0

    def bell(self) -> None:
        self.rung += 1


@asynccontextmanager
async def playing(
    services: Front | Services, *, size: tuple[int, int] = SMALL, mode: Mode = "attendee"
) -> AsyncIterator[tuple[BellApp, Play]]:
    """The app on `services`, and somebody at its keyboard."""
    app = BellApp(services, mode)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield app, pilot


async def until(pilot: Play, condition: Callable[[], object]) -> None:
    """Wait until it is so, and everything is drawn."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await pilot.pause()
    except TimeoutError:
        raise AssertionError(f"it never came to that; on screen:\n{text_of(pilot)}") from None
    await pilot.pause()


async def until_screen(pilot: Play, screen: type[Widget]) -> None:
    """Wait until a screen of this type is on top."""
    await until(pilot, lambda: isinstance(pilot.app.screen, screen))


async def until_text(pilot: Play, text: str) -> None:
    """Wait until `text` can be read, however it is broken into lines."""
    await until(pilot, lambda: text in sentence_of(pilot))


async def type_in(pilot: Play, text: str) -> None:
    """Type `text` and Enter, as a scanner does: all at once."""
    await scan_in(pilot, f"{text}\r")


async def scan_in(pilot: Play, text: str) -> None:
    """Type `text` all at once, as a scanner does that sends no Enter."""
    for char in text:
        key = "enter" if char == "\r" else _character_to_key(char)
        pilot.app.post_message(events.Key(key, char))
    await pilot.pause()


def rows_of(pilot: Play) -> list[str]:
    """What can be read, row by row."""
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def text_of(pilot: Play) -> str:
    """What can be read."""
    return "\n".join(rows_of(pilot))


def sentence_of(pilot: Play) -> str:
    """What can be read, without frames and line breaks."""
    return " ".join(re.sub("[─-▟]", " ", text_of(pilot)).split())


def picture_of(pilot: Play) -> Image.Image:
    """The screen's cells as pixels; of letters only the half blocks are drawn."""
    width, height = pilot.app.size
    picture = Image.new("RGB", (width * _CELL.width, height * _CELL.height))
    draw = ImageDraw.Draw(picture)
    for y, strip in enumerate(pilot.app.screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            style = segment.style
            ground = _rgb(style.bgcolor if style else None)
            ink = _rgb(style.color if style else None)
            for char in segment.text:
                left, top = x * _CELL.width, y * _CELL.height
                right = left + _CELL.width - 1
                draw.rectangle((left, top, right, top + _CELL.height - 1), fill=ground)
                if halves := _HALVES.get(char):
                    upper, lower = (top + half * _CELL.height // 2 for half in halves)
                    draw.rectangle((left, upper, right, lower - 1), fill=ink)
                x += 1
    return picture


def _rgb(color: Color | None) -> tuple[int, int, int]:
    if color is None:
        return (0, 0, 0)
    red, green, blue = color.get_truecolor()
    return (red, green, blue)


def decoded(picture: Image.Image) -> list[str]:
    """The texts of all QR codes in a picture."""
    return [code.text for code in zxingcpp.read_barcodes(picture)]
