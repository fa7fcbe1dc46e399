"""What the pages between two steps of a wallet say."""

from dataclasses import dataclass

from kiosk.domain.statements import Allowance
from kiosk.domain.wallets import WalletLimit
from kiosk.screens.base import Desk
from kiosk.screens.notice import Notice


@dataclass(frozen=True, slots=True)
class WalletNotices:
    """Each tells what is true, and what happens next."""

    desk: Desk

    def no_answer(self) -> Notice:
        """The books are away: nothing is lost."""
        words = self.desk.words
        return Notice(
            words("One moment, please"),
            (
                words("The books do not answer just now."),
                words("Your tokens are safe. What was sent is sent, and once."),
            ),
            words("Try again"),
            words("My wallet"),
        )

    def replaced(self) -> Notice:
        """At another terminal, while this one was open."""
        words = self.desk.words
        return Notice(
            words("There is a newer code"),
            (
                words("The code of this wallet was just replaced somewhere else."),
                words("If that was not you, close the wallet and tell the people at the desk."),
            ),
            words("My wallet"),
        )

    def before_replacing(self) -> Notice:
        """What a new code means."""
        words = self.desk.words
        return Notice(
            words("A new code?"),
            (
                words("The code until now opens nothing any more, and nobody pays with it."),
                words("Your tokens stay where they are, and so does your PIN."),
            ),
            words("Make a new code"),
            words("Back"),
        )

    def codes_used_up(self) -> Notice:
        """So many times nobody loses a code."""
        words = self.desk.words
        return Notice(
            words("No more codes"),
            (words("This wallet had as many codes as it can have. Your ticket opens it."),),
            words("My wallet"),
        )

    def pin_changed(self) -> Notice:
        """From now on."""
        words = self.desk.words
        return Notice(
            words("PIN changed"),
            (words("From now on the new one opens your wallet."),),
            words("My wallet"),
        )

    def nothing_to_send(self, allowance: Allowance) -> Notice:
        """Nothing there, or not today."""
        words = self.desk.words
        if allowance.limit is WalletLimit.DAILY:
            text = words("You have sent as many today as one may. Tomorrow you can go on.")
        else:
            text = words("There is nothing in your wallet that can be sent just now.")
        return Notice(words("Not just now"), (text,), words("My wallet"))

    def pin_forgotten(self) -> Notice:
        """Only staff help."""
        words = self.desk.words
        return self._needs_supervisor(
            words("PIN forgotten?"), words("Nobody can look it up, not even we.")
        )

    def pin_locked(self) -> Notice:
        """Somebody guessed, or mistyped for long."""
        words = self.desk.words
        return self._needs_supervisor(
            words("Locked for safety"),
            words("Too many wrong PINs were typed, so this wallet takes none any more."),
        )

    def pin_is_off(self) -> Notice:
        """The ticket opens it now."""
        words = self.desk.words
        return Notice(
            words("The PIN is off"),
            (
                words("Scan your ticket now, and choose a new PIN."),
                words("Codes of the wallet that were given out before are void."),
            ),
            words("Scan the ticket"),
        )

    def _needs_supervisor(self, headline: str, why: str) -> Notice:
        words = self.desk.words
        helps = words(
            "A supervisor can take the PIN off: then you scan your ticket, and choose a new one."
        )
        safe = words("Nothing in the wallet is touched by that.")
        return Notice(headline, (why, helps, safe), words("I am a supervisor"), words("Back"))
