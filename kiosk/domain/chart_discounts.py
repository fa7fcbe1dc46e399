"""Accounts and transfers of the uses of discount codes, held and sold like places.

A code with a limit has a budget of uses; one without has no accounts, for nobody counts them.
"""

from datetime import timedelta
from typing import Final

from kiosk.domain.chart import AccountCode, LedgerNumber, TransferCode
from kiosk.domain.chart_places import HOLD_MARGIN_SECONDS
from kiosk.domain.discounts import AppliedDiscount, DiscountState
from kiosk.domain.events import Discount, Event
from kiosk.domain.orders import Order
from ledger.ids import derived_id
from ledger.types import Account, AccountFlags, Transfer, TransferFlags

_SECOND: Final = timedelta(seconds=1)


def uses_account_id(event: Event, discount_code: str, code: AccountCode) -> int:
    """An account of the uses of one discount code."""
    return derived_id("discount-account", event.id, discount_code, code)


def uses_accounts(event: Event, discount: Discount) -> list[Account]:
    """Operator, budget and spent of one code."""
    kinds = {
        AccountCode.OPERATOR: AccountFlags.NONE,
        AccountCode.BUDGET: AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS,
        AccountCode.SPENT: AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS,
    }
    return [
        Account(
            id=uses_account_id(event, discount.code, code),
            user_data_128=event.id,
            ledger=LedgerNumber.USES,
            code=code,
            flags=flags,
        )
        for code, flags in kinds.items()
    ]


def fund_uses(event: Event, discount: Discount, *, funded: int, amount: int) -> Transfer:
    """Give a code `amount` more uses than the `funded` ones it has: once, whoever else tries."""
    return Transfer(
        id=derived_id("fund-discount", event.id, discount.code, funded),
        debit_account_id=uses_account_id(event, discount.code, AccountCode.OPERATOR),
        credit_account_id=uses_account_id(event, discount.code, AccountCode.BUDGET),
        amount=amount,
        user_data_128=event.id,
        ledger=LedgerNumber.USES,
        code=TransferCode.FUND,
    )


def hold_use(event: Event, order: Order) -> Transfer:
    """Hold a use for as long as the places of the order are held."""
    given = order.discount
    assert given is not None
    transfer = _use(event, order, given)
    transfer.id = _hold_id(order, given)
    transfer.code = TransferCode.HOLD
    transfer.flags = TransferFlags.PENDING
    transfer.timeout = -((given.asked_at - order.held_until) // _SECOND) + HOLD_MARGIN_SECONDS
    return transfer


def release_use(order: Order) -> list[Transfer]:
    """Give the use back that an order may hold; nothing if it can hold none."""
    given = order.discount
    closed = (DiscountState.REFUSED, DiscountState.RETURNED)
    if given is None or not given.is_limited or given.state in closed:
        return []
    return [
        Transfer(
            id=derived_id("release-use", order.id, given.attempt),
            pending_id=_hold_id(order, given),
            flags=TransferFlags.VOID_PENDING_TRANSFER,
        )
    ]


def post_use(order: Order) -> list[Transfer]:
    """Count the use an order holds as used: a part of the chain that pays it."""
    given = _counted(order)
    if given is None:
        return []
    return [
        Transfer(
            id=derived_id("post-use", order.id, given.attempt),
            pending_id=_hold_id(order, given),
            amount=1,
            flags=TransferFlags.POST_PENDING_TRANSFER,
        )
    ]


def take_use(event: Event, order: Order, payment_id: int) -> list[Transfer]:
    """Use the code afresh, its hold being lost: a part of the chain that pays late."""
    given = _counted(order)
    if given is None:
        return []
    transfer = _use(event, order, given)
    transfer.id = derived_id("take-use", payment_id)
    transfer.code = TransferCode.TAKE
    return [transfer]


def take_back_use(event: Event, order: Order, refund_id: int) -> list[Transfer]:
    """Give a use back that was counted: a part of the chain that refunds the order."""
    given = _counted(order)
    if given is None:
        return []
    transfer = _use(event, order, given)
    transfer.id = derived_id("take-back-use", refund_id)
    transfer.code = TransferCode.TAKE_BACK
    transfer.debit_account_id, transfer.credit_account_id = (
        transfer.credit_account_id,
        transfer.debit_account_id,
    )
    return [transfer]


def _counted(order: Order) -> AppliedDiscount | None:
    given = order.discount
    if given is None or not given.is_limited or given.state is not DiscountState.HELD:
        return None
    return given


def _hold_id(order: Order, given: AppliedDiscount) -> int:
    return derived_id("hold-use", order.id, given.attempt)


def _use(event: Event, order: Order, given: AppliedDiscount) -> Transfer:
    return Transfer(
        debit_account_id=uses_account_id(event, given.code, AccountCode.BUDGET),
        credit_account_id=uses_account_id(event, given.code, AccountCode.SPENT),
        amount=1,
        user_data_128=order.id,
        ledger=LedgerNumber.USES,
    )
