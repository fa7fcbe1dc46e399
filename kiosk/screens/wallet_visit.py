"""One person's way with their wallet; afterwards nothing of it is left here."""

from kiosk.domain.wallets import OpenWallet
from kiosk.screens.visit import Visit
from kiosk.screens.wallet import WalletScreen, Wish
from kiosk.screens.wallet_all import AllOfItScreen
from kiosk.screens.wallet_errands import WalletErrands
from kiosk.screens.wallet_more import MoreScreen, MoreWish
from kiosk.screens.wallet_opening import open_wallet


class WalletVisit(Visit):
    """Open it, look, send, claim, and close it."""

    async def go(self) -> None:
        if opened := await open_wallet(self._desk, self._ask):
            await self._use(opened)

    async def _use(self, opened: OpenWallet) -> None:
        token = self._desk.services.catalog.event.tokens[0]
        while True:
            wanted = await self._ask(WalletScreen(self._desk, opened, token))
            token = wanted.token
            errands = WalletErrands(self._desk, self._ask, opened)
            match wanted.wish:
                case Wish.SEND:
                    await errands.send(token)
                case Wish.CODE:
                    await errands.show_code()
                case Wish.ALL_OF_IT:
                    await self._ask(AllOfItScreen(self._desk, opened, token))
                case Wish.MORE:
                    opened = await self._more(errands)
                case Wish.LEAVE:
                    return

    async def _more(self, errands: WalletErrands) -> OpenWallet:
        """The wallet as it is open afterwards."""
        match await self._ask(MoreScreen(self._desk)):
            case MoreWish.CLAIM:
                await errands.claim()
            case MoreWish.GIFTS:
                await errands.gifts()
            case MoreWish.PIN:
                await errands.change_pin()
            case MoreWish.LOST:
                return await errands.replace_code()
        return errands.opened
