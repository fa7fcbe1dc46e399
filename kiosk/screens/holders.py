"""Whom each ticket is for, one ticket after the other."""

from collections.abc import Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.basket import tickets_of
from kiosk.screens.base import Desk
from kiosk.screens.checkout import Checkout
from kiosk.screens.hold import HoldingStep
from kiosk.screens.offers import slot_face
from kiosk.screens.person import PersonFields
from kiosk.widgets.field import Field
from kiosk.widgets.frame import Key
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import CardFace, TicketCard


class HoldersScreen(HoldingStep[None]):
    """Answers how the hold went, or None to go back to who buys; nobody typed is lost."""

    CSS_PATH = "you.tcss"
    AUTO_FOCUS = "Input"

    def __init__(self, desk: Desk, checkout: Checkout) -> None:
        words = desk.words
        super().__init__(desk, checkout, PersonFields(words, words("Name"), words("E-mail")))
        self._tickets = tickets_of(desk.services.catalog.event, checkout.choice.basket)
        self._people = checkout.suggested(len(self._tickets))
        self._at = 0

    def body(self) -> ComposeResult:
        with Vertical(classes="column"):
            yield Static(Content(self.words("Whom is each ticket for?")), classes="question")
            yield TicketCard(self._face())
            yield self.fields
            yield Static(Content(self.promise()), id="promise")
            yield Target(self.words("Continue"), classes="-main")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("Tab", words("Next field"), "app.focus_next"),
            Key("Enter", words("Continue"), "submit"),
            Key("Esc", words("Back"), "back"),
        )

    def _face(self) -> CardFace:
        face = slot_face(self.words, self._tickets[self._at])
        count = self.words("{n} of {all}", n=self._at + 1, all=len(self._tickets))
        return replace(face, stub_note=count)

    def on_mount(self) -> None:
        self.fields.show(*self._people[0])

    def _turn(self, by: int) -> None:
        self._at += by
        self.query_one(TicketCard).show(self._face())
        self.fields.show(*self._people[self._at])
        self.fields.ask()

    @on(Field.Submitted)
    def field_submitted(self, submitted: Field.Submitted) -> None:
        if not self.fields.asks_on(submitted.field):
            self.action_submit()

    @on(Target.Pressed)
    def action_submit(self) -> None:
        if self.busy or not self.fields.is_right():
            return
        self._people[self._at] = self.fields.person
        if self._at + 1 < len(self._tickets):
            self._turn(1)
        else:
            self.checkout.tell(self.checkout.name, self.checkout.email, self._people)
            self.hold()

    def action_back(self) -> None:
        self._people[self._at] = self.fields.person
        if self._at:
            self._turn(-1)
        else:
            self.checkout.suggest(self._people)
            self.finish(None)
