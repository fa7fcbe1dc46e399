"""Gifts of tokens: given, claimed by a code, taken back, and sent back when nobody came."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlmodel import Session

from kiosk.domain.errors import WrongPin
from kiosk.domain.gifts import (
    ClaimedGift,
    Gift,
    GiftFault,
    GiftRefused,
    WrongGiftCode,
    ending,
    gift_code,
    parse_gift_code,
)
from kiosk.domain.people import checked_email
from kiosk.domain.pins import Tries
from kiosk.domain.terminals import secret_digest
from kiosk.domain.token_moves import Move, MoveKind, MovePart, MoveState
from kiosk.domain.tokens import Origin
from kiosk.domain.wallets import UnknownWallet
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.wallets import Errand, Wallets
from kiosk.store import gifts, wallets
from kiosk.store.gifts import FoundGift, NewGift


class GiftState(StrEnum):
    """How far a gift is."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class GiftStatus:
    """A gift as its organiser sees it."""

    gift: Gift
    state: GiftState


class Gifts:
    """The gifts of one event. Every call may be repeated; nothing is given or claimed twice.

    `LedgerUnavailable` or `StoreUnavailable` mean that the outcome is unknown: repeat the call.
    If nobody does, reconciliation finishes what was stored, and sends back what is due.
    """

    def __init__(self, backing: Backing, catalog: Catalog, wallets: Wallets) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._wallets = wallets

    async def give(self, errand: Errand, giver: int, email: str) -> Gift:
        """Tokens wait for whoever is told the code, and are the giver's again if nobody comes.

        Raises `InvalidEmail`, and otherwise as `Wallets.send` does.
        """
        code = gift_code(errand.id, self._catalog.signing_key)
        new = NewGift(
            id=errand.id,
            event_id=self._catalog.event.id,
            giver_id=giver,
            email=checked_email(email),
            code_digest=secret_digest(code),
            returns_at=self._clock.now() + errand.token.gift_life,
        )
        await self._wallets.give(errand, giver, partial(gifts.add, gift=new))
        found = await self._store.transaction(partial(self._find, gift_id=errand.id))
        return self._gift(found)

    async def claim(self, typed: str, wallet_id: int) -> ClaimedGift:
        """A gift becomes the wallet's whose owner typed its code, each part of it with its history.

        Raises `GiftRefused`, `WrongGiftCode` after some wrong ones, `UnknownWallet`, or
        `LimitExceeded`, and then the gift goes on waiting.
        """
        code = parse_gift_code(typed)
        found = await self._store.transaction(partial(self._tried, code=code, wallet=wallet_id))
        if found is None:
            raise GiftRefused(GiftFault.UNKNOWN)
        amount, token = self._claimable(found), self._wallets.plans.token(found.given.token_number)
        if found.ended is None:
            await self._wallets.check_room(wallet_id, token, amount)
        ended = await self._store.transaction(
            partial(self._claimed, gift_id=found.stored.id, wallet=wallet_id)
        )
        await self._wallets.finish(ended)
        return ClaimedGift(token, amount, found.stored.giver.masked, found.given.note)

    async def waiting(self, wallet_id: int) -> list[Gift]:
        """What the owner of a wallet gave that nobody has claimed yet, the oldest first."""
        found = await self._store.transaction(partial(gifts.waiting_of, giver_id=wallet_id))
        return [self._gift(one) for one in found]

    async def take_back(self, gift_id: int, wallet_id: int) -> int:
        """The giver wants a gift back that nobody has claimed; how many tokens that is.

        Raises `GiftRefused`.
        """

        def back(session: Session) -> Move:
            found = self._find(session, gift_id)
            if found.stored.giver_id != wallet_id:
                raise GiftRefused(GiftFault.UNKNOWN)
            return self._returned(session, found)

        return (await self._wallets.finish(await self._store.transaction(back))).amount

    async def due(self) -> list[int]:
        """The gifts that nobody has claimed in time."""
        event_id, now = self._catalog.event.id, self._clock.now()
        return await self._store.transaction(partial(gifts.due, event_id=event_id, now=now))

    async def send_back(self, gift_id: int) -> bool:
        """One of `due` is its giver's again; whether it is, or somebody was faster."""

        def back(session: Session) -> Move | None:
            found = self._find(session, gift_id)
            is_due = self._clock.now() >= found.stored.returns_at
            if found.ended is not None or not is_due:
                return None
            return self._returned(session, found)

        move = await self._store.transaction(back)
        return move is not None and (await self._wallets.finish(move)).state is MoveState.DONE

    async def all(self) -> list[GiftStatus]:
        """Every gift that was ever given, the oldest first."""
        event_id = self._catalog.event.id
        found = await self._store.transaction(partial(gifts.all_of, event_id=event_id))
        return [GiftStatus(self._gift(one), _state(one)) for one in found]

    def _tried(self, session: Session, code: str, wallet: int) -> FoundGift | None:
        """The gift with this code; a wrong one is counted, so that nobody guesses."""
        if wallets.find_locked(session, wallet) is None:
            raise UnknownWallet(wallet)
        try:
            tries = gifts.tries(session, wallet).one_more(self._clock.now())
        except WrongPin as wrong:
            raise WrongGiftCode(wrong.retry_seconds) from None
        found = gifts.by_code(session, self._catalog.event.id, secret_digest(code))
        gifts.count_tries(session, wallet, tries if found is None else Tries())
        return found

    def _claimed(self, session: Session, gift_id: int, wallet: int) -> Move:
        """The stored claim of a gift; of a claim and a return at one instant, one is stored."""
        found = self._find(session, gift_id)
        if found.ended is not None:
            _check_claimed_by(found.ended, wallet)
            return found.ended
        if found.stored.giver_id == wallet:
            raise GiftRefused(GiftFault.OWN)
        if not self._claimable(found):
            raise GiftRefused(GiftFault.EXPIRED)
        return self._end(session, found, MoveKind.GIFT_CLAIM, wallet)

    def _returned(self, session: Session, found: FoundGift) -> Move:
        """The stored return of a gift: as it was given, whatever has expired of it meanwhile."""
        if found.ended is None:
            return self._end(session, found, MoveKind.GIFT_RETURN, found.stored.giver_id)
        if found.ended.kind is not MoveKind.GIFT_RETURN:
            raise GiftRefused(GiftFault.CLAIMED)
        return found.ended

    def _end(self, session: Session, found: FoundGift, kind: MoveKind, receiver: int) -> Move:
        now = self._clock.now()
        token = self._wallets.plans.token(found.given.token_number)

        def expiry(part: MovePart) -> datetime | None:
            if kind is MoveKind.GIFT_RETURN:
                return part.expires_at
            return self._wallets.plans.expiry(token, Origin.TRANSFER, part, now)

        move = ending(found.given, kind, receiver=receiver, expiry=expiry, at=now)
        return gifts.end(session, self._catalog.event.id, found, move)

    def _claimable(self, found: FoundGift) -> int:
        """How much of a gift has not expired."""
        now = self._clock.now()
        parts = found.given.parts
        return sum(one.amount for one in parts if one.expires_at is None or now < one.expires_at)

    def _find(self, session: Session, gift_id: int) -> FoundGift:
        found = gifts.by_id(session, self._catalog.event.id, gift_id)
        if found is None:
            raise GiftRefused(GiftFault.UNKNOWN)
        return found

    def _gift(self, found: FoundGift) -> Gift:
        stored, given = found.stored, found.given
        assert given.done_at is not None
        return Gift(
            id=stored.id,
            code=gift_code(stored.id, self._catalog.signing_key),
            token=self._wallets.plans.token(given.token_number),
            amount=given.amount,
            giver=stored.giver.masked,
            email=stored.email,
            note=given.note,
            given_at=given.done_at,
            returns_at=stored.returns_at,
        )


def _check_claimed_by(ended: Move, wallet: int) -> None:
    if ended.kind is MoveKind.GIFT_RETURN:
        raise GiftRefused(GiftFault.RETURNED)
    if ended.receiver != wallet:
        raise GiftRefused(GiftFault.CLAIMED)


def _state(found: FoundGift) -> GiftState:
    if found.ended is None:
        return GiftState.WAITING
    is_back = found.ended.kind is MoveKind.GIFT_RETURN
    return GiftState.RETURNED if is_back else GiftState.CLAIMED
