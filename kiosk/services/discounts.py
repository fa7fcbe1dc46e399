"""The uses of discount codes: given to each code once, counted by the ledger."""

from kiosk.domain.chart import AccountCode
from kiosk.domain.chart_discounts import fund_uses, uses_account_id, uses_accounts
from kiosk.domain.errors import EventChanged, LedgerContradicts
from kiosk.domain.events import Discount, Event
from kiosk.services.booking import book, open_accounts
from ledger.engine import Ledger
from ledger.types import CreateTransferStatus as Status


async def fund_discounts(ledger: Ledger, event: Event) -> None:
    """Give every code with a limit its uses, however often this is asked for.

    Limits may grow; raises `EventChanged` if one has shrunk.
    """
    for discount in event.discounts:
        if discount.uses_max is not None:
            await open_accounts(ledger, uses_accounts(event, discount))
            while not await _is_funded(ledger, event, discount, discount.uses_max):
                pass


async def uses_on_hold(ledger: Ledger, event: Event, discount: Discount) -> int:
    """How many uses of a code are held by orders that are being paid."""
    budget = uses_account_id(event, discount.code, AccountCode.BUDGET)
    return sum(account.debits_pending for account in await ledger.lookup_accounts([budget]))


async def _is_funded(ledger: Ledger, event: Event, discount: Discount, uses: int) -> bool:
    operator_id = uses_account_id(event, discount.code, AccountCode.OPERATOR)
    [operator] = await ledger.lookup_accounts([operator_id])
    funded = operator.debits_posted
    if uses < funded:
        change = f"the uses of {discount.code} are {funded} and cannot shrink to {uses}"
        raise EventChanged(event.key, change)
    if uses == funded:
        return True
    step = fund_uses(event, discount, funded=funded, amount=uses - funded)
    match await book(ledger, [step]):
        # Another terminal was faster, with another limit: look again.
        case None | Status.EXISTS_WITH_DIFFERENT_AMOUNT:
            return False
        case status:
            raise LedgerContradicts(f"funding of discount {discount.code}", status.name)
