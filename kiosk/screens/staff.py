"""What a member of staff may do at this terminal."""

from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.events import Role, StaffMember
from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.target import Target


class StaffWish(Enum):
    """What is to be done."""

    DOOR = "door"
    WATCH = "watch"
    CLOSE = "close"


class StaffDialog(Dialog[StaffWish | None]):
    """Answers what they want, or None."""

    AUTO_FOCUS = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, desk: Desk, member: StaffMember) -> None:
        super().__init__(desk, desk.words("Staff"))
        self._member = member

    def body(self) -> ComposeResult:
        words = self.words
        yield Static(Content(words("Hello, {name}.", name=self._member.name)), id="ask")
        yield Target(words("Open the door"), note=words("scan and admit"), classes="door")
        watch = Target(words("Watch the event"), note=words("needs an organiser"), classes="watch")
        watch.disabled = self._member.role < Role.ORGANISER
        if not watch.disabled:
            watch.say(words("Watch the event"), words("places, money, goodies"))
        yield watch
        close = Target(words("Close the kiosk"), note=words("needs a supervisor"), classes="close")
        close.disabled = self._member.role < Role.SUPERVISOR
        if not close.disabled:
            close.say(words("Close the kiosk"))
        yield close
        # Which ledger runs is for the staff to know, and for nobody to be bothered with.
        services = self.desk.services
        yield Static(Content(f"{services.terminal} · {services.ledger_engine}"), id="works-on")

    @on(Target.Pressed)
    def wish(self, pressed: Target.Pressed) -> None:
        self.dismiss(next(wish for wish in StaffWish if pressed.target.has_class(wish.value)))
