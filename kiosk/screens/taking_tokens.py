"""What is asked one after the other when a stall takes tokens: how many, whose, and their PIN."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.bills import InvalidAmount
from kiosk.domain.errors import WrongPin
from kiosk.domain.events import Stall
from kiosk.domain.pins import PinsLocked
from kiosk.domain.stalls import Price
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import CodeRefused, OpenWallet, PinNotSet, PresentedWallet
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.dialog import Dialog
from kiosk.screens.door_dialog import DoorDialog
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.widgets.pick_list import PickRow
from kiosk.widgets.plain import content, one_line
from kiosk.widgets.scan_input import ScanInput

_LIKELY = (1, 2, 3)
"""How many are taken most often."""
_DIGITS_MAX = 9
"""Whatever is longer is no number of tokens but a code."""


def price_words(desk: Desk, price: Price) -> str:
    """`5 × Drink · Bar`."""
    return f"{tokens_words(desk, price.amount, price.token)} · {one_line(price.stall.name)}"


def tokens_words(desk: Desk, amount: int, token: Token) -> str:
    """`5 × Drink`."""
    return f"{desk.words.number(amount)} × {one_line(token.name)}"


def no_pin(desk: Desk) -> str:
    """What helps the owner of a wallet that has no PIN yet."""
    return desk.words("It has no PIN yet: its owner chooses one in “My wallet”.")


class StallDialog(DoorDialog[Stall]):
    """Answers at which stall tokens are taken."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, desk.words("At which stall?"))
        self._stalls = desk.services.catalog.event.stalls

    def on_mount(self) -> None:
        self.offer([PickRow(one_line(stall.name)) for stall in self._stalls])

    def picked(self, index: int) -> None:
        self.dismiss(self._stalls[index])

    def scanned(self, code: str) -> None:
        self.say(self.words("Choose the stall first."))


class PriceDialog(DoorDialog[Price]):
    """Answers how many tokens of which kind: one of the likely numbers, or any other typed in."""

    def __init__(self, desk: Desk, stall: Stall) -> None:
        super().__init__(desk, desk.words("Take tokens at {stall}", stall=one_line(stall.name)))
        self._stall = stall
        tokens = desk.services.catalog.event.tokens
        likely = _LIKELY if len(tokens) == 1 else _LIKELY[:1]
        self._choices = [(token, amount) for token in tokens for amount in likely]

    def on_mount(self) -> None:
        self.show_field(self.words("or type how many"))
        self.offer(
            [PickRow(tokens_words(self.desk, amount, token)) for token, amount in self._choices]
        )

    def picked(self, index: int) -> None:
        token, amount = self._choices[index]
        self._answer(token, amount)

    def entered(self, typed: str) -> bool:
        token, _ = self._choices[self.list.mark or 0]
        if len(typed) > _DIGITS_MAX:
            self.scanned(typed)
        elif typed.isascii() and typed.isdecimal():
            self._answer(token, int(typed))
        else:
            self.say(self.words("Only digits, please."))
        return True

    def scanned(self, code: str) -> None:
        self.say(self.words("How many first, then the code."))

    def _answer(self, token: Token, amount: int) -> None:
        try:
            price = self.desk.services.token_desk.price(self._stall, token, amount)
        except InvalidAmount as wrong:
            most = self.words.number(wrong.most)
            self.say(self.words("Please type a number from 1 to {most}.", most=most))
        else:
            self.dismiss(price)


class PayerDialog(Dialog[PresentedWallet | None]):
    """Answers whose wallet pays, by the code they show."""

    AUTO_FOCUS = "ScanInput"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, desk: Desk, title: str, ask: str, *, takes_pin: bool) -> None:
        super().__init__(desk, title)
        self._ask = ask
        self._takes_pin = takes_pin

    def body(self) -> ComposeResult:
        yield Static(Content(self._ask), id="ask")
        yield ScanInput(self.desk.services.clock, placeholder="XXXX-XXXX-XXXX")

    @on(ScanInput.Scanned)
    def given(self, scanned: ScanInput.Scanned) -> None:
        if not self.busy:
            self.busy = True
            self._present(scanned.code)

    @work(group="present")
    async def _present(self, code: str) -> None:
        presented = await WalletRefusals(self.desk).presented(code)
        if isinstance(presented, str):
            self.say(presented)
        elif self._takes_pin and not presented.has_pin:
            self.say(no_pin(self.desk))
        else:
            self.dismiss(presented)
        self.busy = False


class OwnerPinDialog(Dialog[OpenWallet | None]):
    """Answers the wallet, opened by its owner's PIN, which is never shown."""

    AUTO_FOCUS = "ScanInput"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, desk: Desk, title: str, presented: PresentedWallet) -> None:
        super().__init__(desk, title)
        self._presented = presented

    def body(self) -> ComposeResult:
        owner = self._presented.owner
        asked = self.words("{name} types the PIN of the wallet.", name=owner.name)
        yield Static(content(asked), id="ask")
        field = ScanInput(self.desk.services.clock, same_code_seconds=0)
        field.password = True
        yield field

    @on(ScanInput.Scanned)
    def given(self, scanned: ScanInput.Scanned) -> None:
        if self.busy:
            return
        if scanned.code.isascii() and scanned.code.isdecimal():
            self.busy = True
            self._unlock(scanned.code)
        else:
            self.say(self.words("Only digits, please."))

    @work(group="unlock")
    async def _unlock(self, pin: str) -> None:
        said = WalletRefusals(self.desk)
        try:
            self.dismiss(await self.desk.services.wallet_access.unlock(self._presented, pin))
        except WrongPin as wrong:
            self.say(said.wrong_pin(wrong))
        except PinsLocked:
            self.say(self.words("Too many wrong PINs: a supervisor takes it off, in “My wallet”."))
        except CodeRefused as refused:
            self.say(said.code(refused.fault))
        except PinNotSet:
            self.say(no_pin(self.desk))
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        self.busy = False
