"""A stall: take tokens, and see what was taken in this shift."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import OptionList

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.events import StaffMember, Stall
from kiosk.domain.rights import Right
from kiosk.domain.stalls import BackFault, NotGivenBack, Price, Taken
from kiosk.domain.token_receipts import MoveReceipt
from kiosk.domain.wallets import OpenWallet, PresentedWallet, WalletBusy
from kiosk.screens import keeping, staff_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.help import Help
from kiosk.screens.listing import ListScreen
from kiosk.screens.pin import approval
from kiosk.screens.reason import ReasonDialog
from kiosk.screens.shift import StaffMode
from kiosk.screens.taking_tokens import (
    OwnerPinDialog,
    PayerDialog,
    PriceDialog,
    StallDialog,
    price_words,
    tokens_words,
)
from kiosk.services.ticket_files import TicketPicture
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import cut, one_line

_NAME_COLUMNS = 24


class StallScreen(ListScreen[Taken], StaffMode):
    """What the stalls took, newest first. One stall is chosen, and stays until another is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the list hears of it, which may be empty.
        Binding("enter", "take", show=False, priority=True),
        Binding("f3", "stall", show=False),
        Binding("f4", "give_back", show=False),
        Binding("f6", "receipt", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk, staff)
        stalls = desk.services.catalog.event.stalls
        self._stall: Stall | None = stalls[0] if len(stalls) == 1 else None

    def heading(self) -> str:
        return self.words("TOKENS TAKEN")

    def keys(self) -> Sequence[Key]:
        words = self.words
        several = len(self.desk.services.catalog.event.stalls) > 1
        return (
            Key("Enter", words("Take"), "take"),
            *((Key("F3", words("Stall"), "stall"),) if several else ()),
            Key("F4", words("Give back"), "give_back"),
            Key("F6", words("Receipt"), "receipt"),
            self.lock_key(),
        )

    def help(self) -> Help:
        return staff_helps.taking_tokens(self.words, self.keys())

    async def found(self) -> Sequence[Taken]:
        return await self.desk.services.token_desk.latest()

    def identity(self, item: Taken) -> int:
        return item.move_id

    def row(self, item: Taken) -> str:
        words = self.words
        time, stall = words.clock_with_seconds(item.at), one_line(item.stall.name)
        took = tokens_words(self.desk, item.amount, item.token)
        name = cut(item.owner.name, _NAME_COLUMNS)
        parts = [took, name, stall, *([words("given back")] if item.is_back else [])]
        return f"{time}  {' · '.join(parts)}"

    def nothing(self) -> str:
        return self.words("Nothing was taken in this shift. Enter takes tokens.")

    def detail(self, item: Taken) -> str:
        return self.words("Enter takes tokens, F4 gives the marked ones back.")

    def pick(self, item: Taken) -> None:
        self.action_take()

    def action_take(self) -> None:
        if not self.busy:
            self.busy = True
            self._take()

    @work(group="change")
    async def _take(self) -> None:
        self.say("")
        if said := await self._taken():
            self.say(said)
        self.busy = False
        self.look()

    async def _taken(self) -> str:
        """What came of it; nothing if somebody went back."""
        words = self.words
        stall = self._stall or await self._asked_stall()
        if stall is None:
            return ""
        price = await self.app.push_screen_wait(PriceDialog(self.desk, stall))
        if not isinstance(price, Price):
            return ""
        title = price_words(self.desk, price)
        ask = words("Scan their wallet, or a ticket of theirs.")
        payer = PayerDialog(self.desk, title, ask, takes_pin=price.takes_pin)
        presented = await self.app.push_screen_wait(payer)
        if presented is None:
            return ""
        wallet: PresentedWallet | OpenWallet | None = presented
        if price.takes_pin:
            asked = OwnerPinDialog(self.desk, title, presented)
            wallet = await self.app.push_screen_wait(asked)
        return "" if wallet is None else await self._paid(price, wallet)

    async def _paid(self, price: Price, wallet: PresentedWallet | OpenWallet) -> str:
        words = self.words
        try:
            taken = await self._answered(price, wallet)
        except InsufficientTokens as refused:
            has = words.number(refused.available)
            return words("✖ Nothing was taken: the wallet has {n}.", n=has)
        except WalletBusy:
            return words("✖ Nothing was taken: others spend from this wallet. Please try again.")
        if taken is None:
            return words("No answer: it may be taken within a minute. Look at the list first.")
        # What was just taken is what the next key is about.
        self.query_one(OptionList).highlighted = None
        name = cut(taken.owner.name, _NAME_COLUMNS)
        return words("✔ {price} from {name}", price=price_words(self.desk, price), name=name)

    async def _answered(self, price: Price, wallet: PresentedWallet | OpenWallet) -> Taken | None:
        """What was taken; the same price is asked for until there is an answer, or nobody waits."""
        words = self.words
        title, what = price_words(self.desk, price), words("No answer. Asking again is safe.")
        while True:
            try:
                return await self.desk.services.token_desk.take(price, wallet, self.staff)
            except AWAY:
                asking = ConfirmDialog(self.desk, title, what, words("Ask again"))
                if not await self.app.push_screen_wait(asking):
                    return None

    def action_stall(self) -> None:
        if not self.busy and len(self.desk.services.catalog.event.stalls) > 1:
            self.busy = True
            self._choose_stall()

    @work(group="change")
    async def _choose_stall(self) -> None:
        await self._asked_stall()
        self.busy = False

    async def _asked_stall(self) -> Stall | None:
        answer = await self.app.push_screen_wait(StallDialog(self.desk))
        if isinstance(answer, Stall):
            self._stall = answer
            self.say(self.words("Now at {stall}.", stall=one_line(answer.name)))
            return answer
        return None

    def action_receipt(self) -> None:
        if not self.busy and (taken := self.marked) is not None:
            self.busy = True
            self._give_receipt(taken)

    @work(group="change")
    async def _give_receipt(self, taken: Taken) -> None:
        """Print the receipt, or save it where nothing prints."""
        services = self.desk.services
        try:
            receipt = await services.token_receipts.of(taken.move_id)
            name, pictures = f"receipt-{taken.at:%Y%m%d-%H%M%S}", [self._picture(taken, receipt)]
            if services.printer and await services.printer.is_there():
                await keeping.print_out(self.desk, name, pictures, self.say)
            elif services.ticket_files:
                await keeping.save(self.desk, name, pictures, self.say)
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        self.busy = False

    def _picture(self, taken: Taken, receipt: MoveReceipt) -> TicketPicture:
        words = self.words
        signed = words("Signed: the staff can check this receipt.")
        return TicketPicture(
            event=one_line(receipt.event),
            title=tokens_words(self.desk, taken.amount, taken.token),
            details=(one_line(taken.stall.name), words.moment(taken.at), signed),
            holder=taken.owner.name,
            number_label="",
            number="",
            code=receipt.code,
        )

    def action_give_back(self) -> None:
        if not self.busy and (taken := self.marked) is not None:
            if taken.is_back:
                self.say(self.words("They are back already."))
                return
            self.busy = True
            self._give_back(taken)

    @work(group="change")
    async def _give_back(self, taken: Taken) -> None:
        self.say("")
        if said := await self._given_back(taken):
            self.say(said)
        self.busy = False
        self.look()

    async def _given_back(self, taken: Taken) -> str:
        words = self.words
        what = tokens_words(self.desk, taken.amount, taken.token)
        title = words("Give {tokens} back", tokens=what)
        reasons = (words("taken by mistake"), words("too many"), words("not what they ordered"))
        who = f"{taken.owner.name} · {one_line(taken.stall.name)}"
        reason = await self.app.push_screen_wait(ReasonDialog(self.desk, title, who, reasons))
        if not isinstance(reason, str):
            return ""
        supervisor = await approval(self.app, self.desk, self.staff, Right.UNDO, title)
        if supervisor is None:
            return ""
        try:
            await self.desk.services.token_desk.give_back(taken, reason, supervisor)
        except NotGivenBack as kept:
            late = kept.fault is BackFault.TOO_LATE
            return words("Too late: that shift is over.") if late else words("Nobody took them.")
        except AWAY:
            return words("No answer: look at the list before you try again.")
        return words("✔ Back in the wallet: {tokens}", tokens=what)
