"""Digits to touch, for whoever has no keyboard; the field beside them keeps the focus."""

from dataclasses import dataclass
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Grid
from textual.message import Message
from textual.widget import Widget

from kiosk.widgets.target import Target

_DIGITS: Final = "123456789"


class _PadKey(Target):
    """One key of the pad."""

    def __init__(self, symbol: str, classes: str = "") -> None:
        super().__init__(symbol, classes=classes)
        self.symbol = symbol
        self.can_focus = False


class Keypad(Widget):
    """Ten digits, one step back, and done."""

    DEFAULT_CSS = """
    Keypad {
        width: 38;
        height: auto;
        & > Grid { grid-size: 3; grid-rows: 3; grid-gutter: 0 1; height: auto; }
        & Target { content-align: center middle; padding: 0; }
    }
    """

    @dataclass
    class Touched(Message):
        """A digit was touched."""

        digit: str

    class SteppedBack(Message):
        """The last digit is to go."""

    class Finished(Message):
        """That is all."""

    def compose(self) -> ComposeResult:
        with Grid():
            for digit in _DIGITS:
                yield _PadKey(digit)
            yield _PadKey("⌫", "back")
            yield _PadKey("0")
            yield _PadKey("✔", "-main")

    @on(Target.Pressed)
    def _pressed(self, pressed: Target.Pressed) -> None:
        pressed.stop()
        key = pressed.target
        assert isinstance(key, _PadKey)
        if key.has_class("-main"):
            self.post_message(self.Finished())
        elif key.has_class("back"):
            self.post_message(self.SteppedBack())
        else:
            self.post_message(self.Touched(key.symbol))
