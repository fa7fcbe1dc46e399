"""What an owner does with an open wallet: which step follows which."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from kiosk.domain.gifts import Gift
from kiosk.domain.token_moves import Move
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import CodeRefused, CodesUsedUp, NoWallet, OpenWallet, Recipient
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.notice import Notice, NoticeScreen
from kiosk.screens.wallet_codes import CodePageScreen, gift_page, own_code, receipt_page
from kiosk.screens.wallet_gifts import ClaimGiftScreen, GiftsScreen, GiftWords
from kiosk.screens.wallet_notices import WalletNotices
from kiosk.screens.wallet_opening import Ask
from kiosk.screens.wallet_pins import ChangePinScreen
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.screens.wallet_sending import AmountScreen, RecipientScreen, WhichScreen
from kiosk.screens.wallet_sure import SureScreen, Unsent, giving, sending

T = TypeVar("T")


class _Then(Enum):
    """What follows a step of sending."""

    AMOUNT = "amount"
    RECIPIENT = "recipient"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class WalletErrands:
    """The errands of one owner."""

    desk: Desk
    ask: Ask
    opened: OpenWallet

    async def send(self, token: Token) -> None:
        """To somebody with a wallet, or as a gift to somebody without."""
        while (amount := await self._amount(token)) is not None:
            if await self._hand_over(token, amount) is _Then.HOME:
                return

    async def show_code(self) -> None:
        """The wallet's own code."""
        code = await self._answered(lambda: self.desk.services.wallet_access.code(self.opened))
        if code is not None:
            await self.ask(CodePageScreen(self.desk, own_code(self.desk, self.opened, code)))

    async def replace_code(self) -> OpenWallet:
        """A new code for a lost one; the wallet as it is open from then on."""
        notices = WalletNotices(self.desk)
        if not await self._tell(notices.before_replacing()):
            return self.opened
        try:
            renewed = await self._answered(
                lambda: self.desk.services.wallet_access.reissue(self.opened)
            )
        except CodesUsedUp:
            await self._tell(notices.codes_used_up())
            return self.opened
        if renewed is None:
            return self.opened
        after = replace(self, opened=renewed)
        code = await after._answered(lambda: self.desk.services.wallet_access.code(renewed))
        if code is not None:
            page = own_code(self.desk, renewed, code, is_new=True)
            await self.ask(CodePageScreen(self.desk, page))
        return renewed

    async def change_pin(self) -> None:
        """Another PIN."""
        if await self.ask(ChangePinScreen(self.desk, self.opened)):
            await self._tell(WalletNotices(self.desk).pin_changed())

    async def claim(self) -> None:
        """A gift that somebody else gave."""
        if gift := await self.ask(ClaimGiftScreen(self.desk, self.opened)):
            await self._tell(GiftWords(self.desk).claimed(gift))

    async def gifts(self) -> None:
        """The own ones that wait."""
        while gift := await self.ask(GiftsScreen(self.desk, self.opened)):
            await self.ask(CodePageScreen(self.desk, gift_page(self.desk, gift)))

    async def _amount(self, token: Token) -> int | None:
        statements, wallet_id = self.desk.services.statements, self.opened.wallet_id
        allowance = await self._answered(lambda: statements.allowance(wallet_id, token))
        if allowance is None:
            return None
        if not allowance.most:
            await self._tell(WalletNotices(self.desk).nothing_to_send(allowance))
            return None
        return await self.ask(AmountScreen(self.desk, token, allowance))

    async def _recipient(self) -> Recipient | NoWallet | None:
        while found := await self.ask(RecipientScreen(self.desk, self.opened)):
            if isinstance(found, NoWallet):
                return found
            if len(found) == 1:
                return found[0]
            if one := await self.ask(WhichScreen(self.desk, found)):
                return one
        return None

    async def _hand_over(self, token: Token, amount: int) -> _Then:
        then = _Then.RECIPIENT
        while then is _Then.RECIPIENT:
            match await self._recipient():
                case Recipient() as recipient:
                    then = await self._send_to(recipient, token, amount)
                case NoWallet() as nobody:
                    then = await self._give(nobody.email, token, amount)
                case None:
                    then = _Then.AMOUNT
        return then

    async def _send_to(self, recipient: Recipient, token: Token, amount: int) -> _Then:
        deed = sending(self.desk, self.opened, recipient, token, amount)
        match await self.ask(SureScreen(self.desk, deed)):
            case None:
                return _Then.RECIPIENT
            case Move() as move:
                await self._show_receipt(move)
                return _Then.HOME
            case refusal:
                return await self._refused(refusal)

    async def _give(self, email: str, token: Token, amount: int) -> _Then:
        if not await self._tell(GiftWords(self.desk).nobody(email)):
            return _Then.RECIPIENT
        deed = giving(self.desk, self.opened, email, token, amount)
        match await self.ask(SureScreen(self.desk, deed)):
            case None:
                return _Then.RECIPIENT
            case Gift() as gift:
                await self.ask(CodePageScreen(self.desk, gift_page(self.desk, gift)))
                return _Then.HOME
            case refusal:
                return await self._refused(refusal)

    async def _refused(self, refusal: Unsent) -> _Then:
        again = await self._tell(WalletRefusals(self.desk).not_sent(refusal))
        return _Then.AMOUNT if again else _Then.HOME

    async def _show_receipt(self, move: Move) -> None:
        receipts = self.desk.services.token_receipts
        receipt = await self._answered(lambda: receipts.of(move.id))
        if receipt is not None:
            await self.ask(CodePageScreen(self.desk, receipt_page(self.desk, receipt)))

    async def _answered(self, call: Callable[[], Awaitable[T]]) -> T | None:
        """What a service answers; None if it does not and nobody waits for it."""
        while True:
            try:
                return await call()
            except AWAY:
                if not await self._tell(WalletNotices(self.desk).no_answer()):
                    return None
            except CodeRefused:
                await self._tell(WalletNotices(self.desk).replaced())
                return None

    async def _tell(self, notice: Notice) -> bool:
        return await self.ask(NoticeScreen(self.desk, notice))
