"""Take tokens at a stall: staff ask, the owner's code answers, and for much their PIN."""

from datetime import datetime
from functools import partial

from sqlmodel import Session

from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.bills import checked_amount
from kiosk.domain.events import StaffMember, Stall
from kiosk.domain.reasons import checked_reason
from kiosk.domain.rights import Right, require
from kiosk.domain.stalls import (
    SHIFT,
    BackFault,
    NotGivenBack,
    PinNeeded,
    Price,
    Taken,
    back_id,
    given_back,
)
from kiosk.domain.token_moves import Move, MoveKind, MoveState
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import OpenWallet, PresentedWallet
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.wallets import Errand, Wallets
from kiosk.store import audit, pairings, stalls, token_moves, wallets
from ledger.ids import new_id


class TokenDesk:
    """The stalls of one event, at one terminal.

    `LedgerUnavailable` or `StoreUnavailable` mean that the outcome is unknown: repeat the call.
    If nobody does, reconciliation finishes what was stored.
    """

    def __init__(self, backing: Backing, catalog: Catalog, purses: Wallets, terminal: int) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._wallets = purses
        self._terminal = terminal

    def price(self, stall: Stall, token: Token, amount: int) -> Price:
        """So many tokens at a stall, once; raises `InvalidAmount`."""
        return Price(new_id(), stall, token, checked_amount(amount))

    async def take(
        self, price: Price, wallet: PresentedWallet | OpenWallet, staff: StaffMember
    ) -> Taken:
        """Take the price out of a wallet, what expires first before anything else.

        Raises `PinNeeded` unless the wallet is open, where the price takes a PIN;
        `InsufficientTokens`, `WalletBusy`, `NotAllowed` or `NotPaired`.
        """
        require(staff, Right.TAKE_TOKENS)
        if price.takes_pin and not isinstance(wallet, OpenWallet):
            raise PinNeeded(price)
        asked = f"{price.amount} × {price.token.key} at {price.stall.key}"

        def also(session: Session) -> None:
            pairings.require_paired(session, self._terminal)
            self._record(session, Action.TOKENS_ASKED, wallet.wallet_id, asked, staff)

        errand = Errand(price.id, price.token, price.amount)
        move = await self._wallets.spend(errand, wallet.wallet_id, price.stall.key, also)
        return await self.taken(move.id)

    async def latest(self) -> list[Taken]:
        """What the stalls took within a shift, newest first."""
        event, since = self._catalog.event, self._clock.now() - SHIFT
        return await self._store.transaction(partial(stalls.taken_since, event=event, since=since))

    async def taken(self, move_id: int) -> Taken:
        """What a stall took by one move; raises `NotGivenBack`."""
        event = self._catalog.event
        found = await self._store.transaction(partial(stalls.taken, event=event, move_id=move_id))
        if found is None:
            raise NotGivenBack(move_id, BackFault.NOT_TAKEN)
        return found

    async def give_back(self, taken: Taken, reason: str, supervisor: StaffMember) -> Taken:
        """Put what a stall took back into the wallet; twice is once.

        Raises `NotGivenBack`, `InvalidReason`, `NotAllowed` or `NotPaired`.
        """
        require(supervisor, Right.UNDO)
        why, now = checked_reason(reason), self._clock.now()

        def intend(session: Session) -> Move:
            pairings.require_paired(session, self._terminal)
            if found := token_moves.find(session, back_id(taken.move_id)):
                return found
            spent = token_moves.find(session, taken.move_id)
            if spent is None or (spent.kind, spent.state) != (MoveKind.SPEND, MoveState.DONE):
                raise NotGivenBack(taken.move_id, BackFault.NOT_TAKEN)
            if spent.asked_at < now - SHIFT:
                raise NotGivenBack(taken.move_id, BackFault.TOO_LATE)
            back = given_back(spent, _expiries(session, spent), now, why)
            detail = f"{spent.amount} × {taken.token.key} from {spent.app}: {why}"
            self._record(session, Action.TOKENS_GIVEN_BACK, back.receiver, detail, supervisor)
            return token_moves.add(session, self._catalog.event.id, back)

        await self._wallets.finish(await self._store.transaction(intend))
        return await self.taken(taken.move_id)

    def _record(
        self,
        session: Session,
        action: Action,
        wallet_id: int | None,
        detail: str,
        staff: StaffMember,
    ) -> None:
        actor = Actor(self._terminal, staff.name)
        audit.record(session, AuditEntry(self._clock.now(), actor, action, wallet_id, detail))


def _expiries(session: Session, spent: Move) -> dict[int, datetime | None]:
    """When the bills expire that a move was made of."""
    sources = [part.source for part in spent.parts if part.source is not None]
    return {bill.id: bill.expires_at for bill in wallets.by_ids(session, sources).values()}
