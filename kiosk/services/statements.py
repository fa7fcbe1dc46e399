"""Statements of wallets: what is in them, until when, how it came and went, what may be sent."""

from typing import Final, TypeAlias

from sqlmodel import Session

from kiosk.domain import chart_airdrops
from kiosk.domain.airdrops import Airdrop, Share, ShareState
from kiosk.domain.statements import Allowance, HistoryKind, HistoryLine, Statement
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import WalletLimit
from kiosk.services.backing import Backing
from kiosk.services.booking import instant
from kiosk.services.catalog import Catalog
from kiosk.services.wallets import Wallets, midnight
from kiosk.store import airdrops, token_history, token_moves
from kiosk.store.wallets import StoredBill

_Delivered: TypeAlias = tuple[Airdrop, Share, StoredBill]

HISTORY_LINES: Final = 50
"""So many lines are shown at once, where nothing else is asked for."""


class Statements:
    """Reads the wallets of one event; changes nothing.

    Raises `LedgerUnavailable` or `StoreUnavailable`.
    """

    def __init__(self, backing: Backing, catalog: Catalog, wallets: Wallets) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._wallets = wallets

    async def statement(self, wallet_id: int, token: Token) -> Statement:
        """What there is of one kind of token, and until when."""
        bills = await self._wallets.bills(wallet_id, token)
        return Statement.of(token, bills, self._clock.now())

    async def history(
        self, wallet_id: int, token: Token, *, skipped: int = 0, limit: int = HISTORY_LINES
    ) -> list[HistoryLine]:
        """How tokens came and went, the latest first; `skipped` lines were shown before."""
        most = skipped + limit

        def read(session: Session) -> tuple[list[HistoryLine], list[_Delivered]]:
            moved = token_history.latest(session, wallet_id, token.number, most)
            delivered = airdrops.delivered_to(session, wallet_id, token.number)
            return moved, delivered

        moved, delivered = await self._store.transaction(read)
        lines = [*moved, *map(_airdropped, delivered), *await self._taken_back(token, delivered)]
        return sorted(lines, key=lambda line: line.at, reverse=True)[skipped:most]

    async def allowance(self, wallet_id: int, token: Token) -> Allowance:
        """How much may be sent to others now, by the balance and the limits of the event."""
        balance = await self._wallets.balance(wallet_id, token)
        allowed: list[tuple[int, WalletLimit | None]] = [(balance, None)]
        if token.limits.transfer_max is not None:
            allowed.append((token.limits.transfer_max, WalletLimit.TRANSFER))
        if token.limits.daily_max is not None:
            since = midnight(self._clock.now(), self._catalog.event.timezone)
            sent = await self._store.transaction(
                lambda session: token_moves.sent_since(session, wallet_id, token.number, since)
            )
            allowed.append((max(token.limits.daily_max - sent, 0), WalletLimit.DAILY))
        return Allowance(*min(allowed, key=lambda one: one[0]))

    async def _taken_back(self, token: Token, delivered: list[_Delivered]) -> list[HistoryLine]:
        """What the organiser took back of airdrops: how much that was is the ledger's word."""
        event = self._catalog.event
        taken = {
            chart_airdrops.take_back(event, token.number, share).id: airdrop
            for airdrop, share, _ in delivered
            if share.state is ShareState.TAKEN_BACK
        }
        found = await self._ledger.lookup_transfers(list(taken)) if taken else []
        return [
            HistoryLine(
                at=instant(transfer.timestamp),
                kind=HistoryKind.TAKEN_BACK,
                amount=-transfer.amount,
                place=taken[transfer.id].name,
            )
            for transfer in found
            if transfer.amount
        ]


def _airdropped(delivered: _Delivered) -> HistoryLine:
    airdrop, _, bill = delivered
    return HistoryLine(
        at=bill.received_at,
        kind=HistoryKind.AIRDROP,
        amount=bill.amount,
        place=airdrop.name,
        expires_at=bill.expires_at,
    )
