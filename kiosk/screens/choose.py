"""Choose a ticket. What is left is asked again all the time; others are buying too."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.events import EventSlot
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.offers import can_be_bought, offer_face
from kiosk.screens.step import Step
from kiosk.services.catalog import Offer
from kiosk.widgets.frame import Key
from kiosk.widgets.ticket_card import ChoiceCard

REFRESH_SECONDS = 2


class ChooseScreen(Step[EventSlot | None]):
    """Answers the chosen slot, or None to go home."""

    CSS_PATH = "choose.tcss"
    STEP = 0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, desk: Desk, chosen: str | None = None) -> None:
        super().__init__(desk)
        self._chosen = chosen
        self._offers: dict[str, Offer] = {}

    def body(self) -> ComposeResult:
        with Vertical(classes="column"):
            yield Static(Content(self.words("What would you like?")), classes="question")
            yield VerticalScroll(id="offers", can_focus=False)
            yield Static("", id="note")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "app.focus_next"),
            Key("Enter", words("Continue"), "take"),
            Key("Esc", words("Start over"), "back"),
        )

    def on_mount(self) -> None:
        self.look()
        self.set_interval(REFRESH_SECONDS, self.look)

    @work(group="offers", exclusive=True)
    async def look(self) -> None:
        """Ask what is left, and show it."""
        try:
            offers = await self.desk.services.catalog.offers()
        except AWAY:
            self._say(
                self.words(
                    "The books do not answer just now. We keep asking; please wait a moment."
                )
            )
            return
        if not self._offers:
            self._say("")
        await self._show(offers)

    async def _show(self, offers: list[Offer]) -> None:
        hold_seconds = self.desk.services.catalog.event.hold_seconds
        faces = {offer.slot.key: offer_face(self.words, offer, hold_seconds) for offer in offers}
        self._offers = {offer.slot.key: offer for offer in offers}
        cards = {card.key: card for card in self.query(ChoiceCard)}
        if list(cards) == list(faces):
            for key, card in cards.items():
                card.show(faces[key])
            return
        scroll = self.query_one("#offers", VerticalScroll)
        await scroll.remove_children()
        await scroll.mount_all([ChoiceCard(key, face) for key, face in faces.items()])
        self._focus_first()
        if not faces:
            self._say(self.words("Nothing is on sale here at the moment."))

    def _focus_first(self) -> None:
        cards = list(self.query(ChoiceCard))
        wanted = [card for card in cards if card.key == self._chosen]
        wanted += [card for card in cards if can_be_bought(self._offers[card.key])]
        for card in (wanted or cards)[:1]:
            card.focus()

    def _say(self, text: str) -> None:
        self.query_one("#note", Static).update(Content(text))

    def action_take(self) -> None:
        if isinstance(self.focused, ChoiceCard):
            self.focused.action_choose()

    @on(ChoiceCard.Chosen)
    def choose(self, chosen: ChoiceCard.Chosen) -> None:
        offer = self._offers[chosen.key]
        if can_be_bought(offer):
            self.finish(offer.slot)
        else:
            face = offer_face(self.words, offer, self.desk.services.catalog.event.hold_seconds)
            self._say(f"{offer.slot.title}: {face.stub}. {face.stub_note}")
            self.look()

    def action_back(self) -> None:
        self.finish(None)
