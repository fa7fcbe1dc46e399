"""What all screens share: the desk they stand on, the frame around them, the words they say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kiosk.domain.errors import StoreUnavailable
from kiosk.screens.help import HelpfulScreen
from kiosk.services.front import Front
from kiosk.widgets.frame import FrameHeader, Key, KeyBar, steps
from kiosk.words import Words
from ledger.engine import LedgerUnavailable

if TYPE_CHECKING:
    from kiosk.services.kiosk import Services

T = TypeVar("T")

AWAY = (LedgerUnavailable, StoreUnavailable)
"""What any service call may raise: no answer. The same call with the same ids is safe."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a screen works with: the services, and the language spoken here."""

    front: Front
    words: Words

    @classmethod
    def of(cls, front: "Front | Services", language: str = "en") -> "Desk":
        """The desk of an event, at its local time."""
        if not isinstance(front, Front):
            front = Front.of(front)
        return cls(front, Words(language, ZoneInfo(front.event.timezone)))

    @property
    def services(self) -> "Services":
        """The open services; who comes before them works with the front alone."""
        return self.front.services

    def speaking(self, language: str) -> "Desk":
        """The same desk in another language."""
        return replace(self, words=replace(self.words, language=language))

    def now(self) -> datetime:
        """The present instant."""
        return self.front.clock.now()


class KioskScreen(HelpfulScreen[T]):
    """A screen in the frame. While `busy`, nobody goes back and nobody is sent home."""

    ALLOW_SELECT = False
    LETS_STAFF_IN = True
    STEP: int | None = None
    """Where this screen is among the steps of the header, from 0."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.words = desk.words
        self.busy = False

    def compose(self) -> ComposeResult:
        yield FrameHeader(self.desk.front.event.name, self._steps(), self.beside())
        yield from self.body()
        yield KeyBar(self.footer())

    def body(self) -> ComposeResult:
        """What is between header and footer."""
        raise NotImplementedError

    def beside(self) -> Widget:
        """What stays in view at the right of the header."""
        return Static("")

    def keys(self) -> Sequence[Key]:
        """The keys of the footer."""
        return ()

    def footer(self) -> Sequence[Key]:
        """The keys, and at last the one for help."""
        return (*self.keys(), *self.help_keys())

    def _steps(self) -> Content:
        if self.STEP is None:
            return Content("")
        words = self.words
        return steps((words("Choose"), words("You"), words("Pay"), words("Tickets")), self.STEP)
