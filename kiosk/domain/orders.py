"""Orders: one checkout of one attendee, from the hold to the tickets. Transitions are pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self, TypedDict, Unpack

from kiosk.domain.discounts import AppliedDiscount, DiscountState
from kiosk.domain.errors import (
    DiscountFault,
    DiscountRefused,
    HoldExpired,
    NotCancellable,
    NotPayable,
    TooLittleTendered,
)
from kiosk.domain.goodies import GoodiePiece, GoodieState
from kiosk.domain.money import Money, zero
from kiosk.domain.packs import OrderedPack
from kiosk.domain.people import Attendee


class OrderState(StrEnum):
    """Where an order is; what it means for places and money is the ledger's word."""

    PLACED = "placed"
    """The intent is stored and a hold is asked for."""
    HELD = "held"
    """Places are held until `held_until`."""
    SOLD_OUT = "sold_out"
    """The ledger refused the hold; placing again is a new attempt."""
    PAID = "paid"
    """Places and money are booked, tickets issued."""
    PAID_UNFULFILLED = "paid_unfulfilled"
    """Money arrived when no places were left: a refund is due."""
    CANCELLED = "cancelled"
    """The buyer gave the places back."""
    EXPIRED = "expired"
    """The time to pay ran out."""
    REFUNDED = "refunded"
    """Money and places went back by counter-transfers."""


class Method(StrEnum):
    """How an order is paid."""

    CASH = "cash"
    FREE = "free"
    """Nothing was due, so no money moves."""
    PROVIDER = "provider"
    """By somebody who takes money for us; `provider` says who."""
    INVOICE = "invoice"
    """Later, for a credit note now."""


class Booking(StrEnum):
    """Which transfers a payment is asking the ledger for; it only ever moves down this list."""

    POST = "post"
    """Post the held places and book the money."""
    RETRY = "retry"
    """The hold is gone: take places at once and book the money."""
    ALONE = "alone"
    """No places are left: book the money alone, as a refund due."""


@dataclass(frozen=True, slots=True)
class Payment:
    """The one payment an order is sold for, stored before the ledger is asked."""

    id: int
    method: Method
    amount: Money
    """What came in: nothing yet for an invoice."""
    tendered: Money
    taken_by: str
    """Who at the event took the money, or wrote the invoice."""
    taken_at: datetime
    booking: Booking = Booking.POST
    provider: str = ""
    reference: str = ""
    """What the provider calls the payment."""

    @property
    def change(self) -> Money:
        """What goes back to the buyer."""
        return self.tendered - self.amount


@dataclass(frozen=True, slots=True)
class SlotClaim:
    """One ticket: the right of its holder to be admitted to one slot."""

    id: int
    slot_key: str
    slot_number: int
    ticket_number: str
    """What a person types; see `kiosk.domain.codes`."""
    version: int
    """Raised by reissue and transfer; older versions are refused at the door."""
    price: Money
    holder: Attendee
    pool_number: int | None = None
    """The pool that the place came from too."""
    note: str = ""
    """What staff at the door should see: text of theirs, as they typed it."""
    revoked: str = ""
    """Why it admits nobody; "" if it does."""
    passed_on: bool = False
    """Whether it is another person's by now, and none of the buyer's business."""


