"""Send tokens: how many, and to whom."""

from collections.abc import Sequence

from textual import work

from kiosk.domain.errors import InvalidEmail
from kiosk.domain.statements import Allowance
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import (
    CodeRefused,
    NoWallet,
    OpenWallet,
    Recipient,
    SameWallet,
)
from kiosk.screens import wallet_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.entry import EntryStep
from kiosk.screens.help import Help
from kiosk.screens.picking import PickStep
from kiosk.screens.scanning import Asking, ScanStep
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.screens.wallet_words import WalletWords
from kiosk.widgets.pick_list import PickRow
from kiosk.widgets.scan_input import ScanInput


class AmountScreen(EntryStep[int | None]):
    """Asks how many are to go; None leads back."""

    def __init__(self, desk: Desk, token: Token, allowance: Allowance) -> None:
        super().__init__(desk)
        self._token = token
        self._allowance = allowance

    def question(self) -> str:
        return self.words("How many do you send?")

    def told(self) -> str:
        most = WalletWords(self.desk).amount(self._allowance.most, self._token)
        if self._allowance.limit is None:
            return self.words("You have {amount}. What expires first goes first.", amount=most)
        return self.words("At most {amount} may go to others just now.", amount=most)

    def help(self) -> Help:
        return wallet_helps.sending(self.words, self.keys())

    def entered(self, digits: str) -> None:
        words, most = self.words, self._allowance.most
        if not int(digits):
            self.say(words("One at least, please."))
        elif int(digits) > most:
            self.say(words("That is more than {n}.", n=words.number(most)))
        else:
            self.finish(int(digits))

    def action_back(self) -> None:
        self.finish(None)


class RecipientScreen(ScanStep[Sequence[Recipient] | NoWallet | None]):
    """Asks whom for; answers several for an address that they share, None to go back."""

    def __init__(self, desk: Desk, opened: OpenWallet) -> None:
        words = desk.words
        asking = Asking(
            words("Whom for?"),
            words("Hold the code of their ticket or of their wallet under the scanner."),
            words("Or type their e-mail address:"),
            words("Continue"),
            words("you@example.org"),
        )
        super().__init__(desk, asking)
        self._opened = opened

    def help(self) -> Help:
        return wallet_helps.sending(self.words, self.keys())

    def given(self, scanned: ScanInput.Scanned) -> None:
        # A code is known by its symbols; an address is as it was typed.
        self._find(scanned.typed.strip() if "@" in scanned.typed else scanned.code)

    @work(group="find")
    async def _find(self, text: str) -> None:
        words = self.words
        try:
            found = await self.desk.services.recipients.who(text, self._opened.wallet_id)
        except NoWallet as nobody:
            self.finish(nobody)
        except SameWallet:
            self.say(words("That is your own wallet. Whose code shall it be?"))
        except CodeRefused as refused:
            self.say(WalletRefusals(self.desk).code(refused.fault))
        except InvalidEmail:
            self.say(words("That does not look like an e-mail address yet."))
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
        else:
            self.finish(found)
        self.busy = False

    def action_back(self) -> None:
        self.finish(None)


class WhichScreen(PickStep[Recipient | None]):
    """Several people have one e-mail address: which of them is meant?"""

    def __init__(self, desk: Desk, recipients: Sequence[Recipient]) -> None:
        super().__init__(desk)
        self._recipients = recipients

    def question(self) -> str:
        return self.words("Several have this address. Who is it?")

    def rows(self) -> Sequence[PickRow]:
        return [PickRow(one.owner.name) for one in self._recipients]

    def help(self) -> Help:
        return wallet_helps.sending(self.words, self.keys())

    def picked(self, index: int) -> None:
        self.finish(self._recipients[index])

    def action_back(self) -> None:
        self.finish(None)
