"""The chart of accounts: which account stands for what, and which transfers a business event is.

Start reading here; `chart_places` and `chart_money` plan the transfers. A place at the event is
one unit on the ticket ledger. It is funded into a slot's budget, moves to spent when sold and to
redeemed when its holder is admitted:

    operator --fund--> budget --hold, post--> spent --redeem--> redeemed

A budget's debits must not exceed its credits, so its balance *is* what is left: there is no second
counter, and nothing can be sold twice. A slot of a pool takes each place from the pool's budget
too, in the same chain. Goodies move likewise on their own ledger. People move on the ledger of
presence, which counts who is inside:

    operator --fund--> outside --enter--> inside --leave--> outside

The outside of a hall is the room that is left in it: nobody enters a full one. Money moves beside
them, on the ledger of its currency:

    cash --receipt--> customer --charge--> sales
    discounts --discount--> customer
    receivable --credit note--> customer, and later cash --settlement--> receivable

(an arrow runs from the account that is debited to the one that is credited). Ids are derived from
what they stand for, so an operation repeated after a crash is recognised as the same.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import cache, lru_cache
from typing import Final

from kiosk.domain.events import Event, ProviderName, Resource, ResourceKind
from kiosk.domain.money import CURRENCIES
from kiosk.domain.orders import Method, Order
from ledger.ids import derived_id, derived_id_beside, milliseconds_of
from ledger.types import Account, AccountFlags, Transfer, TransferFlags


class LedgerNumber(IntEnum):
    """What one unit is. Money uses the ISO 4217 number of its currency (8 to 999) instead, and
    token symbol n uses `TOKENS` + n."""

    TICKETS = 1
    """One admission."""
    GOODIES = 2
    """One piece."""
    PRESENCE = 3
    """One person inside."""
    USES = 4
    """One use of a discount code."""
    TOKENS = 1_000_000


class AccountCode(IntEnum):
    """What an account stands for."""

    OPERATOR = 1
    BUDGET = 2
    SPENT = 3
    REDEEMED = 4
    OUTSIDE = 11
    INSIDE = 12
    SALES = 21
    DISCOUNTS = 22
    OVER_SHORT = 23
    CASH = 24
    DRAWER = 25
    CUSTOMER = 26
    RECEIVABLE = 27
    INCOME = 41
    DEBT = 42
    TOKENS_EXPIRED = 43
    APP = 44
    RESERVED = 45
    WAITING = 46
    BILL = 47
    GIFT = 48
    """Tokens on their way to somebody who has no wallet yet; one account for each bill of them."""


class TransferCode(IntEnum):
    """Why a transfer was made. Posts and voids keep the code of the hold they end."""

    FUND = 1
    HOLD = 2
    TAKE = 3
    """A place sold without a hold, because the hold was lost while the buyer paid."""
    REDEEM = 4
    WITHDRAW = 5
    """Capacity taken back before it was sold."""
    TAKE_BACK = 6
    """A sold place or a granted goodie given back, when its order was refunded."""
    RETURN = 7
    """A holder whose place is redeemed is let in once more: nothing moves but the person."""
    ENTER = 8
    LEAVE = 9
    UNDO = 10
    """An admission taken back, because it did not happen after all."""
    PASS_ON = 11
    """A claim becomes another person's: nothing moves, and nobody else takes a step meanwhile."""
    CHARGE = 21
    RECEIPT = 22
    DISCOUNT = 23
    CREDIT_NOTE = 24
    SET_OFF = 25
    """A discount lowers what is owed on a credit note."""
    SETTLEMENT = 26
    """Money for a credit note."""
    REFUND = 27
    """Money that goes back, and what else is undone with it."""
    EMIT = 41
    """Tokens that may be issued."""
    ISSUE = 42
    SEND = 43
    SPEND = 44
    EXPIRE = 45
    CLAW_BACK = 46
    """Unspent tokens the organiser takes back."""
    RESERVE = 47
    SUBMIT = 48
    CONFIRM = 49
    FAIL = 50
    GIVE_BACK = 51
    """Tokens that were spent come back."""
    GIFT = 52
    GIFT_CLAIM = 53
    GIFT_RETURN = 54
    """A gift that nobody claimed goes back to its giver."""


RESOURCE_TAGS: Final = {kind: tag for tag, kind in enumerate(ResourceKind)}
"""What tells slots, pools, goodies and halls apart in `user_data_32`, `user_data_64` being a
number."""


ORDERS_AT_ONCE: Final = 1024
"""More than are bought at the same time: ids that an order needs often are kept for so many."""


def resource_account_id(event: Event, kind: ResourceKind, number: int, code: AccountCode) -> int:
    """An account of a slot, a pool, a goodie or a hall."""
    return _shared_account_id(f"{kind}-account", event.id, number, code)


@cache
def _shared_account_id(kind: str, *parts: int | str) -> int:
    # Every order moves places and money of these few.
    return derived_id(kind, *parts)


def slot_account_id(event: Event, slot_number: int, code: AccountCode) -> int:
    """The account of a slot on the ticket ledger."""
    return resource_account_id(event, ResourceKind.SLOT, slot_number, code)


def event_account_id(event: Event, code: AccountCode) -> int:
    """The account of an event on the ledger of its currency."""
    return _shared_account_id("event-account", event.id, code)


BANK: Final = "bank"
"""The way of paying of who settles an invoice by a transfer to our bank account."""


