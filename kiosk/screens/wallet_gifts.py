"""Claim a gift by its code."""

from dataclasses import dataclass

from textual import work

from kiosk.domain.gifts import ClaimedGift, GiftRefused, WrongGiftCode
from kiosk.domain.wallets import LimitExceeded, OpenWallet
from kiosk.screens import wallet_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.help import Help
from kiosk.screens.notice import Notice
from kiosk.screens.scanning import Asking, ScanStep
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.screens.wallet_words import WalletWords
from kiosk.widgets.scan_input import ScanInput


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
            self.say(
                words.count(
                    "We do not know this code. The next try counts in one second.",
                    "We do not know this code. The next try counts in {n} seconds.",
                    wrong.retry_seconds,
                )
            )
        except LimitExceeded as exceeded:
            self.say(said.limit(exceeded))
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
        self.busy = False

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
