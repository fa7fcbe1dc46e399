"""What one person has told us so far. It lives as long as the visit, and nowhere else."""

from kiosk.screens.choice import Choice
from kiosk.services.sales import Sales


class Checkout:
    """One basket, one attendee, one order id.

    The id is made once and asked with again and again, so that nothing is bought twice. Only when
    what is asked for changes is there a new one, and the old one is given up.
    """

    def __init__(self, sales: Sales) -> None:
        self._sales = sales
        self.choice = Choice()
        self._asked = False
        self.name = ""
        self.email = ""
        self.order_id = sales.new_order_id()
        self.given_up: list[int] = []

    def choose(self, choice: Choice) -> None:
        """Take this basket."""
        if choice != self.choice:
            self._renew()
        self.choice = choice

    def tell(self, name: str, email: str) -> None:
        """This is who it is for; from now on the order may exist."""
        if (name, email) != (self.name, self.email):
            self._renew()
        self.name, self.email = name, email
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
