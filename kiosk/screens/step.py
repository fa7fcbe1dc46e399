"""A step on an attendee's way. It stays on screen until the next one is ready to replace it."""

import asyncio
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType

from kiosk.screens.base import Desk, KioskScreen

A = TypeVar("A")


class VisitLeft(Exception):
    """Nobody is there any more: the visit ends where it is."""


class Step(KioskScreen[None], Generic[A]):
    """Ends with an answer rather than by closing, so that nothing flashes between two steps."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()

    def finish(self, answer: A) -> None:
        """Go on with `answer`; the first one counts."""
        if not self.answer.done():
            self.answer.set_result(answer)

    @property
    def cost(self) -> str:
        """What it costs whoever is here if the staff end the visit now, in words, if anything."""
        return ""

    def leave(self) -> None:
        """End the visit here."""
        if not self.answer.done():
            self.answer.set_exception(VisitLeft())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not (action == "back" and self.busy)

    def action_back(self) -> None:
        """One step back; what that means is the step's to say."""
        raise NotImplementedError
