"""How many packs of tokens can be had: of what may still be issued, and for whose wallet."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlmodel import Session

from kiosk.domain import chart_tokens
from kiosk.domain.basket import sale_state
from kiosk.domain.bills import balance
from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import SaleState, SoldOut, WalletFull
from kiosk.domain.events import TokenPack
from kiosk.domain.orders import Order
from kiosk.domain.packs import OrderedPack
from kiosk.domain.people import Attendee
from kiosk.services.backing import Backing
from kiosk.services.bills import Bills
from kiosk.services.catalog import Catalog, Places
from kiosk.store import order_packs, wallets
from kiosk.store.order_rows import attendee_id


@dataclass(frozen=True, slots=True)
class PackOffer:
    """One kind of pack as a buyer sees it now."""

    pack: TokenPack
    left: int
    """Packs that can still be made up."""
    on_hold: int
    """Packs held by buyers who are paying; they may come back."""
    sale_state: SaleState

    @property
    def sold(self) -> TokenPack:
        """What it is an offer of."""
        return self.pack

    @property
    def order_max(self) -> int:
        """How many of them one order may have."""
        return self.pack.order_max


@dataclass(frozen=True, slots=True)
class Room:
    """A wallet may have `most` tokens of a kind, `left` of them still, and `wanted` are wanted."""

    pack_key: str
    token_number: int
    wanted: int
    most: int
    left: int


class PackStock:
    """The packs of one event."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._bills = Bills(backing, catalog)

    async def offers(self) -> list[PackOffer]:
        """What everybody may buy, in the order of the event file."""
        event, now = self._catalog.event, self._clock.now()
        if not event.packs:
            return []
        numbers = {pack.key: event.token(pack.token).number for pack in event.packs}
        supplies = await self._supplies(numbers.values())
        return [
            PackOffer(
                pack,
                max(supplies[numbers[pack.key]].left, 0) // pack.tokens,
                supplies[numbers[pack.key]].on_hold // pack.tokens,
                sale_state(pack, now),
            )
            for pack in event.packs
        ]

    async def rooms(self, packs: Sequence[OrderedPack], buyer: Attendee) -> list[Room]:
        """What the wallet of `buyer` may have of each kind of token that is limited there."""
        event, now = self._catalog.event, self._clock.now()
        wanted = defaultdict[int, list[OrderedPack]](list)
        for pack in packs:
            wanted[pack.token_number].append(pack)
        wallet = wallets.wallet_id(event.id, attendee_id(buyer))
        rooms = []
        for token in event.tokens:
            most, of_kind = token.limits.balance_max, wanted[token.number]
            if most is not None and of_kind:
                held = balance(await self._bills.of(wallet, token.number), now)
                amount = sum(pack.amount for pack in of_kind)
                rooms.append(Room(of_kind[0].key, token.number, amount, most, most - held))
        return rooms

    async def has_room(self, order: Order) -> bool:
        """Whether the buyer's wallet may have what an order buys, as it is now."""
        return all(one.wanted <= one.left for one in await self.rooms(order.packs, order.attendee))

    def check_room(
        self, session: Session, rooms: Iterable[Room], order_id: int, buyer: Attendee
    ) -> None:
        """Raise `WalletFull` if it is too much together with what the buyer is paying just now."""
        event_id, person = self._catalog.event.id, attendee_id(buyer)
        for one in rooms:
            paying = order_packs.on_order(session, event_id, person, one.token_number, but=order_id)
            if paying + one.wanted > one.left:
                raise WalletFull(one.pack_key, one.most, max(one.left - paying, 0))

    async def sold_out(self, order: Order) -> SoldOut | None:
        """Of which packs there were not enough for an order; None if its places were short."""
        wanted = Counter[int]()
        for pack in order.packs:
            wanted[pack.token_number] += pack.amount
        supplies = await self._supplies(wanted)
        short = [
            one for one in order.packs if supplies[one.token_number].left < wanted[one.token_number]
        ]
        if not short and order.claims:
            return None
        # If some came back since, nothing is short any more: trying again is what helps.
        [pack, *_] = short or order.packs
        supply = supplies[pack.token_number]
        on_hold = supply.on_hold // pack.tokens
        return SoldOut(
            pack.key,
            left=max(supply.left, 0) // pack.tokens,
            on_hold=on_hold,
            retry_seconds=await self._seconds_held(pack.token_number) if on_hold else 0,
            wanted=pack.count,
        )

    async def _seconds_held(self, token_number: int) -> int:
        event_id, now = self._catalog.event.id, self._clock.now()
        ends = await self._store.transaction(
            partial(order_packs.last_hold_ends, event_id=event_id, token_number=token_number)
        )
        remaining = max(ends - now, timedelta()) if ends else timedelta()
        return -(-remaining // timedelta(seconds=1))

    async def _supplies(self, token_numbers: Iterable[int]) -> dict[int, Places]:
        """How many tokens of each kind can be issued, and how many are held for buyers."""
        event = self._catalog.event
        ids = {
            chart_tokens.token_account_id(event, number, AccountCode.DEBT): number
            for number in token_numbers
        }
        return {
            ids[debt.id]: Places(
                left=debt.credits_posted - debt.debits_posted - debt.debits_pending,
                on_hold=debt.debits_pending,
            )
            for debt in await self._ledger.lookup_accounts(list(ids))
        }
