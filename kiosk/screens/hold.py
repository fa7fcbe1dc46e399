"""The steps after which places are held: they say who the tickets are for."""

from collections.abc import Sequence
from typing import ClassVar, TypeAlias

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.errors import BasketFault, HoldExpired, SoldOut
from kiosk.domain.orders import Order
from kiosk.domain.people import Attendee
from kiosk.screens import helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.checkout import Checkout
from kiosk.screens.help import Help
from kiosk.screens.person import PersonFields
from kiosk.screens.step import A, Step

Held: TypeAlias = Order | SoldOut | BasketFault | HoldExpired
"""The held order, or why there is none."""


class HoldingStep(Step[Held | A]):
    """Asks for a person in `fields`, says more in `#promise`, and holds the places in the end."""

    STEP = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, desk: Desk, checkout: Checkout, fields: PersonFields) -> None:
        super().__init__(desk)
        self.checkout = checkout
        self.fields = fields

    def help(self) -> Help:
        return helps.naming(self.words, self.keys())

    def say(self, text: str) -> None:
        """Say something below the fields."""
        self.query_one("#promise", Static).update(Content(text))

    def promise(self) -> str:
        """What comes next."""
        event, wanted = self.desk.services.catalog.event, self.checkout.choice.basket
        into = self.words("Tokens go into the wallet of this name and e-mail.")
        has_packs = any(pack.key in wanted for pack in event.packs)
        return f"{into} {self._held_for()}" if has_packs else self._held_for()

    def _held_for(self) -> str:
        minutes = max(1, self.desk.services.catalog.event.hold_seconds // 60)
        return self.words.count(
            "Then we hold it for you for one minute while you pay.",
            "Then we hold it for you for {n} minutes while you pay.",
            minutes,
        )

    def hold(self) -> None:
        """Hold what was chosen for who was told; a second press finds it under way."""
        if not self.busy:
            self.busy = True
            self.say(self.words("One moment, we are holding your place …"))
            buyer = Attendee.of(self.checkout.name, self.checkout.email)
            self._hold(buyer, [Attendee.of(*one) for one in self.checkout.holders])

    @work(group="hold")
    async def _hold(self, buyer: Attendee, holders: Sequence[Attendee]) -> None:
        asked, choice = self.checkout.order_id, self.checkout.choice
        sales = self.desk.services.sales
        try:
            held: Held = await sales.place(asked, choice.basket, buyer, choice.codes, holders)
        except (SoldOut, BasketFault, HoldExpired) as refusal:
            held = refusal
        except AWAY:
            self.say(
                self.words(
                    "The books do not answer just now. Nothing was taken. Press Enter to try again."
                )
            )
            self.busy = False
            return
        self.finish(held)
