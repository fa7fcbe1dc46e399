"""Invoices on which something is owed, and the money that comes for them."""

from collections.abc import Sequence

from textual import work

from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.invoices import AlreadyRecorded, MoreThanOwed, NotInvoiced, OpenInvoice
from kiosk.screens import staff_helps
from kiosk.screens.base import AWAY
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.help import Help
from kiosk.screens.listing import ListScreen
from kiosk.screens.settling import Received, SettleDialog
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import fit

_NAME_COLUMNS = 26
_NUMBER_COLUMNS = 7
_SUM_COLUMNS = 14


class InvoicesScreen(ListScreen[OpenInvoice]):
    """What is owed, the oldest first; Escape leads back to the figures."""

    def heading(self) -> str:
        return self.words("OPEN INVOICES")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "mark_next"),
            Key("Enter", words("Money came"), "pick"),
            Key("Esc", words("Back"), "lock"),
        )

    def help(self) -> Help:
        return staff_helps.settling(self.words, self.keys())

    async def found(self) -> Sequence[OpenInvoice]:
        return await self.desk.services.invoices.open()

    def identity(self, item: OpenInvoice) -> int:
        return item.order_id

    def row(self, item: OpenInvoice) -> str:
        words, one = self.words, item.invoice
        number, owed = words.number(one.number), words.sum(item.owed)
        total = words("of {sum}", sum=words.sum(one.total - one.discount))
        issued = words.when(one.issued_at, self.desk.now())
        return (
            f"{fit(number, _NUMBER_COLUMNS, right=True)}  {fit(one.attendee.name, _NAME_COLUMNS)}"
            f"{fit(owed, _SUM_COLUMNS, right=True)}  {fit(total, _SUM_COLUMNS + 4)} {issued}"
        )

    def nothing(self) -> str:
        return self.words("Nobody owes anything.")

    def detail(self, item: OpenInvoice) -> str:
        words, one = self.words, item.invoice
        facts = [
            one.attendee.email,
            words("issued by {name}", name=one.issued_by),
            words("paid so far: {sum}", sum=words.sum(one.paid)),
        ]
        if item.is_moving:
            facts.append(words("money is just being booked"))
        return " · ".join(facts)

    def pick(self, item: OpenInvoice) -> None:
        self.busy = True
        self._record(item)

    @work(group="change")
    async def _record(self, item: OpenInvoice) -> None:
        self.say("")
        received = await self.app.push_screen_wait(SettleDialog(self.desk, item))
        if received is not None:
            payment_id = self.desk.services.invoices.new_payment_id()
            while (said := await self._recorded(item, payment_id, received)) is None:
                if not await self.app.push_screen_wait(self._asking_again()):
                    said = self.words("It is noted, and booked as soon as the books answer.")
                    break
            self.say(said)
        self.busy = False
        self.look()

    def _asking_again(self) -> ConfirmDialog:
        words = self.words
        return ConfirmDialog(
            self.desk,
            words("The books do not answer"),
            words("It is not known whether it is booked. Asked again, it is booked once."),
            words("Ask again"),
        )

    async def _recorded(self, item: OpenInvoice, payment_id: int, received: Received) -> str | None:
        """What came of it; None if nobody knows."""
        words, amount = self.words, received.amount
        money = (amount, received.way, received.reference)
        invoices = self.desk.services.invoices
        try:
            after = await invoices.settle(item.order_id, payment_id, money, self.staff)
        except AWAY:
            return None
        except MoreThanOwed as more:
            owed = words.sum(more.owed)
            return words("Not booked: somebody was faster, and {owed} is owed.", owed=owed)
        except AlreadyRecorded as before:
            when = words.when(before.before.taken_at, self.desk.now())
            booked = words.sum(before.before.amount)
            return words(
                "Not booked: this transfer is on record already, {sum}, {when}.",
                sum=booked,
                when=when,
            )
        except NotInvoiced:
            return words("Not booked: the order was given back. Send the money back.")
        except LedgerContradicts:
            return words("It could not be booked: an organiser has to look into it.")
        if after.is_paid:
            return words("Invoice {n} is paid.", n=after.number)
        rest = words.sum(after.outstanding)
        return words("On record: {sum}. {rest} is still owed.", sum=words.sum(amount), rest=rest)