class _Changes(TypedDict, total=False):
    """What of a stored order may change."""

    state: OrderState
    attempt: int
    held_until: datetime
    settled: bool
    payment: Payment | None
    goodies: tuple[GoodiePiece, ...]
    discount: AppliedDiscount | None
    packs: tuple[OrderedPack, ...]
    asked_provider: bool


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Order:
    """One checkout. `number` is for people, `id` for machines (128 bits, made by the buyer's side).

    `settled` is False while the ledger may not have done what `state` says, or its answer is not
    recorded: such an order is finished by asking the ledger again with the same ids.
    """

    id: int
    number: int
    state: OrderState
    attendee: Attendee
    claims: tuple[SlotClaim, ...]
    attempt: int
    """Counts the holds asked for: a refused transfer id is refused for ever."""
    hold_seconds: int
    placed_at: datetime
    held_until: datetime
    settled: bool
    payment: Payment | None = None
    goodies: tuple[GoodiePiece, ...] = ()
    """Pieces of goodies that were asked for with the claims, granted or not."""
    discount: AppliedDiscount | None = None
    """The code that was last asked for."""
    packs: tuple[OrderedPack, ...] = ()
    """Tokens that are bought with the claims, or without any."""
    asked_provider: bool = False
    """Whether a provider was ever asked to take money for it: it may be paying right now."""
    revision: int = 0
    """Counts the changes, so that a stale copy is never written over a newer one."""

    @property
    def is_discount_open(self) -> bool:
        """Whether the ledger has still to say what became of a discount, and so what is due."""
        open_states = (DiscountState.ASKED, DiscountState.RETURNING)
        return (
            self.state is OrderState.HELD
            and self.payment is None
            and self.discount is not None
            and self.discount.state in open_states
        )

    @property
    def basket(self) -> Mapping[str, int]:
        """How many tickets of which slot, and how many packs of which kind."""
        counts = Counter(claim.slot_key for claim in self.claims)
        for pack in self.packs:
            counts[pack.key] = pack.count
        return counts

    @property
    def granted(self) -> Money:
        """What a discount takes off."""
        given = self.discount
        if given is None or given.state is not DiscountState.HELD:
            return zero(self.prices[0].currency)
        return given.amount

    @property
    def are_packs_bound(self) -> bool:
        """Whether it is decided where the tokens go; nothing need be if there are none."""
        return all(pack.wallet is not None for pack in self.packs)

    @property
    def due(self) -> Money:
        """What a buyer pays: the total less the discount."""
        return self.total - self.granted if self.discount else self.total

    @property
    def total(self) -> Money:
        """What all claims and packs cost, before any discount."""
        first, *others = self.prices
        return sum(others, first)

    @property
    def prices(self) -> Sequence[Money]:
        """Of each claim, and of the packs of each kind."""
        of_claims = [claim.price for claim in self.claims]
        return [*of_claims, *(pack.total for pack in self.packs)] if self.packs else of_claims

    @property
    def change(self) -> Money | None:
        """What goes back to the buyer, once something was paid."""
        return self.payment.change if self.payment else None

    @property
    def has_tickets(self) -> bool:
        """Whether the claims admit somebody."""
        return self.state is OrderState.PAID

    def for_holders(self, holders: Sequence[Attendee]) -> Self:
        """Each claim for its own holder, in the order of the claims."""
        pairs = zip(self.claims, holders, strict=True)
        return replace(self, claims=tuple(replace(claim, holder=one) for claim, one in pairs))

    def place_again(self, now: datetime) -> Self:
        """Ask once more after `SOLD_OUT`; an order under way stays as it is.

        Raises `HoldExpired` when the hold has ended, whether it ran out or was given back.
        """
        if self.state in (OrderState.EXPIRED, OrderState.CANCELLED):
            raise HoldExpired(self.id)
        if self.state is not OrderState.SOLD_OUT:
            return self
        return self._changed(
            state=OrderState.PLACED,
            attempt=self.attempt + 1,
            held_until=now + timedelta(seconds=self.hold_seconds),
            settled=False,
            goodies=self._goodies(GoodieState.ASKED),
        )

    def bind_packs(self, wallet: int, expiries: Sequence[datetime | None]) -> Self:
        """Decide where paid tokens go and when they expire, once: it is never decided anew."""
        if self.are_packs_bound:
            return self
        bound = zip(self.packs, expiries, strict=True)
        return self._changed(
            packs=tuple(replace(pack, wallet=wallet, expires_at=at) for pack, at in bound),
        )

    def held(self, attempt: int, promised: Collection[int] = ()) -> Self:
        """The ledger holds the places that `attempt` asked for, and these pieces of goodies."""
        if self.state is not OrderState.PLACED or self.attempt != attempt:
            return self
        goodies = self._goodies(GoodieState.PROMISED, promised)
        return self._changed(state=OrderState.HELD, settled=True, goodies=goodies)

    def sold_out(self, attempt: int) -> Self:
        """The ledger refused the hold that `attempt` asked for."""
        if self.state is not OrderState.PLACED or self.attempt != attempt:
            return self
        goodies = self._goodies(GoodieState.NONE)
        return self._changed(state=OrderState.SOLD_OUT, settled=True, goodies=goodies)

    def ask_provider(self) -> Self:
        """A provider is asked to take the money."""
        return self if self.asked_provider else self._changed(asked_provider=True)

    def begin_payment(self, payment: Payment) -> Self:
        """Take the money, once: an order already being paid keeps its payment.

        Money after the hold ran out is taken too: the ledger decides whether places are left.
        """
        if self.payment is not None:
            return self
        if self.state not in (OrderState.HELD, OrderState.EXPIRED):
            raise NotPayable(self.id, self.state)
        if payment.method is not Method.INVOICE and payment.tendered < self.due:
            raise TooLittleTendered(self.due, payment.tendered)
        return self._changed(payment=payment, settled=False)

    def fall_back(self, refused: Booking, *, has_room: bool = True) -> Self:
        """The ledger refused `refused`: ask for the next best thing.

        Without room in the buyer's wallet that is nothing but the money. An order of which nothing
        is due has no money to book alone: it has just expired.
        """
        if self.settled or self.payment is None or self.payment.booking is not refused:
            return self
        is_last = refused is Booking.RETRY or not has_room
        if is_last and not self.payment.amount:
            return self._changed(state=OrderState.EXPIRED, settled=True, payment=None)
        following = Booking.ALONE if is_last else Booking.RETRY
        return self._changed(payment=replace(self.payment, booking=following))

    def paid(self, booking: Booking, granted: Collection[int] = ()) -> Self:
        """The ledger has booked what `booking` asked for, and granted these pieces of goodies."""
        if self.settled or self.payment is None or self.payment.booking is not booking:
            return self
        alone = booking is Booking.ALONE
        state = OrderState.PAID_UNFULFILLED if alone else OrderState.PAID
        goodies = self._goodies(GoodieState.GRANTED, () if alone else granted)
        return self._changed(state=state, settled=True, goodies=goodies)

    def refunded(self) -> Self:
        """The money went back, and with it the places if there were any."""
        if self.state not in (OrderState.PAID, OrderState.PAID_UNFULFILLED):
            return self
        return self._changed(state=OrderState.REFUNDED, goodies=self._goodies(GoodieState.NONE))

    def apply_discount(self, asked: AppliedDiscount) -> Self:
        """Ask for the use of a code; the one it has stays. Raises `DiscountRefused`."""
        self._check_waiting(asked.asked_at)
        before = self.discount
        if before is not None and before.state in (DiscountState.ASKED, DiscountState.HELD):
            if before.code != asked.code:
                raise DiscountRefused(asked.code, DiscountFault.ANOTHER_GIVEN)
            return self
        if before is not None and before.state is DiscountState.RETURNING:
            raise DiscountRefused(asked.code, DiscountFault.ANOTHER_GIVEN)
        attempt = before.attempt + 1 if before is not None else 1
        if not asked.is_limited:
            # Nobody counts its uses, so nobody can refuse it.
            return self._changed(discount=replace(asked, state=DiscountState.HELD, attempt=attempt))
        asked = replace(asked, state=DiscountState.ASKED, attempt=attempt)
        return self._changed(discount=asked, settled=False)

    def remove_discount(self, now: datetime) -> Self:
        """Take the code off again; without one, the order stays as it is."""
        self._check_waiting(now)
        given = self.discount
        if given is None or given.state is not DiscountState.HELD:
            return self
        if not given.is_limited:
            return self._changed(discount=replace(given, state=DiscountState.RETURNED))
        returning = replace(given, state=DiscountState.RETURNING)
        return self._changed(discount=returning, settled=False)

    def discount_answered(self, attempt: int, state: DiscountState) -> Self:
        """The ledger has said what became of the use that `attempt` asked for, or gave back."""
        given = self.discount
        if given is None or not self.is_discount_open or given.attempt != attempt:
            return self
        return self._changed(discount=replace(given, state=state), settled=True)

    def cancel(self) -> Self:
        """Give the places back; raises `NotCancellable` once money was taken."""
        match self.state:
            case OrderState.HELD if self.payment is None:
                return self._changed(state=OrderState.CANCELLED, settled=False)
            case OrderState.CANCELLED | OrderState.SOLD_OUT:
                return self
            case OrderState.EXPIRED if self.payment is None:
                return self
        raise NotCancellable(self.id, self.state)

    def expire(self, now: datetime) -> Self:
        """End a hold whose time is over; a payment that was begun is never expired."""
        if self.state is OrderState.HELD and self.payment is None and now >= self.held_until:
            return self._changed(state=OrderState.EXPIRED, settled=False)
        return self

    def released(self) -> Self:
        """The ledger has given the places back."""
        ended = self.state in (OrderState.CANCELLED, OrderState.EXPIRED)
        if not ended or self.settled or self.payment is not None:
            return self
        return self._changed(settled=True)

    def _changed(self, **changes: Unpack[_Changes]) -> Self:
        return replace(self, revision=self.revision + 1, **changes)

    def _check_waiting(self, now: datetime) -> None:
        if self.state is not OrderState.HELD or self.payment is not None:
            raise NotPayable(self.id, self.state)
        if now >= self.held_until:
            raise HoldExpired(self.id)

    def _goodies(
        self, state: GoodieState, positions: Collection[int] | None = None
    ) -> tuple[GoodiePiece, ...]:
        """The pieces in `state`; where `positions` are given, the others are had no more."""
        return tuple(
            replace(one, state=state)
            if positions is None or one.position in positions
            else replace(one, state=GoodieState.NONE)
            for one in self.goodies
        )
