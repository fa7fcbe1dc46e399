"""Everything the screens need, in one hand."""

from dataclasses import dataclass, field

from kiosk.clock import Clock
from kiosk.services.admission import Admission
from kiosk.services.airdrops import Airdrops
from kiosk.services.books import Books
from kiosk.services.catalog import Catalog
from kiosk.services.claims import Claims
from kiosk.services.courtesy import Courtesy
from kiosk.services.crowds import Crowds
from kiosk.services.doorways import Doorways
from kiosk.services.emptyings import Emptyings
from kiosk.services.exports import Exports
from kiosk.services.gifts import Gifts
from kiosk.services.hand_outs import HandOuts
from kiosk.services.invoices import Invoices
from kiosk.services.lane import Lane
from kiosk.services.lineages import Lineages
from kiosk.services.pack_stock import PackStock
from kiosk.services.payments import Payments
from kiosk.services.printing import TicketPrinter
from kiosk.services.recipients import Recipients
from kiosk.services.reconciliation import Reconciliation
from kiosk.services.refunds import Refunds
from kiosk.services.sales import Sales
from kiosk.services.staff import Staff
from kiosk.services.statements import Statements
from kiosk.services.stats import Stats
from kiosk.services.terminals import Pairing, Terminals
from kiosk.services.ticket_desk import TicketDesk
from kiosk.services.ticket_files import TicketFiles
from kiosk.services.token_desk import TokenDesk
from kiosk.services.token_payments import TokenTill
from kiosk.services.token_receipts import TokenReceipts
from kiosk.services.wallet_access import WalletAccess
from kiosk.services.wallets import Wallets


@dataclass(frozen=True, slots=True)
class Services:
    """The open services of one terminal."""

    catalog: Catalog
    sales: Sales
    pack_stock: PackStock
    admission: Admission
    doorways: Doorways
    emptyings: Emptyings
    lane: Lane
    """The door: `admission`, and what does without it while nobody answers."""
    staff: Staff
    pairing: Pairing
    terminals: Terminals
    payments: Payments
    refunds: Refunds
    invoices: Invoices
    claims: Claims
    ticket_desk: TicketDesk
    hand_outs: HandOuts
    wallets: Wallets
    token_desk: TokenDesk
    token_till: TokenTill
    wallet_access: WalletAccess
    airdrops: Airdrops
    statements: Statements
    recipients: Recipients
    token_receipts: TokenReceipts
    gifts: Gifts
    reconciliation: Reconciliation
    stats: Stats
    crowds: Crowds
    books: Books
    exports: Exports
    lineages: Lineages
    clock: Clock
    ledger_engine: str
    """What the ledger runs on, in words for a status line."""
    terminal: str
    ticket_files: TicketFiles | None = None
    """Where tickets can be saved, if anywhere."""
    printer: TicketPrinter | None = None
    """What tickets can be printed on, if anything is found there."""
    courtesy: Courtesy = field(default_factory=Courtesy)
    """To be told of keys."""
