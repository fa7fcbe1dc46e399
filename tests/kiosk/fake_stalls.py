"""Stalls in memory, for screens."""

from dataclasses import replace

from kiosk.domain.events import Event, StaffMember
from kiosk.domain.stalls import Price, Taken
from kiosk.domain.wallets import OpenWallet, PresentedWallet
from kiosk.services.token_desk import TokenDesk
from tests.kiosk.fake_events import NOON
from tests.kiosk.fake_sales import Answers


class FakeTokenDesk(TokenDesk, Answers):
    """Takes whatever is asked for; newest first."""

    def __init__(self, event: Event) -> None:
        Answers.__init__(self)
        self._event = event
        self.known: list[Taken] = []
        self.reasons: list[str] = []

    async def take(
        self, price: Price, wallet: PresentedWallet | OpenWallet, staff: StaffMember
    ) -> Taken:
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
