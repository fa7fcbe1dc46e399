"""Services that answer at once from memory, so that a screen can be tested against each answer."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from kiosk.domain.errors import (
    WrongPin,
)
from kiosk.domain.events import (
    Event,
    Role,
    StaffMember,
)
from kiosk.domain.invoices import Invoice, OpenInvoice
from kiosk.domain.money import Money
from kiosk.domain.orders import Order
from kiosk.domain.pins import PinsLocked
from kiosk.domain.refunds import Refund, RefundDue
from kiosk.domain.staff_codes import BadgeFault, BadgeRefused, read_badge
from kiosk.domain.terminals import (
    CODE_LIFE,
    Invitation,
    TerminalState,
    TerminalStatus,
)
from kiosk.services.invoices import Invoices
from kiosk.services.kiosk import Services
from kiosk.services.printing import TicketPrinter
from kiosk.services.reconciliation import Reconciliation, Report
from kiosk.services.refunds import Refunds
from kiosk.services.staff import Staff
from kiosk.services.terminals import Pairing, Terminals
from kiosk.services.ticket_files import TicketFiles
from tests.fakes import FakeClock
from tests.kiosk.fake_claims import FakeClaims, FakeHandOuts, FakeTicketDesk
from tests.kiosk.fake_door import FakeAdmission, FakeDoorways, FakeEmptyings, FakeLane
from tests.kiosk.fake_events import NOON, PINS, an_event
from tests.kiosk.fake_figures import (
    FakeBooks,
    FakeCrowds,
    FakeExports,
    FakeLineages,
    FakeStats,
    a_snapshot,
)
from tests.kiosk.fake_sales import Answers, FakeCatalog, FakePackStock, FakePayments, FakeSales
from tests.kiosk.fake_stalls import FakeTokenDesk, FakeTokenTill
from tests.kiosk.fake_wallets import (
    FakeAirdrops,
    FakeGifts,
    FakeRecipients,
    FakeStatements,
    FakeTokenReceipts,
    FakeWalletAccess,
    FakeWallets,
    Purse,
)


class FakeStaff(Staff):
    """Knows the PINs of this module; the third wrong one makes people wait."""

    def __init__(self) -> None:
        self._wrong = 0
        self.too_soon_seconds = 0
        """How long before the next PIN counts, right or wrong: that of one try."""
        self.locked = False
        self.asked_by: list[str] = []
        self.left: list[tuple[str, bool]] = []

    async def unlock(self, given: str, role_at_least: Role, *, asked_by: str = "") -> StaffMember:
        member = PINS.get(given)
        if seconds := self.too_soon_seconds:
            self.too_soon_seconds = 0
            raise WrongPin(seconds, is_early=True)
        if self.locked:
            raise PinsLocked
        if member is None and read_badge(given):
            raise BadgeRefused(BadgeFault.VOID)
        if member is None or member.role < role_at_least:
            self._wrong += 1
            raise WrongPin(0 if self._wrong < 3 else 4)
        self.asked_by.append(asked_by)
        return member

    async def log_out(self, member: StaffMember, *, by_silence: bool) -> None:
        self.left.append((member.name, by_silence))


class FakePairing(Pairing):
    """Paired until the test revokes it; takes one code."""

    GOOD: Final = "ABCD-1234"

    def __init__(self, name: str) -> None:
        self.name = name
        self.refusals: deque[Exception] = deque()
        self.was_paired = asyncio.Event()
        self.was_revoked = asyncio.Event()

    async def pair(self, typed: str) -> None:
        if self.refusals:
            raise self.refusals.popleft()
        self.was_paired.set()

    async def paired(self) -> None:
        await self.was_paired.wait()

    async def revoked(self, every_seconds: float = 0) -> None:
        await self.was_revoked.wait()


class FakeTerminals(Terminals, Answers):
    """Knows the terminals the test names, and notes what is done to them."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.known: list[TerminalStatus] = []
        self.done: list[tuple[str, str]] = []

    async def all(self) -> list[TerminalStatus]:
        self.check()
        return list(self.known)

    async def invite(self, name: str, by: StaffMember | None = None) -> Invitation:
        self.check()
        self.done.append(("invite", name))
        return Invitation(name, FakePairing.GOOD, NOON + CODE_LIFE)

    async def revoke(self, name: str, by: StaffMember | None = None) -> None:
        self._note("revoke", name, state=TerminalState.REVOKED)

    async def let_search(self, name: str, allowed: bool, by: StaffMember | None = None) -> None:
        self._note("search", name, may_search=allowed)

    async def free(self, name: str, by: StaffMember | None = None) -> None:
        self._note("free", name, wrong_pins=0)

    def _note(self, what: str, name: str, **changes: object) -> None:
        self.check()
        self.done.append((what, name))
        self.known = [
            replace(one, **changes) if one.name == name else one  # type: ignore[arg-type]  # keywords
            for one in self.known
        ]


