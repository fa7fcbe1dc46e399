"""The supply of tokens: emitted once, so that the ledger can say when there are no more."""

from kiosk.domain.chart import AccountCode
from kiosk.domain.chart_tokens import emit, token_account_id, token_accounts
from kiosk.domain.errors import EventChanged, LedgerContradicts
from kiosk.domain.events import Event
from kiosk.domain.tokens import Token
from kiosk.services.booking import book, open_accounts
from ledger.engine import Ledger
from ledger.types import CreateTransferStatus as Status


async def emit_tokens(ledger: Ledger, event: Event) -> None:
    """Emit what the event says there is of each token, however often this is asked for.

    A supply may grow; raises `EventChanged` if one has shrunk.
    """
    for token in event.tokens:
        await open_accounts(ledger, token_accounts(event, token))
        while not await _is_emitted(ledger, event, token):
            pass


async def _is_emitted(ledger: Ledger, event: Event, token: Token) -> bool:
    income_id = token_account_id(event, token.number, AccountCode.INCOME)
    [income] = await ledger.lookup_accounts([income_id])
    emitted = income.debits_posted
    if token.supply < emitted:
        change = f"the supply of {token.key} is {emitted} and cannot shrink to {token.supply}"
        raise EventChanged(event.key, change)
    if token.supply == emitted:
        return True
    match await book(ledger, [emit(event, token, emitted=emitted)]):
        # Another terminal was faster, with another supply: look again.
        case None | Status.EXISTS_WITH_DIFFERENT_AMOUNT:
            return False
        case status:
            raise LedgerContradicts(f"emission of {token.key}", status.name)