def cash_account_id(event: Event, way: str) -> int:
    """The account of the money that came in by one way of paying; "" is the cash at the desk."""
    if not way or way == ProviderName.CASH:
        return event_account_id(event, AccountCode.CASH)
    return _shared_account_id("cash-account", event.id, way)


_SORTED_SINCE: Final = 1_795_262_400_000
"""2026-11-21 12:00 UTC in milliseconds."""


def beside(id_: int, kind: str, *parts: int) -> int:
    """The id of what is moved for an order or a payment: it sorts with the rest of it.

    In a rush, what is stored then falls on few pages. What was begun before ids were sorted goes
    on under the ids that the ledger has of it.
    """
    if milliseconds_of(id_) < _SORTED_SINCE:
        return derived_id(kind, *parts)
    return derived_id_beside(id_, kind, *parts)


def receivable_account_id(order_id: int) -> int:
    """The account of what is owed for one order, a credit note having been issued."""
    return beside(order_id, "receivable", order_id)


@lru_cache(ORDERS_AT_ONCE)
def customer_account_id(order_id: int) -> int:
    """The account of what one order has paid and was charged."""
    return beside(order_id, "customer", order_id)


def resource_ledger(kind: ResourceKind) -> LedgerNumber:
    """On which ledger something is counted."""
    match kind:
        case ResourceKind.SLOT | ResourceKind.POOL:
            return LedgerNumber.TICKETS
        case ResourceKind.GOODIE:
            return LedgerNumber.GOODIES
        case ResourceKind.HALL:
            return LedgerNumber.PRESENCE


def stock_code(kind: ResourceKind) -> AccountCode:
    """The account whose balance is what is left of something."""
    return AccountCode.OUTSIDE if kind is ResourceKind.HALL else AccountCode.BUDGET


_LIMITED: Final = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
_SALE_FLAGS: Final = {
    AccountCode.OPERATOR: AccountFlags.NONE,
    AccountCode.BUDGET: _LIMITED,
    # No more people can be admitted than places were sold.
    AccountCode.SPENT: _LIMITED,
    AccountCode.REDEEMED: AccountFlags.NONE,
}
_HALL_FLAGS: Final = {
    AccountCode.OPERATOR: AccountFlags.NONE,
    AccountCode.OUTSIDE: _LIMITED,
    AccountCode.INSIDE: _LIMITED,
}
_OPEN_FLAGS: Final = {AccountCode.OUTSIDE: AccountFlags.NONE, AccountCode.INSIDE: _LIMITED}
"""Of the people inside by tickets for a slot without a hall: they are counted, not limited."""


def resource_accounts(event: Event, resource: Resource) -> list[Account]:
    """The accounts of one slot, pool, goodie or hall."""
    kind = resource.kind
    flags = _HALL_FLAGS if kind is ResourceKind.HALL else _SALE_FLAGS
    accounts = _accounts(event, resource, resource_ledger(kind), flags)
    if kind is ResourceKind.SLOT:
        accounts += _accounts(event, resource, LedgerNumber.PRESENCE, _OPEN_FLAGS)
    return accounts


def _accounts(
    event: Event,
    resource: Resource,
    ledger: LedgerNumber,
    kinds: Mapping[AccountCode, AccountFlags],
) -> list[Account]:
    return [
        Account(
            id=resource_account_id(event, resource.kind, resource.number, code),
            user_data_128=event.id,
            user_data_64=resource.number,
            user_data_32=RESOURCE_TAGS[resource.kind],
            ledger=ledger,
            code=code,
            flags=flags,
        )
        for code, flags in kinds.items()
    ]


def event_accounts(event: Event) -> list[Account]:
    """The accounts of money that an event has once."""
    ids = {
        event_account_id(event, AccountCode.SALES): AccountCode.SALES,
        event_account_id(event, AccountCode.DISCOUNTS): AccountCode.DISCOUNTS,
        # All there are: who paid by a way that is not offered any more may still be refunded.
        **{cash_account_id(event, way): AccountCode.CASH for way in (*ProviderName, BANK)},
    }
    return [
        Account(
            id=account_id,
            user_data_128=event.id,
            ledger=CURRENCIES[event.currency].number,
            code=code,
        )
        for account_id, code in ids.items()
    ]


def customer_account(event: Event, order: Order) -> Account:
    """The account of one order: it can be charged no more than was paid into it."""
    return Account(
        id=customer_account_id(order.id),
        user_data_128=order.id,
        ledger=CURRENCIES[event.currency].number,
        code=AccountCode.CUSTOMER,
        flags=AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS,
    )


def receivable_account(event: Event, order: Order) -> Account:
    """The account of what one order still owes: no more can be paid on it than that."""
    return Account(
        id=receivable_account_id(order.id),
        user_data_128=order.id,
        ledger=CURRENCIES[event.currency].number,
        code=AccountCode.RECEIVABLE,
        flags=AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS,
    )


def order_accounts(event: Event, order: Order) -> list[Account]:
    """The accounts that an order needs once it is paid."""
    invoiced = order.payment is not None and order.payment.method is Method.INVOICE
    owed = [receivable_account(event, order)] if invoiced else []
    return [customer_account(event, order), *owed]


def linked(transfers: Sequence[Transfer]) -> list[Transfer]:
    """Make one chain of `transfers`: all happen, or none."""
    for transfer in transfers[:-1]:
        transfer.flags = _and_linked(transfer.flags)
    return list(transfers)


@cache
def _and_linked(flags: TransferFlags) -> TransferFlags:
    # To combine flags takes as long as to make a transfer.
    return flags | TransferFlags.LINKED
