"""A step that asks for one of several."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.screens.base import Desk
from kiosk.screens.step import A, Step
from kiosk.widgets.frame import Key
from kiosk.widgets.pick_list import PickList, PickRow
from kiosk.widgets.plain import content


class PickStep(Step[A]):
    """Rows of which one is marked; Enter, or a touch, picks it."""

    CSS_PATH = "picking.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "mark(-1)", show=False),
        Binding("down", "mark(1)", show=False),
        Binding("pageup", "mark_far(-1)", show=False),
        Binding("pagedown", "mark_far(1)", show=False),
        Binding("enter", "pick", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.list = PickList()

    def body(self) -> ComposeResult:
        with Vertical(classes="column"):
            yield Static(content(self.question()), classes="question")
            yield self.list
            yield Static("", id="about")
            yield Static("", id="problem")

    def question(self) -> str:
        """What is asked, or shown."""
        raise NotImplementedError

    def rows(self) -> Sequence[PickRow]:
        """What there is."""
        raise NotImplementedError

    def picked(self, index: int) -> None:
        """A row was picked."""

    def marked(self, index: int) -> None:
        """A row is marked: what is to be said about it?"""

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "mark(1)"),
            Key("Enter", words("Take it"), "pick"),
            Key("Esc", words("Back"), "back"),
        )

    def on_mount(self) -> None:
        self.offer()

    def offer(self) -> None:
        """Show what there is now."""
        self.list.show(self.rows())
        self._is_marked()

    def about(self, text: str) -> None:
        """What is to know about the marked row."""
        self.query_one("#about", Static).update(Content(text))

    def say(self, text: str, *, fine: bool = False) -> None:
        """What is wrong, or (`fine`) was done."""
        problem = self.query_one("#problem", Static)
        problem.set_class(fine, "-fine")
        problem.update(Content(text))

    def action_mark(self, by: int) -> None:
        self.list.move(by)
        self._is_marked()

    def action_mark_far(self, pages: int) -> None:
        if self.list.mark is not None:
            self.list.move_to(self.list.mark + pages * max(1, self.list.content_size.height - 1))
            self._is_marked()

    @on(PickList.Picked)
    def _touched(self, touched: PickList.Picked) -> None:
        self._is_marked()
        self.action_pick()

    def action_pick(self) -> None:
        if self.list.mark is not None and not self.busy:
            self.picked(self.list.mark)

    def _is_marked(self) -> None:
        if self.list.mark is not None:
            self.marked(self.list.mark)
