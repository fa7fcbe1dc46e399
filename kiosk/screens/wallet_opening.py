"""Open a wallet: the own code, then the own PIN, chosen the first time."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar, Protocol

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.errors import WrongPin
from kiosk.domain.pins import PinsLocked
from kiosk.domain.rights import Right, least_role
from kiosk.domain.wallets import (
    CodeRefused,
    OpenWallet,
    PinNotSet,
    PresentedWallet,
)
from kiosk.screens import wallet_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.entry import EntryStep
from kiosk.screens.help import Help
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.scanning import Asking, ScanStep
from kiosk.screens.step import A, Step
from kiosk.screens.wallet_notices import WalletNotices
from kiosk.screens.wallet_pins import FirstPinScreen
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.widgets.frame import Key
from kiosk.widgets.scan_input import ScanInput


class Ask(Protocol):
    """Shows a step, and answers what it ends with."""

    async def __call__(self, step: Step[A]) -> A:
        """Ask, and wait."""


class PinTrouble(Enum):
    """Why an owner does not open their wallet by themselves."""

    FORGOTTEN = "forgotten"
    LOCKED = "locked"


async def open_wallet(desk: Desk, ask: Ask) -> OpenWallet | None:
    """Ask for a code and for its owner's PIN; None if somebody goes back from there."""
    while presented := await ask(WalletCodeScreen(desk)):
        if opened := await _unlocked(desk, ask, presented):
            return opened
    return None


async def _unlocked(desk: Desk, ask: Ask, presented: PresentedWallet) -> OpenWallet | None:
    if not presented.has_pin:
        return await ask(FirstPinScreen(desk, presented))
    trouble: OpenWallet | PinTrouble | None = PinTrouble.LOCKED
    if not presented.is_locked:
        trouble = await ask(WalletPinScreen(desk, presented))
    if not isinstance(trouble, PinTrouble):
        return trouble
    if await ask(PinResetScreen(desk, presented, trouble)):
        await ask(NoticeScreen(desk, WalletNotices(desk).pin_is_off()))
    return None


class WalletCodeScreen(ScanStep[PresentedWallet | None]):
    """Asks for the code of a ticket or a wallet; None leads back."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        asking = Asking(
            words("My wallet"),
            words("Hold the code of your ticket or of your wallet under the scanner."),
            words("Or type the number below the code of your ticket:"),
            words("Open"),
            "XXXX-XXXX-XXXX",
        )
        super().__init__(desk, asking)

    def help(self) -> Help:
        return wallet_helps.opening(self.words, self.keys())

    def given(self, scanned: ScanInput.Scanned) -> None:
        self._present(scanned.code)

    @work(group="present")
    async def _present(self, code: str) -> None:
        presented = await WalletRefusals(self.desk).presented(code)
        if isinstance(presented, str):
            self.say(presented)
        else:
            self.finish(presented)
        self.busy = False

    def action_back(self) -> None:
        self.finish(None)


class WalletPinScreen(EntryStep[OpenWallet | PinTrouble | None]):
    """Asks for the PIN of a wallet; None leads back to the code."""

    IS_SECRET = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "forgotten", show=False)]

    def __init__(self, desk: Desk, presented: PresentedWallet) -> None:
        super().__init__(desk)
        self._presented = presented

    def question(self) -> str:
        return self.words("Wallet of {name}", name=self._presented.owner.name)

    def told(self) -> str:
        return self.words("Please type your PIN.")

    def go_on_words(self) -> str:
        return self.words("Open")

    def keys(self) -> Sequence[Key]:
        enter, back = super().keys()
        return (enter, Key("F2", self.words("I forgot it"), "forgotten"), back)

    def help(self) -> Help:
        return wallet_helps.unlocking(self.words, self.keys())

    def entered(self, digits: str) -> None:
        self.busy = True
        self.say("")
        self._unlock(digits)

    @work(group="unlock")
    async def _unlock(self, pin: str) -> None:
        said = WalletRefusals(self.desk)
        try:
            self.finish(await self.desk.services.wallet_access.unlock(self._presented, pin))
        except WrongPin as wrong:
            self.say(said.wrong_pin(wrong))
        except PinsLocked:
            self.finish(PinTrouble.LOCKED)
        except CodeRefused as refused:
            self.say(said.code(refused.fault))
        except PinNotSet:
            # Staff took it away meanwhile: who scans again chooses a new one.
            self.finish(None)
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        self.busy = False

    def action_forgotten(self) -> None:
        if not self.busy:
            self.finish(PinTrouble.FORGOTTEN)

    def action_back(self) -> None:
        self.finish(None)


class PinResetScreen(NoticeScreen):
    """Only a supervisor helps; answers True once they took the PIN away."""

    def __init__(self, desk: Desk, presented: PresentedWallet, trouble: PinTrouble) -> None:
        notices = WalletNotices(desk)
        is_locked = trouble is PinTrouble.LOCKED
        super().__init__(desk, notices.pin_locked() if is_locked else notices.pin_forgotten())
        self._presented = presented

    def action_go_on(self) -> None:
        self._reset()

    @work(group="reset", exclusive=True)
    async def _reset(self) -> None:
        words, wallet_id = self.words, self._presented.wallet_id
        role = least_role(Right.RESET_WALLET)
        member = await self.app.push_screen_wait(
            PinDialog(self.desk, role, words("Take the PIN off this wallet"))
        )
        if member is None:
            return
        try:
            await self.desk.services.wallet_access.reset_pin(wallet_id, member)
        except AWAY:
            away = words("The books do not answer just now. Please try again.")
            self.query(".paragraph").last(Static).update(Content(away))
        else:
            self.finish(True)
