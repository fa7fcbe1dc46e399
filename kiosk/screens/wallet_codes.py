"""Codes of a wallet to take along: its own, a receipt, and a gift for somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from kiosk.domain import codes
from kiosk.domain.gifts import Gift
from kiosk.domain.orders import Order
from kiosk.domain.token_receipts import MoveReceipt
from kiosk.domain.wallets import OpenWallet
from kiosk.screens import wallet_helps
from kiosk.screens.base import Desk
from kiosk.screens.help import Help
from kiosk.screens.notices import tokens
from kiosk.screens.taking_along import STUB_COLUMNS, TakingAlong
from kiosk.screens.wallet_words import WalletWords
from kiosk.services.ticket_files import TicketPicture
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import one_line, wrapped

_LINES_EACH = 3


@dataclass(frozen=True, slots=True)
class CodePage:
    """A code: what happened, what it is, what to know of it, and what is printed beside it."""

    done: str
    title: str
    details: tuple[str, ...]
    code: str
    file: str
    holder: str = ""
    number_label: str = ""
    number: str = ""


class CodePageScreen(TakingAlong):
    """Shows one; Escape leads back to the wallet."""

    def __init__(self, desk: Desk, page: CodePage) -> None:
        super().__init__(desk)
        self._page = page

    def code(self) -> str:
        return self._page.code

    def stub(self) -> ComposeResult:
        page = self._page
        event = self.desk.services.catalog.event.name
        yield Static(Content("\n".join(wrapped(event, STUB_COLUMNS, 2))), id="event")
        yield Static(Content("✔ " + page.done), id="paid")
        yield Static("", classes="gap")
        yield Static(Content("\n".join(wrapped(page.title, STUB_COLUMNS, 2))), id="who")
        details = [line for one in page.details for line in wrapped(one, STUB_COLUMNS, _LINES_EACH)]
        yield Static(Content("\n".join(details)), id="what")
        if page.number:
            yield Static(Content(f"{page.number_label}\n{page.number}"), id="number")

    def files_called(self) -> str:
        return self._page.file

    def pictures(self) -> Sequence[TicketPicture]:
        page = self._page
        return [
            TicketPicture(
                event=one_line(self.desk.services.catalog.event.name),
                title=one_line(page.title),
                details=tuple(map(one_line, page.details)),
                holder=one_line(page.holder),
                number_label=page.number_label,
                number=page.number,
                code=page.code,
            )
        ]

    def go_on(self) -> Key:
        return Key("Esc", self.words("My wallet"), "go_on")

    def help(self) -> Help:
        return wallet_helps.taking_along(self.words, self.keys())

    def action_back(self) -> None:
        self.finish(None)


class BoughtScreen(CodePageScreen):
    """The code of a wallet that is new, for who has bought tokens and nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("n,N", "go_on", show=False)]

    def go_on(self) -> Key:
        return Key("N", self.words("Next person"), "go_on")


def bought_page(desk: Desk, order: Order, code: str) -> CodePage:
    """What was bought, and the code of the wallet where it is."""
    words, event = desk.words, desk.services.catalog.event
    return CodePage(
        done=words("Paid. Enjoy!"),
        title=tokens(words, event, order),
        details=(
            words("This code opens your wallet, at “My wallet”."),
            words("Take a picture of it."),
            # Without a ticket nothing else says what staff ask for who give the money back.
            words("Order {number}", number=order.number),
        ),
        code=code,
        file=f"wallet-{order.number}",
        holder=order.attendee.name,
    )


def own_code(desk: Desk, opened: OpenWallet, code: str, *, is_new: bool = False) -> CodePage:
    """The code of one's own wallet."""
    words = desk.words
    old = words("The code before it opens nothing any more.")
    return CodePage(
        done=words("Your new code") if is_new else words("Your wallet"),
        title=opened.owner.name,
        details=(
            words("Who sees this code can send you tokens."),
            _needs_pin(desk),
            old if is_new else words("Take a picture of it."),
        ),
        code=code,
        file=f"wallet-{opened.wallet_id % 10**8:08}-{opened.version}",
        holder=opened.owner.name,
    )


def _needs_pin(desk: Desk) -> str:
    """What can be spent without it, if anything can be of every kind."""
    words, tokens = desk.words, desk.services.catalog.event.tokens
    if free := min(token.limits.pin_above for token in tokens):
        return words("To spend more than {n}, your PIN is needed too.", n=words.number(free))
    return words("To spend yours, your PIN is needed too.")


def receipt_page(desk: Desk, receipt: MoveReceipt) -> CodePage:
    """What was sent, signed."""
    words, said = desk.words, WalletWords(desk)
    amount = said.amount(receipt.amount, receipt.token)
    names = (
        words("from {name}", name=receipt.sender.name) if receipt.sender else "",
        words("to {name}", name=receipt.receiver.name) if receipt.receiver else "",
    )
    return CodePage(
        done=words("Sent"),
        title=amount,
        details=(
            *filter(None, names),
            words.moment(receipt.at),
            words("Signed: the staff can check this receipt."),
        ),
        code=receipt.code,
        file=f"receipt-{receipt.at:%Y%m%d-%H%M%S}",
    )


def gift_page(desk: Desk, gift: Gift) -> CodePage:
    """What waits for somebody who has no wallet yet."""
    words = desk.words
    return CodePage(
        done=words("A gift for {name}", name=gift.email),
        title=WalletWords(desk).amount(gift.amount, gift.token),
        details=(
            words("Give this code to them: whoever has it can claim the gift, in “My wallet”."),
            words(
                "If nobody does, it is yours again {when}.",
                when=words.ahead(gift.returns_at, desk.now()),
            ),
        ),
        code=gift.code,
        file=f"gift-{gift.code}",
        number_label=words("Code to type:"),
        number=codes.format_number(gift.code),
    )
