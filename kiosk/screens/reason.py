"""Ask why: one of the usual reasons, or one in words of their own. It stays on record."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.claims import InvalidNote, checked_note
from kiosk.domain.errors import InvalidReason
from kiosk.domain.people import NAME_MAX
from kiosk.domain.reasons import checked_reason
from kiosk.screens.base import Desk
from kiosk.screens.door_dialog import DoorDialog
from kiosk.widgets.pick_list import PickRow
from kiosk.widgets.plain import one_line, wrapped
from kiosk.words import Words

_COLUMNS = 54
"""So many are in a panel on the narrowest terminal."""


class Along(Static):
    """Says what else will be done, in at most two rows."""

    def __init__(self, said: str) -> None:
        super().__init__(Content("\n".join(wrapped(said, _COLUMNS, 2))), classes="along")


class ReasonDialog(DoorDialog[str]):
    """Answers the reason; says what else will be done, if there is anything."""

    def __init__(
        self, desk: Desk, title: str, who: str, reasons: Sequence[str], along: str = ""
    ) -> None:
        super().__init__(desk, title)
        self._who = who
        self._reasons = reasons
        self._along = along

    def body(self) -> ComposeResult:
        yield Static(Content(self._who), id="ask")
        if self._along:
            yield Along(self._along)
        yield from super().body()

    def on_mount(self) -> None:
        self.show_field(self.words("or type another reason"))
        self.offer([PickRow(reason) for reason in self._reasons])

    def picked(self, index: int) -> None:
        self.dismiss(self._reasons[index])

    def entered(self, typed: str) -> bool:
        try:
            reason = checked_reason(typed)
        except InvalidReason as invalid:
            words = self.words
            longest = words("A reason has at most {n} letters.", n=words.number(NAME_MAX))
            self.say(longest if invalid.reason == "too_long" else _not_text(words))
        else:
            self.dismiss(reason)
        return True


class SureDialog(DoorDialog[bool]):
    """Says what will happen, and answers True for going on."""

    def __init__(self, desk: Desk, title: str, told: str, go_on: str) -> None:
        super().__init__(desk, title)
        self._told = told
        self._go_on = go_on

    def body(self) -> ComposeResult:
        yield Static(Content(one_line(self._told)), id="ask")
        yield from super().body()

    def on_mount(self) -> None:
        self.offer([PickRow(self._go_on)])

    def picked(self, index: int) -> None:
        self.dismiss(True)


class NoteDialog(DoorDialog[str]):
    """Answers the note that all doors are to show; "" takes one off."""

    def __init__(self, desk: Desk, note: str) -> None:
        super().__init__(desk, desk.words("Note for all doors"))
        self._note = note

    def on_mount(self) -> None:
        words = self.words
        self.show_field(words("what every door should know"))
        gone = PickRow(words("Take the note off: {note}", note=one_line(self._note)))
        self.offer([gone] if self._note else [])

    def picked(self, index: int) -> None:
        self.dismiss("")

    def entered(self, typed: str) -> bool:
        try:
            note = checked_note(typed)
        except InvalidNote as invalid:
            words = self.words
            longest = words("A note has at most {n} letters.", n=words.number(NAME_MAX))
            self.say(longest if invalid.reason == "too_long" else _not_text(words))
        else:
            self.dismiss(note)
        return True


def _not_text(words: Words) -> str:
    return words("Some of these characters are not for reading: type it by hand.")