class FakeReconciliation(Reconciliation):
    """Has nothing to do."""

    def __init__(self) -> None:
        pass

    async def run_once(self) -> Report:
        return Report()

    async def run_forever(self, every_seconds: float = 60) -> None:
        return


class FakeRefunds(Refunds, Answers):
    """Knows the refunds that the test names, and notes what is done to them."""

    def __init__(self, sales: FakeSales) -> None:
        Answers.__init__(self)
        self._sales = sales
        self.known: list[RefundDue] = []
        self.first = ""
        """Who pays out before anybody else can."""
        self.done: list[tuple[str, int, str]] = []

    async def due(self) -> list[RefundDue]:
        return list(self.known)

    async def pay_out(self, refund_id: int, staff: StaffMember) -> Refund:
        self.check()
        self.done.append(("pay out", refund_id, staff.name))
        [due] = [one for one in self.known if one.refund.id == refund_id]
        self.known.remove(due)
        return due.refund.pay_out(self.first or staff.name)

    async def refund_order(self, order_id: int, staff: StaffMember) -> Order:
        self.check()
        self.done.append(("refund", order_id, staff.name))
        return self._sales.orders[order_id]


class FakeInvoices(Invoices, Answers):
    """Knows the invoices and the money that the test names, and notes what is recorded."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.came: Mapping[str, Money] = {}
        self.known: list[OpenInvoice] = []
        self.asked: list[tuple[int, int, tuple[Money, str, str], str]] = []
        self.settled: list[tuple[int, int, tuple[Money, str, str], str]] = []
        self.refusal: Exception | None = None
        """What the next who records money hears."""

    async def received(self, order_id: int) -> Mapping[str, Money]:
        self.check()
        return self.came

    async def open(self) -> list[OpenInvoice]:
        return list(self.known)

    async def settle(
        self, order_id: int, payment_id: int, money: tuple[Money, str, str], staff: StaffMember
    ) -> Invoice:
        self.asked.append((order_id, payment_id, money, staff.name))
        refusal, self.refusal = self.refusal, None
        if refusal is not None:
            raise refusal
        self.settled.append(self.asked[-1])
        [one] = [one for one in self.known if one.order_id == order_id]
        owed = one.owed - money[0]
        after = replace(one.invoice, outstanding=owed, is_paid=not owed)
        self.known = [replace(one, invoice=after, owed=owed)] if owed else []
        return after


@dataclass
class Fakes:
    """The fakes behind one set of services, each by its own type."""

    event: Event = field(default_factory=an_event)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    tickets_folder: Path = Path("/media/tickets")
    printer: TicketPrinter | None = None

    def __post_init__(self) -> None:
        self.catalog = FakeCatalog(self.event)
        self.sales = FakeSales(self.event, self.clock)
        self.pack_stock = FakePackStock(self.event)
        self.token_desk = FakeTokenDesk(self.event)
        self.token_till = FakeTokenTill(self.event, self.sales)
        self.payments = FakePayments(self.event, self.sales)
        self.admission = FakeAdmission("North gate")
        self.doorways = FakeDoorways()
        self.emptyings = FakeEmptyings()
        self.lane = FakeLane(self.admission)
        self.claims = FakeClaims()
        self.ticket_desk = FakeTicketDesk()
        self.hand_outs = FakeHandOuts()
        self.stats = FakeStats(a_snapshot(self.event))
        self.crowds = FakeCrowds()
        self.books = FakeBooks()
        self.exports = FakeExports()
        self.lineages = FakeLineages()
        self.staff = FakeStaff()
        self.pairing = FakePairing("North gate")
        self.terminals = FakeTerminals()
        self.refunds = FakeRefunds(self.sales)
        self.purse = Purse()
        self.invoices = FakeInvoices()
        self.services = Services(
            catalog=self.catalog,
            sales=self.sales,
            pack_stock=self.pack_stock,
            admission=self.admission,
            doorways=self.doorways,
            emptyings=self.emptyings,
            lane=self.lane,
            staff=self.staff,
            pairing=self.pairing,
            terminals=self.terminals,
            payments=self.payments,
            refunds=self.refunds,
            invoices=self.invoices,
            claims=self.claims,
            ticket_desk=self.ticket_desk,
            hand_outs=self.hand_outs,
            token_desk=self.token_desk,
            token_till=self.token_till,
            wallets=FakeWallets(self.purse),
            wallet_access=FakeWalletAccess(self.purse),
            airdrops=FakeAirdrops(self.purse),
            statements=FakeStatements(self.purse),
            recipients=FakeRecipients(self.purse),
            token_receipts=FakeTokenReceipts(self.purse),
            gifts=FakeGifts(self.purse),
            reconciliation=FakeReconciliation(),
            stats=self.stats,
            crowds=self.crowds,
            books=self.books,
            exports=self.exports,
            lineages=self.lineages,
            clock=self.clock,
            ledger_engine="fake",
            terminal="North gate",
            ticket_files=TicketFiles(self.tickets_folder),
            printer=self.printer,
        )
