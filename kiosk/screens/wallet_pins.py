"""PINs that the owners of wallets choose."""

from textual import work

from kiosk.domain.errors import WrongPin
from kiosk.domain.pins import InvalidPin, PinsLocked, checked_pin
from kiosk.domain.wallets import (
    CodeRefused,
    OpenWallet,
    PinAlreadySet,
    PinNotSet,
    PresentedWallet,
)
from kiosk.screens import wallet_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.entry import EntryStep
from kiosk.screens.help import Help
from kiosk.screens.step import A
from kiosk.screens.wallet_refusals import WalletRefusals


class NewPinScreen(EntryStep[A]):
    """Asks for a new PIN twice: nobody sees what they type."""

    IS_SECRET = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._chosen = ""

    def question(self) -> str:
        if self._chosen:
            return self.words("The same PIN once more")
        return self.words("Choose a PIN")

    def told(self) -> str:
        if self._chosen:
            return self.words("So that you know what you typed.")
        return self.words(
            "4 to 8 digits. With them and your code your wallet opens, to nobody else."
        )

    def help(self) -> Help:
        return wallet_helps.choosing_a_pin(self.words, self.keys())

    def entered(self, digits: str) -> None:
        if not self._chosen:
            self._choose(digits)
        elif digits != self._chosen:
            self.begin_anew(self.words("These were two different ones. Please choose again."))
        else:
            self.busy = True
            self.say("")
            self._set()

    def begin_anew(self, why: str) -> None:
        """Ask for the first one again."""
        self._chosen = ""
        self.ask_anew()
        self.say(why)

    async def set_pin(self, pin: str) -> None:
        """Store it, and finish; raises what says why not."""
        raise NotImplementedError

    def _choose(self, digits: str) -> None:
        try:
            self._chosen = checked_pin(digits)
        except InvalidPin as invalid:
            self.say(WalletRefusals(self.desk).new_pin(invalid.fault))
        else:
            self.ask_anew()
            self.say("")

    @work(group="pin")
    async def _set(self) -> None:
        try:
            await self.set_pin(self._chosen)
        except AWAY:
            self.begin_anew(self.words("The books do not answer just now. Please try again."))
        except CodeRefused as refused:
            self.begin_anew(WalletRefusals(self.desk).code(refused.fault))
        self.busy = False


class FirstPinScreen(NewPinScreen[OpenWallet | None]):
    """Opens a wallet by the PIN its owner chooses; None leads back to the code."""

    def __init__(self, desk: Desk, presented: PresentedWallet) -> None:
        super().__init__(desk)
        self._presented = presented

    async def set_pin(self, pin: str) -> None:
        try:
            self.finish(await self.desk.services.wallet_access.choose_pin(self._presented, pin))
        except PinAlreadySet:
            # At another terminal, a moment ago: who scans again is asked for it.
            self.finish(None)

    def action_back(self) -> None:
        self.finish(None)


class ChangePinScreen(NewPinScreen[bool]):
    """Asks for the old PIN first, as somebody may just have left; True once it is changed."""

    def __init__(self, desk: Desk, opened: OpenWallet) -> None:
        super().__init__(desk)
        self._opened = opened
        self._old = ""

    def question(self) -> str:
        return super().question() if self._old else self.words("Your PIN until now")

    def told(self) -> str:
        if self._old:
            return super().told()
        return self.words("Then you choose a new one.")

    def entered(self, digits: str) -> None:
        if self._old:
            super().entered(digits)
        else:
            self._old = digits
            self.ask_anew()
            self.say("")

    async def set_pin(self, pin: str) -> None:
        try:
            await self.desk.services.wallet_access.change_pin(self._opened, self._old, pin)
        except WrongPin as wrong:
            self._old = ""
            self.begin_anew(WalletRefusals(self.desk).wrong_pin(wrong))
        except (PinsLocked, PinNotSet):
            # Whoever opens it next is told what helps.
            self.finish(False)
        else:
            self.finish(True)

    def action_back(self) -> None:
        self.finish(False)
