"""Why something is not done with a wallet, and what to do next: never blamed, never left alone."""

from dataclasses import dataclass

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.errors import KioskError, WrongPin
from kiosk.domain.gifts import GiftFault
from kiosk.domain.pins import PIN_DIGITS_MAX, PIN_DIGITS_MIN, PinFault
from kiosk.domain.wallets import (
    CodeFault,
    CodeRefused,
    LimitExceeded,
    PresentedWallet,
    WalletBusy,
    WalletLimit,
)
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.notice import Notice
from kiosk.screens.too_soon import too_soon

NOT_SENT = (InsufficientTokens, LimitExceeded, WalletBusy)
"""What nothing is moved for."""


@dataclass(frozen=True, slots=True)
class WalletRefusals:
    """Says to its owner why not."""

    desk: Desk

    async def presented(self, code: str) -> PresentedWallet | str:
        """Whose wallet a code names, or why nothing comes of it."""
        try:
            return await self.desk.services.wallet_access.present(code)
        except CodeRefused as refused:
            return self.code(refused.fault)
        except AWAY:
            return self.desk.words("The books do not answer just now. Please try again.")

    def code(self, fault: CodeFault) -> str:
        """Why a code names no wallet."""
        words = self.desk.words
        match fault:
            case CodeFault.TYPO:
                return words("A letter or digit is not right. Please type the number once more.")
            case CodeFault.NOT_OURS:
                return words("This is not one of our codes. Look for the one on a ticket of ours.")
            case CodeFault.UNKNOWN:
                return words("We do not know this code. The people at the desk can help.")
            case CodeFault.REPLACED:
                return words("This code was replaced by a newer one. A ticket works as well.")
            case CodeFault.TICKET:
                return words(
                    "This ticket was not paid, or does not count any more. The people at the desk"
                    " can help."
                )

    def new_pin(self, fault: PinFault) -> str:
        """Why nobody may choose such a PIN."""
        words = self.desk.words
        match fault:
            case PinFault.DIGITS:
                return words("Only digits, please.")
            case PinFault.SHORT:
                return words("A PIN has at least {n} digits.", n=PIN_DIGITS_MIN)
            case PinFault.LONG:
                return words("A PIN has at most {n} digits.", n=PIN_DIGITS_MAX)
            case PinFault.EASY:
                return words("Others would guess that first. Please choose another one.")

    def wrong_pin(self, wrong: WrongPin) -> str:
        """It is not theirs, and when the next try counts."""
        words, seconds = self.desk.words, wrong.retry_seconds
        if wrong.is_early:
            return too_soon(words, seconds)
        if seconds <= 0:
            return words("That is not the PIN of this wallet. Please try again.")
        return words.count(
            "That is not the PIN of this wallet. The next try counts in one second.",
            "That is not the PIN of this wallet. The next try counts in {n} seconds.",
            seconds,
        )

    def gift(self, fault: GiftFault) -> str:
        """Why a code gives nothing."""
        words = self.desk.words
        match fault:
            case GiftFault.TYPO:
                return words("A letter or digit is not right. Please type the code once more.")
            case GiftFault.UNKNOWN:
                return words("We do not know this code. Is it typed as it was given?")
            case GiftFault.OWN:
                return words("This is a gift of yours. Under “Gifts I gave” you can take it back.")
            case GiftFault.CLAIMED:
                return words("This gift was claimed already.")
            case GiftFault.RETURNED:
                return words("Nobody claimed this gift in time: it went back to its giver.")
            case GiftFault.EXPIRED:
                return words("What was given has expired: there is nothing left of it.")

    def limit(self, exceeded: LimitExceeded) -> str:
        """Which limit it would have been more than."""
        words = self.desk.words
        most, left = words.number(exceeded.most), words.number(exceeded.left)
        match exceeded.limit:
            case WalletLimit.TRANSFER:
                return words("At most {most} go to others at once.", most=most)
            case WalletLimit.DAILY:
                return words(
                    "At most {most} go to others on one day: {left} more today.",
                    most=most,
                    left=left,
                )
            case WalletLimit.BALANCE:
                return words(
                    "Nobody may have more than {most}: there is room for {left}.",
                    most=most,
                    left=left,
                )

    def not_sent(self, refusal: KioskError) -> Notice:
        """Nothing moved: why, and that one may try again."""
        words = self.desk.words
        nothing = words("Nothing was moved: all is as it was.")
        again, leave = words("Another amount"), words("Back to my wallet")
        match refusal:
            case InsufficientTokens(available=available, expired=expired):
                headline = words("Not enough any more")
                text = words.count(
                    "One can be spent now.",
                    "{n} can be spent now.",
                    available,
                )
                if expired:
                    gone = words("Some expired in the meantime.")
                    text = f"{text} {gone}"
            case LimitExceeded():
                headline, text = words("Too many at once"), self.limit(refusal)
                if refusal.limit is WalletLimit.BALANCE:
                    headline = words("No room for so many")
            case _:
                headline = words("Somebody was faster")
                text = words("Something else is just being paid from this wallet.")
                again = words("Try again")
        return Notice(headline, (text, nothing), again, leave)
