"""The ticket card: a rounded frame and a perforation between body and stub.

A choice, a ticket and a scan result are the same card, so that people recognise it.
"""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kiosk.widgets.plain import cut, fit

STUB_COLUMNS = 22
_NARROW_STUB_COLUMNS = 14


class Tone(Enum):
    """How a card is meant: on offer, chosen, not to be had, or yours."""

    PLAIN = "plain"
    CHOSEN = "chosen"
    MUTED = "muted"
    YOURS = "yours"


@dataclass(frozen=True, slots=True)
class Stepper:
    """How many were chosen, and whether there may be fewer or more."""

    count: int
    may_less: bool
    may_more: bool


@dataclass(frozen=True, slots=True)
class CardFace:
    """What is printed on a card. `foot` is set into the lower edge of the stub.

    A `stepper` takes the place of `stub_note`.
    """

    title: str
    detail: str = ""
    stub: str = ""
    stub_note: str = ""
    foot: str = ""
    tone: Tone = Tone.PLAIN
    stepper: Stepper | None = None


_EDGE = {Tone.PLAIN: "$line", Tone.CHOSEN: "$ink", Tone.MUTED: "$line", Tone.YOURS: "$fine"}
_TITLE = {tone: "$lifted-quiet" if tone is Tone.MUTED else "bold $ink" for tone in Tone}
_STUB = {**_TITLE, Tone.YOURS: "bold $fine"}
_FOOT = {**dict.fromkeys(Tone, "$lifted-quiet"), Tone.CHOSEN: "$ink"}


def card_lines(face: CardFace, columns: int, rows: int) -> list[Content]:
    """The card drawn `columns` wide and `rows` high (at least four)."""
    stub = stub_columns(columns)
    body = columns - stub - 3
    edge = _EDGE[face.tone]

    def line(left: str, left_style: str, right: Content) -> Content:
        return Content.assemble(
            ("│", edge), (f" {fit(left, body - 2)} ", left_style), ("┊", edge), right, ("│", edge)
        )

    def on_stub(text: str, style: str) -> Content:
        return Content.styled(f" {fit(text, stub - 2, right=True)} ", style)

    note = on_stub(face.stub_note, "$lifted-quiet")
    if face.stepper:
        note = _steps(face.stepper, stub)
    inner = [
        line(face.title, _TITLE[face.tone], on_stub(face.stub, _STUB[face.tone])),
        line(face.detail, "$lifted-quiet", note),
    ]
    blank = line("", "", on_stub("", ""))
    above = max(0, rows - 4) // 2
    below = max(0, rows - 4) - above
    top = Content.styled(f"╭{'─' * body}┊{'─' * stub}╮", edge)
    return [top, *[blank] * above, *inner, *[blank] * below, _bottom(face, body, stub)]


def stub_columns(columns: int) -> int:
    """How wide the stub of a card of so many columns is."""
    return STUB_COLUMNS if columns >= 60 else _NARROW_STUB_COLUMNS


def _steps(stepper: Stepper, stub: int) -> Content:
    """Less, how many, more: the signs over the halves of the stub that step when touched."""
    can, cannot = "bold $ink", "$line"
    gap = " " * (stub // 6)
    middle = f"{stepper.count:^{stub - 2 * len(gap) - 2}}"
    return Content.assemble(
        gap,
        ("−", can if stepper.may_less else cannot),
        (middle, can if stepper.count else "$lifted-quiet"),
        ("+", can if stepper.may_more else cannot),
        gap,
    )


def _bottom(face: CardFace, body: int, stub: int) -> Content:
    edge = _EDGE[face.tone]
    foot = f" {cut(face.foot, stub - 4)} " if face.foot else ""
    dashes = "─" * (stub - 1 - len(Content(foot).plain) - _extra_cells(foot))
    return Content.assemble(
        (f"╰{'─' * body}┊{dashes}", edge), (foot, _FOOT[face.tone]), ("─╯", edge)
    )


def _extra_cells(text: str) -> int:
    return Content(text).cell_length - len(text)


class TicketCard(Widget):
    """Shows a card. Its first column is the bar that marks the focus."""

    DEFAULT_CSS = """
    TicketCard {
        width: 100%;
        height: 4;
        background: $ground;
    }
    """

    def __init__(self, face: CardFace) -> None:
        super().__init__()
        self._face = face

    @property
    def face(self) -> CardFace:
        """What is printed on it."""
        return self._face

    def show(self, face: CardFace) -> None:
        """Print something else on it."""
        if face != self._face:
            self._face = face
            self.refresh()

    def render(self) -> RenderResult:
        bar = Content.styled("▌", "$tiger") if self.has_focus else Content(" ")
        columns, rows = self.content_size
        drawn = card_lines(self._face, columns - 1, rows)
        return Content("\n").join([Content.assemble(bar, line) for line in drawn])


class ChoiceCard(TicketCard, can_focus=True):
    """A card of which some can be taken: the left half of its stub takes one less, the right more.

    A touch anywhere else takes the first one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False),
        Binding("right,plus,space", "step(1)", show=False),
        Binding("left,minus,backspace", "step(-1)", show=False),
        # Before a scrolling parent takes them: it follows the focus anyway.
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]
    DEFAULT_CSS = """
    ChoiceCard {
        &:hover { background: $surface; }
        &:focus { background: $raised; }
    }
    """

    @dataclass
    class Chosen(Message):
        """Go on with what was taken; this card had the focus."""

        key: str

    @dataclass
    class Stepped(Message):
        """One more of this, or one less."""

        key: str
        by: int

    def __init__(self, key: str, face: CardFace) -> None:
        super().__init__(face)
        self.key = key

    def action_choose(self) -> None:
        self.post_message(self.Chosen(self.key))

    def action_step(self, by: int) -> None:
        self.post_message(self.Stepped(self.key, by))

    def on_click(self, click: events.Click) -> None:
        click.stop()
        self.focus()
        width = self.content_size.width
        stub = stub_columns(width - 1)
        from_right = width - 1 - click.x
        if from_right < stub:
            self.action_step(1 if from_right < stub // 2 else -1)
        elif not (self.face.stepper and self.face.stepper.count):
            self.action_step(1)
