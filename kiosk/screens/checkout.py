"""What one person has told us so far. It lives as long as the visit, and nowhere else."""

from collections.abc import Sequence
from typing import TypeAlias

from kiosk.screens.choice import Choice
from kiosk.services.sales import Sales

Person: TypeAlias = tuple[str, str]
"""Name and e-mail address, as they were typed."""


class Checkout:
    """One basket, one buyer with those the tickets are for, one order id.

    The id is made once and asked with again and again, so that nothing is bought twice. Only when
    what is asked for changes is there a new one, and the old one is given up.
    """

    def __init__(self, sales: Sales) -> None:
        self._sales = sales
        self.choice = Choice()
        self._asked = False
        self.name = ""
        self.email = ""
        self.holders: tuple[Person, ...] = ()
        """Whom each ticket is for; empty while all are for who buys."""
        self.names_each = False
        """Whether each ticket was named the last time."""
        self._typed: dict[int, Person] = {}
        self.order_id = sales.new_order_id()
        self.given_up: list[int] = []

    def choose(self, choice: Choice) -> None:
        """Take this basket."""
        if choice != self.choice:
            self._renew()
            self._typed.clear()
        self.choice = choice

    def introduce(self, name: str, email: str) -> None:
        """This is who buys; nothing is asked for yet."""
        if (name, email) != (self.name, self.email):
            self._renew()
        self.name, self.email = name, email

    def suggested(self, tickets: int) -> list[Person]:
        """Whom to begin with for each ticket: who was typed before, else who buys."""
        buyer = self.name, self.email
        return [self._typed.get(at, buyer) for at in range(tickets)]

    def suggest(self, people: Sequence[Person]) -> None:
        """Begin with these the next time."""
        # Who buys may change their own name still, and then it changes on these tickets.
        buyer = self.name, self.email
        self._typed = {at: one for at, one in enumerate(people) if one != buyer}

    def tell(self, name: str, email: str, holders: Sequence[Person] = ()) -> None:
        """This is who buys, and whom for; from now on the order may exist."""
        self.introduce(name, email)
        if tuple(holders) != self.holders:
            self._renew()
        self.holders = tuple(holders)
        self.names_each = bool(holders)
        if holders:
            self.suggest(holders)
        self._asked = True

    def start_again(self) -> None:
        """The last order has ended: the next one is another."""
        self._renew()

    def order_ids(self) -> list[int]:
        """Every order that may hold a place."""
        return [*self.given_up, self.order_id] if self._asked else list(self.given_up)

    def _renew(self) -> None:
        if self._asked:
            self.given_up.append(self.order_id)
            self.order_id = self._sales.new_order_id()
            self._asked = False
