"""Wallets: tokens that are issued, sent, spent, taken back, and gone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlmodel import Session

from kiosk.domain import chart_tokens
from kiosk.domain.bills import (
    Bill,
    InsufficientTokens,
    balance,
    checked_amount,
    in_spending_order,
)
from kiosk.domain.chart import AccountCode
from kiosk.domain.claims import checked_note
from kiosk.domain.people import Attendee
from kiosk.domain.token_moves import Move, MoveKind, MovePart, MoveState, bill_id
from kiosk.domain.tokens import Origin, Token
from kiosk.domain.wallets import (
    LimitExceeded,
    SameWallet,
    TokensGone,
    UnknownWallet,
    WalletBusy,
    WalletLimit,
)
from kiosk.services.backing import Backing
from kiosk.services.bills import Bills
from kiosk.services.catalog import Catalog
from kiosk.services.token_moves import TokenMoves
from kiosk.services.token_plans import TokenPlans
from kiosk.store import token_moves, wallets
from kiosk.store.wallets import OwnerRecord, Wallet
from ledger.ids import new_id


@dataclass(frozen=True, slots=True)
class Errand:
    """Tokens that somebody wants moved. By its id, asking twice is asking once."""

    id: int
    token: Token
    amount: int
    note: str = ""


Also = Callable[[Session], None]
"""Stores what else there is to a move, in the unit of work that stores its plan."""


class Wallets:
    """The wallets of one event. Every call may be repeated with the same errand.

    `LedgerUnavailable` or `StoreUnavailable` mean that the outcome is unknown: repeat the call.
    If nobody does, reconciliation finishes what was stored.
    """

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._bills = Bills(backing, catalog)
        self.plans = TokenPlans(catalog, self._bills, backing.clock)
        self._moves = TokenMoves(backing, catalog, self.plans.plan)

    def errand(self, token: Token, amount: int, note: str = "") -> Errand:
        """A new errand; raises `InvalidAmount` or `InvalidNote`."""
        return Errand(new_id(), token, checked_amount(amount), checked_note(note))

    async def open(self, owner: Attendee) -> Wallet:
        """The wallet of somebody, a new one if they have none."""
        event_id, now = self._catalog.event.id, self._clock.now()
        return await self._store.transaction(
            lambda session: wallets.open_wallet(session, event_id, owner, now)
        )

    async def find(self, wallet_id: int) -> Wallet:
        """A wallet by its id; raises `UnknownWallet`."""
        found = await self._store.transaction(partial(wallets.find, wallet=wallet_id))
        if found is None:
            raise UnknownWallet(wallet_id)
        return found

    async def bills(self, wallet_id: int, token: Token) -> list[Bill]:
        """The bills of which something can be spent or is on its way, in the order of spending."""
        now = self._clock.now()
        found = in_spending_order(await self._bills.of(wallet_id, token.number))
        return [bill for bill in found if not bill.is_expired(now)]

    async def balance(self, wallet_id: int, token: Token) -> int:
        """What can be spent of a wallet now."""
        return balance(await self.bills(wallet_id, token), self._clock.now())

    async def left(self, token: Token) -> int:
        """How many tokens can still be issued."""
        debt = chart_tokens.token_account_id(self._catalog.event, token.number, AccountCode.DEBT)
        [account] = await self._ledger.lookup_accounts([debt])
        return account.credits_posted - account.debits_posted - account.debits_pending

    async def owner_history(self, bill: int) -> list[OwnerRecord]:
        """Who had the tokens of a bill, from their issue to now."""
        return await self._bills.owner_history(bill)

    async def issue(
        self, errand: Errand, wallet_id: int, origin: Origin, also: Also | None = None
    ) -> Move:
        """Tokens come to be in a wallet; raises `TokensGone` or `LimitExceeded`."""
        await self.check_room(wallet_id, errand.token, errand.amount)
        expires_at = self.plans.expiry(errand.token, origin, errand.amount)
        part = MovePart(None, bill_id(errand.id, 1, 0), errand.amount, expires_at)
        move = self._new(errand, MoveKind.ISSUE, receiver=wallet_id).planned((part,))
        done = await self._moves.finish(await self._store_plan(move, errand.token, also))
        if done.state is MoveState.REFUSED:
            raise TokensGone(errand.amount, await self.left(errand.token))
        return done

    async def send(
        self, errand: Errand, sender: int, receiver: int, also: Also | None = None
    ) -> Move:
        """Tokens go to somebody else, those that expire first before others.

        Raises `SameWallet`, `LimitExceeded`, `InsufficientTokens` or `WalletBusy`, and then
        nothing was moved.
        """
        if sender == receiver:
            raise SameWallet(sender)
        _check_transfer(errand)
        move = self._new(errand, MoveKind.SEND, sender, receiver=receiver)
        return await self._take(errand, move, also)

    async def give(self, errand: Errand, giver: int, also: Also) -> Move:
        """Tokens go into a gift, which `also` stores; raises as `send` does."""
        _check_transfer(errand)
        return await self._take(errand, self._new(errand, MoveKind.GIFT, giver), also)

    async def spend(self, errand: Errand, sender: int, app: str, also: Also | None = None) -> Move:
        """Tokens are spent at `app`; raises `InsufficientTokens` or `WalletBusy`.

        `also` is done in the unit of work that stores it.
        """
        move = self._new(errand, MoveKind.SPEND, sender, app=app)
        return await self._take(errand, move, also)

    async def claw_back(self, errand: Errand, sender: int) -> Move:
        """The organiser takes unspent tokens back; raises as `spend` does."""
        return await self._take(errand, self._new(errand, MoveKind.CLAW_BACK, sender))

    async def sweep(self) -> int:
        """Book as expired what expired before anybody spent it; how many tokens that was."""
        return sum([await self.sweep_wallet(found) for found in await self.with_expired()])

    async def with_expired(self) -> list[tuple[int, int]]:
        """Wallets with bills that have expired, each with the number of the token."""
        return await self._bills.wallets_with_expired()

    async def sweep_wallet(self, found: tuple[int, int]) -> int:
        """Book what has expired of one of `with_expired`; how many tokens that was."""
        wallet_id, token_number = found
        token = self.plans.token(token_number)
        move = self._new(Errand(new_id(), token, 1), MoveKind.EXPIRE, wallet_id)
        try:
            planned = await self.plans.plan(move)
        except InsufficientTokens:
            # What is left of it is on its way, or was nothing.
            return 0
        done = await self._moves.finish(await self._store_plan(planned, token))
        return done.amount if done.state is MoveState.DONE else 0

    async def check_room(self, wallet_id: int, token: Token, amount: int) -> None:
        """Raise `LimitExceeded` if a wallet may not hold so many more tokens."""
        most = token.limits.balance_max
        if most is None:
            return
        held = await self.balance(wallet_id, token)
        if held + amount > most:
            raise LimitExceeded(WalletLimit.BALANCE, most, max(most - held, 0))

    async def unfinished(self) -> list[Move]:
        """The moves that somebody left, the oldest first."""
        return await self._moves.unfinished()

    async def finish(self, move: Move) -> Move:
        """Bring a move that somebody left to its end."""
        return await self._moves.finish(move)

    async def _take(self, errand: Errand, move: Move, also: Also | None = None) -> Move:
        """Bills leave a wallet: planned, stored, and made to happen."""
        assert move.sender is not None
        stored = await self._store.transaction(partial(token_moves.find, move_id=move.id))
        if stored is None:
            if move.receiver is not None:
                await self.check_room(move.receiver, errand.token, errand.amount)
            stored = await self._store_plan(await self.plans.plan(move), errand.token, also)
        done = await self._moves.finish(stored)
        if done.state is MoveState.REFUSED:
            available = await self.balance(move.sender, errand.token)
            if available < errand.amount:
                raise InsufficientTokens(errand.amount, available)
            raise WalletBusy(move.sender)
        return done

    async def _store_plan(self, move: Move, token: Token, also: Also | None = None) -> Move:
        event = self._catalog.event
        goes_out = move.kind in (MoveKind.SEND, MoveKind.GIFT)
        daily = token.limits.daily_max if goes_out else None
        today = midnight(self._clock.now(), event.timezone)

        def intend(session: Session) -> Move:
            if daily is not None and move.sender is not None:
                wallets.lock(session, move.sender)
                sent = token_moves.sent_since(session, move.sender, token.number, today)
                if sent + move.amount > daily:
                    raise LimitExceeded(WalletLimit.DAILY, daily, max(daily - sent, 0))
            stored = token_moves.add(session, event.id, move)
            if also is not None:
                also(session)
            return stored

        return await self._store.transaction(intend)

    def _new(
        self,
        errand: Errand,
        kind: MoveKind,
        sender: int | None = None,
        *,
        receiver: int | None = None,
        app: str = "",
    ) -> Move:
        return Move(
            id=errand.id,
            kind=kind,
            token_number=errand.token.number,
            amount=errand.amount,
            sender=sender,
            receiver=receiver,
            asked_at=self._clock.now(),
            parts=(),
            app=app,
            note=errand.note,
        )


def _check_transfer(errand: Errand) -> None:
    most = errand.token.limits.transfer_max
    if most is not None and errand.amount > most:
        raise LimitExceeded(WalletLimit.TRANSFER, most, most)


def midnight(now: datetime, timezone: str) -> datetime:
    """When the day of an event began."""
    local = now.astimezone(ZoneInfo(timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
