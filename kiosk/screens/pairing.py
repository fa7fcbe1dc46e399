"""This terminal may do nothing yet: a calm page that takes the code of an organiser."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Vertical
from textual.widgets import Input, Static

from kiosk.domain.terminals import PairingFault, PairingRefused
from kiosk.screens.base import AWAY, Desk, KioskScreen
from kiosk.widgets.frame import Key
from kiosk.widgets.headline import Headline
from kiosk.widgets.plain import content
from kiosk.words import LANGUAGES

if TYPE_CHECKING:
    from kiosk.services.terminals import Pairing

CODE_MAX = 32


class PairingScreen(KioskScreen[None]):
    """Closes when the terminal is paired; until then nothing else can be done at it."""

    CSS_PATH = "pairing.tcss"
    LETS_STAFF_IN = False
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "language", show=False),
        Binding("f8", "app.next_theme", show=False),
    ]

    def __init__(self, desk: Desk, pairing: "Pairing") -> None:
        super().__init__(desk)
        self._pairing = pairing

    def body(self) -> ComposeResult:
        words, name = self.words, self._pairing.name
        command = f"kiosk terminal invite {shlex.quote(name)}"
        lines = (
            words("This terminal is called {name}.", name=name),
            words("It does nothing until an organiser lets it in with a code:"),
            words("under Staff, Terminals; or by {command}", command=command),
        )
        with Vertical(id="pairing"):
            yield Headline(words("Not let in yet"))
            for line in lines:
                yield Static(content(line), classes="paragraph")
            with Center():
                yield Input(placeholder=words("type the code here"), max_length=CODE_MAX)
            yield Static("", id="problem")

    def keys(self) -> Sequence[Key]:
        return (
            Key("Enter", self.words("Use the code"), "submit"),
            Key("F2", self.words("Language"), "language"),
            Key("F8", self.words("Light or dark"), "app.next_theme"),
        )

    async def action_language(self) -> None:
        here = LANGUAGES.index(self.words.language)
        self.desk = self.desk.speaking(LANGUAGES[(here + 1) % len(LANGUAGES)])
        self.words = self.desk.words
        await self.recompose()
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def action_submit(self) -> None:
        typed = self.query_one(Input).value
        if typed.strip() and not self.busy:
            self.busy = True
            self._pair(typed)

    @work(group="pairing")
    async def _pair(self, typed: str) -> None:
        try:
            await self._pairing.pair(typed)
        except PairingRefused as refused:
            self._refuse(self._refusal(refused))
        except AWAY:
            self._refuse(self.words("The books do not answer just now. Please try again."))
        else:
            self.dismiss(None)

    def _refuse(self, why: str) -> None:
        self.busy = False
        self.query_one("#problem", Static).update(content(why))
        self.query_one(Input).select_all()

    def _refusal(self, refused: PairingRefused) -> str:
        match refused.fault:
            case PairingFault.TYPO:
                return self.words("This code was mistyped. Please look at it again.")
            case PairingFault.WRONG:
                return self.words.count(
                    "This is not the code for this terminal. One try is left.",
                    "This is not the code for this terminal. {n} tries are left.",
                    refused.tries_left,
                )
            case PairingFault.VOID:
                return self.words("There is no open code for this terminal. Ask for a new one.")
