"""Once more before tokens go: what is about to be done, and then it is done, once."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.gifts import Gift
from kiosk.domain.token_moves import Move
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import (
    LimitExceeded,
    OpenWallet,
    Recipient,
    WalletBusy,
)
from kiosk.screens import wallet_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.help import Help
from kiosk.screens.step import A, Step
from kiosk.services.wallets import Errand
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import content
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import CardFace, TicketCard, Tone

log = logging.getLogger(__name__)

Unsent = InsufficientTokens | LimitExceeded | WalletBusy
"""Why nothing was moved."""


@dataclass(frozen=True, slots=True)
class Deed(Generic[A]):
    """What is about to be done: a card that shows it, what it means, and how it is done."""

    question: str
    face: CardFace
    text: str
    go_on: str
    do: Callable[[], Awaitable[A]]


class SureScreen(Step[A | Unsent | None]):
    """Asks once more, does it, and answers what came of it; None leads back.

    A second press finds it under way, and the same deed again after no answer is done once.
    """

    CSS_PATH = "wallet_sure.tcss"
    AUTO_FOCUS = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, desk: Desk, deed: Deed[A]) -> None:
        super().__init__(desk)
        self._deed = deed

    def body(self) -> ComposeResult:
        deed = self._deed
        with Vertical(classes="column"):
            yield Static(content(deed.question), classes="question")
            yield TicketCard(deed.face)
            yield Static(content(deed.text), id="meaning")
            yield Static("", id="problem")
            with Horizontal(id="ways"):
                yield Target(deed.go_on, classes="-main")
                yield Target(self.words("Back"))

    def keys(self) -> Sequence[Key]:
        return (
            Key("Enter", self._deed.go_on, "go_on"),
            Key("Esc", self.words("Back"), "back"),
        )

    def help(self) -> Help:
        return wallet_helps.sending(self.words, self.keys())

    @on(Target.Pressed)
    def pressed(self, pressed: Target.Pressed) -> None:
        if pressed.target.has_class("-main"):
            self.action_go_on()
        elif not self.busy:
            self.action_back()

    def action_go_on(self) -> None:
        if not self.busy:
            self.busy = True
            self._say(self.words("One moment, please"))
            self._do()

    @work(group="deed")
    async def _do(self) -> None:
        try:
            self.finish(await self._deed.do())
        except (InsufficientTokens, LimitExceeded, WalletBusy) as refusal:
            self.finish(refusal)
        except LedgerContradicts as fault:
            log.error("tokens cannot be booked: %s", fault.what, exc_info=fault)
            self._say(self.words("It could not be booked: an organiser has to look into it."))
        except AWAY:
            self._say(
                self.words(
                    "The books do not answer, so it may have gone or not. Press Enter to try again:"
                    " it goes once. Your wallet will show it."
                )
            )
        self.busy = False

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(Content(text))

    def action_back(self) -> None:
        self.finish(None)


def sending(
    desk: Desk, opened: OpenWallet, recipient: Recipient, token: Token, amount: int
) -> Deed[Move]:
    """Tokens go to somebody with a wallet."""
    words, wallets = desk.words, desk.services.wallets
    errand = wallets.errand(token, amount)
    return Deed(
        words("Is this right?"),
        _face(desk, opened, recipient.owner.name, errand),
        words("Both names are half hidden, for whoever looks on. Once sent, they are theirs."),
        words("Send"),
        lambda: wallets.send(errand, opened.wallet_id, recipient.wallet_id),
    )


def giving(desk: Desk, opened: OpenWallet, email: str, token: Token, amount: int) -> Deed[Gift]:
    """Tokens wait for somebody without one."""
    words, gifts = desk.words, desk.services.gifts
    errand = desk.services.wallets.errand(token, amount)
    return Deed(
        words("Is this right?"),
        _face(desk, opened, email, errand),
        words("You get a code to pass on. Until it is claimed you can take the gift back."),
        words("Give"),
        lambda: gifts.give(errand, opened.wallet_id, email),
    )


def _face(desk: Desk, opened: OpenWallet, to: str, errand: Errand) -> CardFace:
    words = desk.words
    return CardFace(
        title=words("To {name}", name=to),
        detail=words("From {name}", name=opened.owner.masked.name),
        stub=words.number(errand.amount),
        stub_note=errand.token.name,
        tone=Tone.CHOSEN,
    )
