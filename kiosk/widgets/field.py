"""A question with one line to answer it, checked when it is left."""

from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from kiosk.widgets.told import Told


class _Line(Input):
    """An input that says when it is left."""

    class Left(Message):
        """The focus went elsewhere."""

    def on_blur(self, _: events.Blur) -> None:
        self.post_message(self.Left())


class Field(Widget):
    """A labelled input. `check` answers what is wrong, in words, or nothing."""

    DEFAULT_CSS = """
    Field {
        height: 4;
        & > Horizontal { height: 3; }
        & .field--label { width: 13; height: 3; content-align: left middle; color: $ink; }
        & .field--problem {
            height: 1;
            padding: 0 0 0 14;
            color: $alert;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        & Input {
            width: 1fr;
            height: 3;
            padding: 1 1;
            border: none;
            border-left: outer $surface;
            background: $surface;
            color: $ink;
            &:focus {
                border: none;
                border-left: outer $tiger;
                background: $raised;
                background-tint: transparent;
            }
            & > .input--placeholder { color: $lifted-quiet; }
        }
    }
    """

    class Submitted(Message):
        """Enter was pressed in it."""

        def __init__(self, field: "Field") -> None:
            super().__init__()
            self.field = field

        @property
        def control(self) -> "Field":
            return self.field

    def __init__(
        self, label: str, check: Callable[[str], str], *, hint: str = "", length: int
    ) -> None:
        super().__init__()
        self._label = label
        self._check = check
        self._input = _Line(
            placeholder=hint, max_length=length, select_on_focus=False, compact=False
        )

    @property
    def value(self) -> str:
        """What was typed."""
        return self._input.value

    @value.setter
    def value(self, text: str) -> None:
        self._input.value = text
        self._input.cursor_position = len(text)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(Content(self._label), classes="field--label")
            yield self._input
        yield Told(Content(""), classes="field--problem")

    def ask(self) -> None:
        """Put the cursor here."""
        self._input.focus()

    def is_right(self) -> bool:
        """Check it now, and say what is wrong."""
        problem = self._check(self.value)
        self.query_one(".field--problem", Static).update(Content(problem))
        return not problem

    @on(_Line.Left)
    def _left(self, left: _Line.Left) -> None:
        left.stop()
        # An empty field that is merely passed through is not a mistake yet.
        if self.value:
            self.is_right()

    @on(Input.Changed)
    def _changed(self, changed: Input.Changed) -> None:
        changed.stop()
        self.query_one(".field--problem", Static).update(Content(""))

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        self.post_message(self.Submitted(self))
