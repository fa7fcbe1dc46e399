"""My wallet: what is in it, what becomes of it, and what one can do with it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Digits, Static

from kiosk.domain.airdrops import Airdrop, Share
from kiosk.domain.chains import ChainUnavailable
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.statements import HistoryLine, Statement
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import OpenWallet
from kiosk.screens import wallet_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.help import Help
from kiosk.screens.step import Step
from kiosk.screens.wallet_words import WalletWords
from kiosk.widgets.frame import Key
from kiosk.widgets.pick_list import PickList
from kiosk.widgets.plain import content, cut, one_line
from kiosk.widgets.target import Target

log = logging.getLogger(__name__)

REFRESH_SECONDS = 5
LINES: Final = 20
"""Lines of history that are asked for; a tall terminal shows so many."""


class Wish(Enum):
    """What the owner wants next; the value is the class of its target, if it has one."""

    SEND = "send"
    CODE = "code"
    ALL_OF_IT = "all-of-it"
    MORE = "more"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the owner wants next, and of which token."""

    wish: Wish
    token: Token


@dataclass(frozen=True, slots=True)
class _Seen:
    """What there is to show of one token."""

    statement: Statement
    history: Sequence[HistoryLine]
    offers: Sequence[tuple[Airdrop, Share]]


class WalletScreen(Step[Wanted]):
    """One token at a time; looks again every few seconds, as others may send something."""

    CSS_PATH = "wallet.tcss"
    # Nothing has the focus: the Enter of a stray scan does nothing.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "wish('send')", show=False),
        Binding("f3", "wish('code')", show=False),
        Binding("f4", "wish('all-of-it')", show=False),
        Binding("f5", "wish('more')", show=False),
        Binding("f6", "take", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, desk: Desk, opened: OpenWallet, token: Token) -> None:
        super().__init__(desk)
        self._opened = opened
        self._token = token
        self._seen: _Seen | None = None
        self._is_away = False
        self._ticks = 0
        self._said = WalletWords(desk)

    def body(self) -> ComposeResult:
        words = self.words
        with Vertical(classes="column"):
            with Horizontal(id="balance"):
                yield Digits("", id="sum")
                with Vertical(id="of"):
                    yield Static("", id="token")
                    yield Static("", id="others")
            yield Static("", id="fate")
            with Horizontal(id="offer"):
                yield Static("", id="offered")
                yield Target(f"F6  {words('Yes, please')}", classes="take -main")
            yield PickList(picks=False)
            yield Static("", id="problem")
            with Horizontal(id="ways"):
                yield Target(f"F2  {words('Send')}", classes=Wish.SEND.value)
                yield Target(f"F3  {words('My code')}", classes=Wish.CODE.value)
                yield Target(f"F4  {words('All of it')}", classes=Wish.ALL_OF_IT.value)
                yield Target(f"F5  {words('More')}", classes=Wish.MORE.value)

    def beside(self) -> Widget:
        return Static(content(self._opened.owner.half_hidden.name), id="owner")

    def keys(self) -> Sequence[Key]:
        words = self.words
        turning = Key("←→", words("Another token"), "turn(1)")
        return (
            *((turning,) if len(self._tokens) > 1 else ()),
            Key("Esc", words("Close my wallet"), "back"),
        )

    def help(self) -> Help:
        words = self.words
        ways = (
            Key("F2", words("Send"), "wish('send')"),
            Key("F3", words("My code"), "wish('code')"),
            Key("F4", words("All of it"), "wish('all-of-it')"),
            Key("F5", words("More"), "wish('more')"),
            Key("F6", words("Yes, please"), "take"),
        )
        return wallet_helps.wallet(words, (*ways, *self.keys()))

    @property
    def _tokens(self) -> tuple[Token, ...]:
        return self.desk.services.catalog.event.tokens

    def on_mount(self) -> None:
        self.query_one("#offer").display = False
        self._name_token()
        self.look()
        # A longer timer would keep this screen in memory for as long, once its owner has gone.
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        """Look again every few seconds."""
        self._ticks += 1
        if self._ticks % REFRESH_SECONDS == 0:
            self.look()

    @work(group="look", exclusive=True)
    async def look(self) -> None:
        """Show what is there now."""
        services, wallet_id, token = self.desk.services, self._opened.wallet_id, self._token
        try:
            seen = _Seen(
                await services.statements.statement(wallet_id, token),
                await services.statements.history(wallet_id, token, limit=LINES),
                [
                    offer
                    for offer in await services.airdrops.offered(wallet_id)
                    if offer[0].token_number == token.number
                ],
            )
        except AWAY:
            self._is_away = True
            self._say(self.words("The books do not answer just now. We ask again by ourselves."))
            return
        if self._is_away:
            self._is_away = False
            self._say("")
        if seen != self._seen:
            self._seen = seen
            self._show(seen)

    def _show(self, seen: _Seen) -> None:
        words, said, statement = self.words, self._said, seen.statement
        self.query_one(Digits).update(words.number(statement.balance))
        fate = said.expiries(statement.expiries)
        if statement.on_its_way:
            moving = words.number(statement.on_its_way)
            leaving = words("{n} are just being moved away.", n=moving)
            fate = f"{fate} {leaving}".strip()
        shown = self.query_one("#fate", Static)
        shown.update(content(fate))
        shown.set_class(said.is_soon_gone(statement.expiries), "-soon")
        rows = [said.history(line) for line in seen.history]
        self.query_one(PickList).show(rows, 0)
        self._show_offer(seen)

    def _show_offer(self, seen: _Seen) -> None:
        self.query_one("#offer").display = bool(seen.offers)
        if seen.offers:
            airdrop, share = seen.offers[0]
            amount = self._said.amount(share.amount, self._token)
            line = self.words("★ You may receive {amount}", amount=amount)
            when = self._said.conditions(airdrop.requirements)
            self.query_one("#offered", Static).update(
                Content("\n".join(map(one_line, filter(None, (line, when)))))
            )

    def _name_token(self) -> None:
        words = self.words
        self.query_one("#token", Static).update(content(self._token.name))
        at, many = self._tokens.index(self._token), len(self._tokens)
        which = words("← {n} of {all} →", n=at + 1, all=many) if many > 1 else ""
        self.query_one("#others", Static).update(content(which))

    def action_turn(self, by: int) -> None:
        """Another token, if there are several."""
        tokens = self._tokens
        if len(tokens) == 1:
            self.focus_next() if by > 0 else self.focus_previous()
            return
        self._token = tokens[(tokens.index(self._token) + by) % len(tokens)]
        self._seen = None
        self.query_one(Digits).update("")
        self._name_token()
        self.look()

    @on(Target.Pressed, ".take")
    def action_take(self) -> None:
        if self._seen and self._seen.offers and not self.busy:
            self.busy = True
            self._take(*self._seen.offers[0])

    @work(group="take")
    async def _take(self, airdrop: Airdrop, share: Share) -> None:
        words, airdrops = self.words, self.desk.services.airdrops
        self._is_away = False
        try:
            await airdrops.claim(airdrop, share)
            self.busy = False
            self._say(self._is_theirs(airdrop), fine=True)
            # Whoever leaves meanwhile need not wait: reconciliation goes on with it.
            if (await airdrops.run(airdrop)).is_done:
                self._say(words("✔ It is in your wallet."), fine=True)
        except LedgerContradicts as fault:
            log.error("an airdrop cannot be booked: %s", fault.what, exc_info=fault)
            self._say(words("It could not be booked: an organiser has to look into it."))
        except (*AWAY, ChainUnavailable):
            self._is_away = True
            self._say(words("The books do not answer just now. We ask again by ourselves."))
        else:
            self.look()
        self.busy = False

    def _is_theirs(self, airdrop: Airdrop) -> str:
        words = self.words
        if when := self._said.conditions(airdrop.requirements):
            return words("It is yours {when}.", when=when)
        return words("It is yours: it will be here in a moment.")

    @on(Target.Pressed, "#ways Target")
    def wished(self, pressed: Target.Pressed) -> None:
        self.action_wish(next(one.value for one in Wish if pressed.target.has_class(one.value)))

    def action_wish(self, wish: str) -> None:
        """Go on with what the owner wants."""
        if not self.busy:
            self.finish(Wanted(Wish(wish), self._token))

    def action_back(self) -> None:
        self.finish(Wanted(Wish.LEAVE, self._token))

    def _say(self, text: str, *, fine: bool = False) -> None:
        problem = self.query_one("#problem", Static)
        problem.set_class(fine, "-fine")
        problem.update(Content(cut(text, 200)))
