"""When something went otherwise: one calm page that says what happens next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.screens import helps
from kiosk.screens.base import Desk
from kiosk.screens.help import Help
from kiosk.screens.step import Step
from kiosk.widgets.frame import Key
from kiosk.widgets.headline import Headline
from kiosk.widgets.plain import one_line
from kiosk.widgets.target import Target


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, what that means, and the one thing to do next; `other` is a second way."""

    headline: str
    text: tuple[str, ...]
    go_on: str
    other: str = ""
    step: int | None = None


class NoticeScreen(Step[bool]):
    """Answers True for the notice's `go_on`, False for `other` or Escape."""

    CSS_PATH = "notice.tcss"
    AUTO_FOCUS = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, desk: Desk, notice: Notice) -> None:
        self.STEP = notice.step
        super().__init__(desk)
        self._notice = notice

    def body(self) -> ComposeResult:
        notice = self._notice
        with Vertical(classes="column"):
            yield Headline(notice.headline)
            for paragraph in notice.text:
                yield Static(Content(one_line(paragraph)), classes="paragraph")
            with Horizontal(id="ways"):
                yield Target(notice.go_on, classes="-main")
                if notice.other:
                    yield Target(notice.other)

    def keys(self) -> Sequence[Key]:
        back = self._notice.other or self.words("Start over")
        return (Key("Enter", self._notice.go_on, "go_on"), Key("Esc", back, "back"))

    def help(self) -> Help:
        return helps.going_on(self.words, self.keys())

    @on(Target.Pressed)
    def pressed(self, pressed: Target.Pressed) -> None:
        if pressed.target.has_class("-main"):
            self.action_go_on()
        else:
            self.action_back()

    def action_go_on(self) -> None:
        self.finish(True)

    def action_back(self) -> None:
        self.finish(False)
