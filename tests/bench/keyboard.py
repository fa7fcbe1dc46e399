"""Somebody at the keyboard of the real app, in the process that serves a rush.

As on a real terminal, keys come from a thread of their own, and a press counts from when it was
due: a process too busy to take it lets the person wait all the same. It is over when the next
paint is handed to the terminal.
"""

import asyncio
import random
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter

from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.keys import _character_to_key

import kiosk.screens.modes
import kiosk.screens.visits  # noqa: F401  The kiosk has loaded both before anybody can press a key.
from kiosk.app import KioskApp
from kiosk.pauses import spare_what_is_there
from kiosk.screens.base import KioskScreen
from kiosk.services.kiosk import Services
from kiosk.widgets.ticket_card import ChoiceCard
from tests.kiosk.factories import PIN

SIZE = (120, 40)
PATIENCE_SECONDS = 20
PAINT_SECONDS = 2.0
"""A press that has painted nothing for so long has nothing to paint."""
PAUSE_SECONDS = (0.01, 0.06)

Way = tuple[tuple[str, tuple[str, ...]], ...]
"""Screens, and what is pressed on each; its last key leads on to the next."""

WELCOME, CHOOSE, DOOR = "WelcomeScreen", "ChooseScreen", "DoorScreen"
ORGANISER = "OrganiserScreen"
VISIT: Way = (
    (WELCOME, ("right", "right", "right", "enter")),
    (CHOOSE, ("down", "down", "up", "up", "enter")),
    ("YouScreen", (*"Ada Lovelace", "enter", *"ada@example.org", "enter")),
    ("PayScreen", ("right", "left", "f2")),
    ("CodeDialog", (*"NOPE", "enter", "escape")),
    ("PayScreen", ("right", "enter")),
    ("PhoneScreen", ("escape",)),
    ("PayScreen", ("left", "enter")),
    ("PinDialog", (*PIN, "enter")),
    ("CashDialog", ("right", "right", "left", "enter")),
    ("ChangeDialog", ("enter",)),
    ("TicketScreen", ("n",)),
)
UNLOCK: Way = (
    (WELCOME, ("f10",)),
    ("PinDialog", (*PIN, "enter")),
)
TO_DOOR: Way = (*UNLOCK, ("StaffDialog", ("enter",)))
TO_ORGANISER: Way = (*UNLOCK, ("StaffDialog", ("down", "enter")))
AT_THE_DOOR: Way = ((DOOR, (*"0123456789AB", "enter")),)
WATCHING: Way = ((ORGANISER, ("f8", *("right",) * 12)),)


class _Paper(HeadlessDriver):
    """A terminal that is painted on for real, and says when."""

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        app = self._app
        assert isinstance(app, PaintedApp)
        if app.key_taken and not app.painted.is_set():
            app.painted_at = perf_counter()
            app.painted.set()


class PaintedApp(KioskApp):
    """The real app on paper."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.driver_class = _Paper
        self.painted = threading.Event()
        self.painted_at = 0.0
        self.key_taken = False

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):
            self.key_taken = True
        await super().on_event(event)


@dataclass(slots=True)
class Person:
    """Goes through the app again and again, and remembers how long each paint took."""

    app: PaintedApp
    loop: asyncio.AbstractEventLoop
    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    tickets: int = 0
    _chance: random.Random = field(default_factory=lambda: random.Random(1))
    _never: threading.Event = field(default_factory=threading.Event)

    def visit(self, goes_on: Callable[[], bool]) -> None:
        """Buy tickets while it goes on, and come home; call this in a thread."""
        while goes_on():
            self._go(VISIT)
            self.tickets += 1
            self._settle(WELCOME)

    def work(self, way: Way, there: Way, goes_on: Callable[[], bool]) -> None:
        """Unlock a mode of the staff, work there at least once while it goes on, and lock it; as
        `visit`."""
        self._go(way)
        self._go(there)
        while goes_on():
            self._go(there)
        self._press("f9", there[0][0])
        self._settle(WELCOME)

    def _go(self, way: Way) -> None:
        for screen, keys in way:
            self._settle(screen)
            for key in keys:
                self._press(key, screen)

    def _settle(self, screen: str) -> None:
        """Wait until a screen is there with all that keys are for."""
        self._until(lambda: self._screen() == screen)
        if screen == CHOOSE:
            self._until(lambda: bool(self.app.screen.query(ChoiceCard)))

    def _press(self, key: str, screen: str) -> None:
        app = self.app
        due = perf_counter() + self._chance.uniform(*PAUSE_SECONDS)
        self._never.wait(due - perf_counter())
        app.painted.clear()
        app.key_taken = False
        char = key if len(key) == 1 else None
        event = events.Key(_character_to_key(key) if char else key, char)
        self.loop.call_soon_threadsafe(app.post_message, event)
        if app.painted.wait(PAINT_SECONDS):
            self.milliseconds[screen].append((app.painted_at - due) * 1000)

    def _screen(self) -> str:
        # Within a batch one screen gives way to the next, and another may shine through; and while
        # one is busy its keys do nothing.
        screen = self.app.screen
        waits = self.app._batch_count or (isinstance(screen, KioskScreen) and screen.busy)
        return "" if waits else type(screen).__name__

    def _until(self, condition: Callable[[], bool]) -> None:
        end = perf_counter() + PATIENCE_SECONDS
        while not condition():
            if perf_counter() > end:
                raise TimeoutError(f"still on {self._screen()}")
            self._never.wait(0.02)


@asynccontextmanager
async def person(services: Services) -> AsyncIterator[Person]:
    """The app on `services`, and a person in front of it."""
    app = PaintedApp(services)
    async with app.run_test(headless=False, size=SIZE):
        # No kiosk is opened in the middle of a rush.
        ahead = [worker for worker in app.workers if worker.group == "palettes"]
        await app.workers.wait_for_complete(ahead)
        spare_what_is_there()
        yield Person(app, asyncio.get_running_loop())
