"""Who are you: name and e-mail, then the place is held."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.basket import tickets_of
from kiosk.screens.base import Desk
from kiosk.screens.baskets import basket_face
from kiosk.screens.checkout import Checkout
from kiosk.screens.hold import HoldingStep
from kiosk.screens.person import PersonFields
from kiosk.widgets.field import Field
from kiosk.widgets.frame import Key
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import TicketCard


class Naming(Enum):
    """What is to be asked before anything is held."""

    EACH = "each"
    """Whom each ticket is for."""


class YouScreen(HoldingStep[Naming | None]):
    """Answers how the hold went, that each ticket is to be named, or None for one step back."""

    CSS_PATH = "you.tcss"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "other_way", show=False)]

    def __init__(self, desk: Desk, checkout: Checkout) -> None:
        words = desk.words
        fields = PersonFields(words, words("Your name"), words("Your e-mail"))
        super().__init__(desk, checkout, fields)

    def body(self) -> ComposeResult:
        words, event = self.words, self.desk.services.catalog.event
        with Vertical(classes="column"):
            yield Static(Content(words("Who is it for?")), classes="question")
            yield TicketCard(basket_face(words, event, self.checkout.choice.basket))
            yield self.fields
            yield Static(Content(self.promise()), id="promise")
            with Horizontal(id="ways"):
                yield Target(self._go_on_words(), classes="-main")
                if self._are_several:
                    yield Target(f"F3  {self._other_words()}", classes="other")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("Tab", words("Next field"), "app.focus_next"),
            Key("Enter", self._go_on_words(), "submit"),
            *((Key("F3", self._other_words(), "other_way"),) if self._are_several else ()),
            Key("Esc", words("Back"), "back"),
        )

    @property
    def _are_several(self) -> bool:
        event = self.desk.services.catalog.event
        return len(tickets_of(event, self.checkout.choice.basket)) > 1

    def _go_on_words(self) -> str:
        if not self._are_several:
            return self.words("Continue")
        return self._each_words() if self.checkout.names_each else self._all_words()

    def _other_words(self) -> str:
        return self._all_words() if self.checkout.names_each else self._each_words()

    def _all_words(self) -> str:
        return self.words("All for me")

    def _each_words(self) -> str:
        return self.words("Name each")

    def on_mount(self) -> None:
        self.fields.show(self.checkout.name, self.checkout.email)

    @on(Field.Submitted)
    def field_submitted(self, submitted: Field.Submitted) -> None:
        if not self.fields.asks_on(submitted.field):
            self.action_submit()

    @on(Target.Pressed, ".-main")
    def action_submit(self) -> None:
        self._go_on(each=self._are_several and self.checkout.names_each)

    @on(Target.Pressed, ".other")
    def action_other_way(self) -> None:
        if self._are_several:
            self._go_on(each=not self.checkout.names_each)

    def _go_on(self, *, each: bool) -> None:
        if self.busy or not self.fields.is_right():
            return
        name, email = self.fields.person
        if each:
            self.checkout.introduce(name, email)
            self.finish(Naming.EACH)
        else:
            self.checkout.tell(name, email)
            self.hold()

    def action_back(self) -> None:
        self.checkout.introduce(*self.fields.person)
        self.finish(None)
