"""Make moves of tokens happen on the ledger: in one chain, or held first and posted after."""

import asyncio
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Final

from kiosk.domain import chart_tokens
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import Event
from kiosk.domain.token_moves import Move, MoveKind
from kiosk.services.booking import book, open_accounts
from ledger.chains import chain_refusal
from ledger.engine import Ledger
from ledger.types import Account, Transfer
from ledger.types import CreateTransferStatus as Status

_ACCOUNTS_MAX: Final = 4000
"""Accounts in one request."""

_OUT_OF_TOKENS: Final = (Status.EXCEEDS_CREDITS, Status.ID_ALREADY_FAILED)
_VOIDED: Final = (
    Status.CREATED,
    Status.EXISTS,
    # What was never held, or is given back already, needs no voiding.
    Status.PENDING_TRANSFER_NOT_FOUND,
    Status.PENDING_TRANSFER_ALREADY_VOIDED,
    Status.ID_ALREADY_FAILED,
)


class Outcome(Enum):
    """What the ledger said to a move."""

    DONE = auto()
    REFUSED = auto()
    """A bill has less than the plan takes of it: somebody else was faster."""


class TokenLedger:
    """Every call may be repeated: the ids of a move are those of its stored plan."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def move(self, event: Event, move: Move) -> Outcome:
        """A move of one chain: all of it happens, or nothing."""
        chain = chart_tokens.transfers(event, move)
        return _outcome(move, (await book(self._ledger, chain, _accounts(event, move)),))

    async def hold(self, event: Event, move: Move) -> Outcome:
        """Hold a long move; if any of it is refused, nothing of it stays held."""
        accounts = _accounts(event, move)
        for start in range(0, len(accounts), _ACCOUNTS_MAX):
            await open_accounts(self._ledger, accounts[start : start + _ACCOUNTS_MAX])
        outcome = _outcome(move, await self._chains(chart_tokens.holds(event, move)))
        if outcome is Outcome.REFUSED:
            await self._each(move, chart_tokens.voids(move), _VOIDED)
        return outcome

    async def post(self, move: Move) -> None:
        """Move what is held."""
        await self._each(move, chart_tokens.posts(move), (Status.CREATED, Status.EXISTS))

    async def _chains(self, chains: Iterable[list[Transfer]]) -> Sequence[Status | None]:
        # Sent at once, the chains share requests as far as these have room.
        asked = [self._ledger.create_transfers(chain) for chain in chains]
        return [chain_refusal(results) for results in await asyncio.gather(*asked)]

    async def _each(
        self, move: Move, batches: Iterable[list[Transfer]], expected: tuple[Status, ...]
    ) -> None:
        asked = [self._ledger.create_transfers(batch) for batch in batches]
        for results in await asyncio.gather(*asked):
            for result in results:
                if result.status not in expected:
                    raise LedgerContradicts(f"move {move.id:032x} of tokens", result.status.name)


def _accounts(event: Event, move: Move) -> list[Account]:
    """All that a move goes to."""
    accounts = [*chart_tokens.bill_accounts(move), *chart_tokens.gift_accounts(move)]
    if move.kind is MoveKind.SPEND:
        accounts.append(chart_tokens.app_account(event, move.token_number, move.app))
    return accounts


def _outcome(move: Move, refusals: Iterable[Status | None]) -> Outcome:
    for refusal in refusals:
        if refusal in _OUT_OF_TOKENS:
            return Outcome.REFUSED
        if refusal is not None:
            raise LedgerContradicts(f"move {move.id:032x} of tokens", refusal.name)
    return Outcome.DONE
