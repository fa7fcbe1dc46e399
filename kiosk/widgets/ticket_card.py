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
    """How a card is meant: on offer, not to be had, or yours."""

    PLAIN = "plain"
    MUTED = "muted"
    YOURS = "yours"


@dataclass(frozen=True, slots=True)
class CardFace:
    """What is printed on a card. `foot` is set into the lower edge of the stub."""

    title: str
    detail: str = ""
    stub: str = ""
    stub_note: str = ""
    foot: str = ""
    tone: Tone = Tone.PLAIN


_EDGE = {Tone.PLAIN: "$line", Tone.MUTED: "$line", Tone.YOURS: "$fine"}
_TITLE = {Tone.PLAIN: "bold $ink", Tone.MUTED: "$lifted-quiet", Tone.YOURS: "bold $ink"}
_STUB = {Tone.PLAIN: "bold $ink", Tone.MUTED: "$lifted-quiet", Tone.YOURS: "bold $fine"}


def card_lines(face: CardFace, columns: int, rows: int) -> list[Content]:
    """The card drawn `columns` wide and `rows` high (at least four)."""
    stub = STUB_COLUMNS if columns >= 60 else _NARROW_STUB_COLUMNS
    body = columns - stub - 3
    edge = _EDGE[face.tone]

    def line(left: str, left_style: str, right: str, right_style: str) -> Content:
        return Content.assemble(
            ("│", edge),
            (f" {fit(left, body - 2)} ", left_style),
            ("┊", edge),
            (f" {fit(right, stub - 2, right=True)} ", right_style),
            ("│", edge),
        )

    inner = [
        line(face.title, _TITLE[face.tone], face.stub, _STUB[face.tone]),
        line(face.detail, "$lifted-quiet", face.stub_note, "$lifted-quiet"),
    ]
    blank = line("", "", "", "")
    above = max(0, rows - 4) // 2
    below = max(0, rows - 4) - above
    top = Content.styled(f"╭{'─' * body}┊{'─' * stub}╮", edge)
    return [top, *[blank] * above, *inner, *[blank] * below, _bottom(face, body, stub)]


def _bottom(face: CardFace, body: int, stub: int) -> Content:
    edge = _EDGE[face.tone]
    foot = f" {cut(face.foot, stub - 4)} " if face.foot else ""
    dashes = "─" * (stub - 1 - len(Content(foot).plain) - _extra_cells(foot))
    return Content.assemble(
        (f"╰{'─' * body}┊{dashes}", edge), (foot, "$lifted-quiet"), ("─╯", edge)
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
    """A card to choose."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "choose", show=False)]
    DEFAULT_CSS = """
    ChoiceCard {
        &:hover { background: $surface; }
        &:focus { background: $raised; }
    }
    """

    class Chosen(Message):
        """This card it is."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, key: str, face: CardFace) -> None:
        super().__init__(face)
        self.key = key

    def action_choose(self) -> None:
        self.post_message(self.Chosen(self.key))

    def on_click(self, click: events.Click) -> None:
        click.stop()
        self.focus()
        self.action_choose()
