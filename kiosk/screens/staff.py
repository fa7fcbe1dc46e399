"""What a member of staff may do at this terminal."""

from enum import Enum
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.events import StaffMember
from kiosk.domain.rights import Right, may
from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.plain import content
from kiosk.widgets.target import Target


class StaffWish(Enum):
    """What is to be done."""

    DOOR = "door"
    WATCH = "watch"
    TERMINALS = "terminals"
    REFUNDS = "refunds"
    STALL = "stall"
    CLOSE = "close"


NEEDS: Final = {
    StaffWish.DOOR: Right.OPEN_DOOR,
    StaffWish.WATCH: Right.WATCH,
    StaffWish.TERMINALS: Right.TERMINALS,
    StaffWish.REFUNDS: Right.PAY_OUT,
    StaffWish.STALL: Right.TAKE_TOKENS,
    StaffWish.CLOSE: Right.CLOSE,
}
"""The right to each."""


class StaffDialog(Dialog[StaffWish | None]):
    """Answers what they want, or None."""

    AUTO_FOCUS = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "app.focus_previous", show=False),
        Binding("down,right", "app.focus_next", show=False),
    ]

    def __init__(self, desk: Desk, member: StaffMember) -> None:
        super().__init__(desk, desk.words("Staff"))
        self._member = member

    def body(self) -> ComposeResult:
        words = self.words
        yield Static(content(words("Hello, {name}.", name=self._member.name)), id="ask")
        organiser = words("needs an organiser")
        with Horizontal(classes="wishes"):
            yield Target(words("Open the door"), note=words("scan and admit"), classes="door")
            note = words("places, money, goodies") if self._may(Right.WATCH) else organiser
            yield self._target(StaffWish.WATCH, words("Watch the event"), note)
        with Horizontal(classes="wishes"):
            note = words("let in, send out, free") if self._may(Right.TERMINALS) else organiser
            yield self._target(StaffWish.TERMINALS, words("Terminals"), note)
            cashier = words("needs a cashier")
            note = words("what is due, orders") if self._may(Right.PAY_OUT) else cashier
            yield self._target(StaffWish.REFUNDS, words("Give money back"), note)
        with Horizontal(classes="wishes"):
            if self.desk.services.catalog.event.stalls:
                note = words("at a stall") if self._may(Right.TAKE_TOKENS) else cashier
                yield self._target(StaffWish.STALL, words("Take tokens"), note)
            note = "" if self._may(Right.CLOSE) else words("needs a supervisor")
            yield self._target(StaffWish.CLOSE, words("Close the kiosk"), note)
        # Which ledger runs is for the staff to know, and for nobody to be bothered with.
        services = self.desk.services
        yield Static(Content(f"{services.terminal} · {services.ledger_engine}"), id="works-on")

    def _may(self, right: Right) -> bool:
        return may(self._member.role, right)

    def _target(self, wish: StaffWish, text: str, note: str) -> Target:
        target = Target(text, note=note, classes=wish.value)
        target.disabled = not self._may(NEEDS[wish])
        return target

    @on(Target.Pressed)
    def wish(self, pressed: Target.Pressed) -> None:
        self.dismiss(next(wish for wish in StaffWish if pressed.target.has_class(wish.value)))
