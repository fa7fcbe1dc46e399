"""Stalls in memory, and orders paid with tokens, for screens."""

from dataclasses import replace

from kiosk.domain.events import Event, ProviderName, StaffMember
from kiosk.domain.orders import Order
from kiosk.domain.stalls import Price, Taken
from kiosk.domain.wallets import OpenWallet, PresentedWallet
from kiosk.services.token_desk import TokenDesk
from kiosk.services.token_payments import TokenTill
from tests.kiosk.fake_events import NOON
from tests.kiosk.fake_sales import Answers, FakeSales


class FakeTokenDesk(TokenDesk, Answers):
    """Takes whatever is asked for; newest first."""

    def __init__(self, event: Event) -> None:
        Answers.__init__(self)
        self._event = event
        self.known: list[Taken] = []
        self.asked: list[int] = []
        """The id of each price that was asked for."""
        self.reasons: list[str] = []

    async def take(
        self, price: Price, wallet: PresentedWallet | OpenWallet, staff: StaffMember
    ) -> Taken:
        self.asked.append(price.id)
        self.check()
        owner = wallet.owner if isinstance(wallet, PresentedWallet) else wallet.owner.masked
        taken = Taken(price.id, price.stall, price.token, price.amount, owner, NOON)
        self.known.insert(0, taken)
        return taken

    async def latest(self) -> list[Taken]:
        return list(self.known)

    async def give_back(self, taken: Taken, reason: str, supervisor: StaffMember) -> Taken:
        self.check()
        self.reasons.append(reason)
        back = replace(taken, is_back=True)
        self.known = [back if one.move_id == taken.move_id else one for one in self.known]
        return back


class FakeTokenTill(TokenTill, Answers):
    """Pays whatever is asked for, if the event takes tokens for orders."""

    def __init__(self, event: Event, sales: FakeSales) -> None:
        Answers.__init__(self)
        self._event = event
        self._sales = sales
        self.is_busy = False
        """Whether others spend from the wallet, so that no tokens go."""

    def price(self, order: Order) -> int | None:
        token = self._event.accepted_token
        offered = ProviderName.TOKENS in self._event.providers
        if token is None or not offered or order.packs or not order.due:
            return None
        return token.worth(order.due)

    async def pay(self, order_id: int, wallet: OpenWallet, language: str) -> bool:
        self.check()
        if self.is_busy:
            return False
        self._sales.pay_by_phone(order_id)
        return True
