"""Gifts: claimed by a code, and the own ones that wait."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.gifts import ClaimedGift, Gift, GiftRefused, WrongGiftCode
from kiosk.domain.wallets import LimitExceeded, OpenWallet
from kiosk.screens import wallet_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.help import Help
from kiosk.screens.notice import Notice
from kiosk.screens.picking import PickStep
from kiosk.screens.scanning import Asking, ScanStep
from kiosk.screens.too_soon import too_soon
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.screens.wallet_words import WalletWords
from kiosk.widgets.frame import Key
from kiosk.widgets.pick_list import PickRow
from kiosk.widgets.scan_input import ScanInput

log = logging.getLogger(__name__)


class ClaimGiftScreen(ScanStep[ClaimedGift | None]):
    """Asks for the code of a gift; None leads back."""

    def __init__(self, desk: Desk, opened: OpenWallet) -> None:
        words = desk.words
        asking = Asking(
            words("A gift for you"),
            words("Hold the code of the gift under the scanner."),
            words("Or type the code as it was given to you:"),
            words("Claim it"),
            "XXXX-XXXX-XXXX",
        )
        super().__init__(desk, asking)
        self._opened = opened

    def help(self) -> Help:
        return wallet_helps.gifts(self.words, self.keys())

    def given(self, scanned: ScanInput.Scanned) -> None:
        self._claim(scanned.code)

    @work(group="claim")
    async def _claim(self, code: str) -> None:
        words, said = self.words, WalletRefusals(self.desk)
        try:
            self.finish(await self.desk.services.gifts.claim(code, self._opened.wallet_id))
        except GiftRefused as refused:
            self.say(said.gift(refused.fault))
        except WrongGiftCode as wrong:
            self.say(too_soon(words, wrong.retry_seconds))
        except LimitExceeded as exceeded:
            self.say(said.limit(exceeded))
        except LedgerContradicts as fault:
            log.error("a gift cannot be booked: %s", fault.what, exc_info=fault)
            self.say(words("It could not be booked: an organiser has to look into it."))
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
        self.busy = False

    def action_back(self) -> None:
        self.finish(None)


class GiftsScreen(PickStep[Gift | None]):
    """Gifts that nobody has claimed yet: Enter shows the code again, F2 takes one back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "take_back", show=False)]

    def __init__(self, desk: Desk, opened: OpenWallet) -> None:
        super().__init__(desk)
        self._opened = opened
        self._gifts: Sequence[Gift] = ()

    def question(self) -> str:
        return self.words("Gifts that wait")

    def rows(self) -> Sequence[PickRow]:
        said = WalletWords(self.desk)
        return [
            PickRow(f"{said.amount(gift.amount, gift.token)}  {gift.email}", self._until(gift))
            for gift in self._gifts
        ]

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "mark(1)"),
            Key("Enter", words("Show the code"), "pick"),
            Key("F2", words("Take it back"), "take_back"),
            Key("Esc", words("Back"), "back"),
        )

    def help(self) -> Help:
        return wallet_helps.gifts(self.words, self.keys())

    def on_mount(self) -> None:
        self._read()

    @work(group="read", exclusive=True)
    async def _read(self) -> None:
        await self._look()
        if not self._gifts:
            self.say(self.words("None waits."))

    async def _look(self) -> None:
        try:
            self._gifts = await self.desk.services.gifts.waiting(self._opened.wallet_id)
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        else:
            self.offer()

    def picked(self, index: int) -> None:
        self.finish(self._gifts[index])

    def action_take_back(self) -> None:
        if self.list.mark is not None and not self.busy:
            self.busy = True
            self._take_back(self._gifts[self.list.mark])

    @work(group="take back")
    async def _take_back(self, gift: Gift) -> None:
        words, gifts = self.words, self.desk.services.gifts
        try:
            amount = await gifts.take_back(gift.id, self._opened.wallet_id)
        except GiftRefused as refused:
            await self._look()
            self.say(WalletRefusals(self.desk).gift(refused.fault))
        except LedgerContradicts as fault:
            log.error("a gift cannot be booked: %s", fault.what, exc_info=fault)
            self.say(words("It could not be booked: an organiser has to look into it."))
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
        else:
            await self._look()
            back = WalletWords(self.desk).amount(amount, gift.token)
            self.say(words("✔ Yours again: {amount}", amount=back), fine=True)
        self.busy = False

    def _until(self, gift: Gift) -> str:
        words = self.words
        return words("waits until {when}", when=words.moment(gift.returns_at))

    def action_back(self) -> None:
        self.finish(None)


@dataclass(frozen=True, slots=True)
class GiftWords:
    """What is said around gifts."""

    desk: Desk

    def claimed(self, gift: ClaimedGift) -> Notice:
        """It is in the wallet now."""
        words = self.desk.words
        amount = WalletWords(self.desk).amount(gift.amount, gift.token)
        came = words("{amount} from {name}", amount=amount, name=gift.giver.name)
        note = (f"“{gift.note}”",) if gift.note else ()
        return Notice(words("It is yours"), (came, *note), words("My wallet"))

    def nobody(self, email: str) -> Notice:
        """Who has no wallet can be given a gift."""
        words = self.desk.words
        return Notice(
            words("No wallet there yet"),
            (
                words("Nobody with the address {email} has a wallet here.", email=email),
                words("You can make it a gift: you get a code to pass on, and they claim it."),
            ),
            words("Make it a gift"),
            words("Somebody else"),
        )
