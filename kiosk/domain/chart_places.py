"""Transfers of places: funded, held, sold, given back; `chart_presence` redeems them.

A claim to a slot of a pool is two places, one of the slot and one of the pool, always in the same
chain: neither is ever had without the other.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from kiosk.domain.chart import (
    ORDERS_AT_ONCE,
    RESOURCE_TAGS,
    AccountCode,
    LedgerNumber,
    TransferCode,
    beside,
    linked,
    resource_account_id,
    resource_ledger,
    stock_code,
)
from kiosk.domain.events import Event, Resource, ResourceKind
from kiosk.domain.orders import Order, SlotClaim
from ledger.ids import derived_id
from ledger.types import Transfer, TransferFlags

HOLD_MARGIN_SECONDS: Final = 30
"""How much longer the ledger keeps a hold than we do: `held_until` decides, this is the back-stop
that frees the places if no terminal is left to do it."""


def change_capacity(event: Event, resource: Resource, *, transfer_id: int, by: int) -> Transfer:
    """Give a slot, pool or goodie more to sell, or take back what is neither sold nor held.

    Likewise the room in a hall: what can be taken back is where nobody is.
    """
    operator = resource_account_id(event, resource.kind, resource.number, AccountCode.OPERATOR)
    stock = resource_account_id(event, resource.kind, resource.number, stock_code(resource.kind))
    grows = by > 0
    return Transfer(
        id=transfer_id,
        debit_account_id=operator if grows else stock,
        credit_account_id=stock if grows else operator,
        amount=abs(by),
        user_data_128=event.id,
        user_data_64=resource.number,
        user_data_32=RESOURCE_TAGS[resource.kind],
        ledger=resource_ledger(resource.kind),
        code=TransferCode.FUND if grows else TransferCode.WITHDRAW,
    )


def hold(event: Event, order: Order) -> list[Transfer]:
    """One chain: hold every place of the order, or none."""
    places = []
    for claim, kind in _places(order.claims):
        place = _sale(event, claim, kind)
        place.id = _hold_id(order, claim, kind)
        place.code = TransferCode.HOLD
        place.flags = TransferFlags.PENDING
        place.timeout = order.hold_seconds + HOLD_MARGIN_SECONDS
        places.append(place)
    return linked(places)


def release(order: Order) -> list[Transfer]:
    """Give each held place back. Not linked: one that timed out must not keep the others."""
    return [
        Transfer(
            id=_id("release", kind, order, claim, order.attempt),
            pending_id=_hold_id(order, claim, kind),
            flags=TransferFlags.VOID_PENDING_TRANSFER,
        )
        for claim, kind in _places(order.claims)
    ]


def post(order: Order) -> list[Transfer]:
    """Sell every held place: the first part of a chain."""
    return [
        Transfer(
            id=_id("post", kind, order, claim, order.attempt),
            pending_id=_hold_id(order, claim, kind),
            amount=1,
            flags=TransferFlags.POST_PENDING_TRANSFER,
        )
        for claim, kind in _places(order.claims)
    ]


def take(event: Event, order: Order, payment_id: int) -> list[Transfer]:
    """Sell every place afresh, its hold being lost: the first part of a chain."""
    places = []
    for claim, kind in _places(order.claims):
        place = _sale(event, claim, kind)
        place.id = _id("take", kind, order, claim, payment_id)
        place.code = TransferCode.TAKE
        places.append(place)
    return places


def take_back(
    event: Event, claims: Iterable[SlotClaim], next_steps: Mapping[int, int]
) -> list[Transfer]:
    """Give sold places back that nobody was admitted to: a part of the chain that refunds them.

    A place goes back under the id of the next step of its claim at the door, which `next_steps`
    has by claim id. So of refund and admission one happens, and the other is told, whichever of
    them is faster on whatever machine.
    """
    places = []
    for claim, kind in _places(claims):
        place = _sale(event, claim, kind)
        is_slot = kind is ResourceKind.SLOT
        step = step_id(claim.id, next_steps[claim.id])
        place.id = step if is_slot else derived_id(_name("take-back", kind), claim.id, 0)
        place.code = TransferCode.TAKE_BACK
        place.debit_account_id, place.credit_account_id = (
            place.credit_account_id,
            place.debit_account_id,
        )
        places.append(place)
    return places


def step_id(claim_id: int, number: int) -> int:
    """The id of whatever takes this number among the steps of a claim at the door."""
    return derived_id("redeem", claim_id, number)


def _places(claims: Iterable[SlotClaim]) -> Iterator[tuple[SlotClaim, ResourceKind]]:
    """What each claim takes a place of."""
    for claim in claims:
        yield claim, ResourceKind.SLOT
        if claim.pool_number is not None:
            yield claim, ResourceKind.POOL


def _id(step: str, kind: ResourceKind, order: Order, claim: SlotClaim, of: int) -> int:
    return beside(order.id, _name(step, kind), claim.id, of)


def _name(step: str, kind: ResourceKind) -> str:
    return step if kind is ResourceKind.SLOT else f"{step}-{kind}"


def _hold_id(order: Order, claim: SlotClaim, kind: ResourceKind) -> int:
    return _held_id(order.id, _name("hold", kind), claim.id, order.attempt)


@lru_cache(ORDERS_AT_ONCE)
def _held_id(order_id: int, name: str, claim_id: int, attempt: int) -> int:
    # Asked for when a place is held, and again when it is paid or given back.
    return beside(order_id, name, claim_id, attempt)


def _sale(event: Event, claim: SlotClaim, kind: ResourceKind) -> Transfer:
    number = claim.slot_number if kind is ResourceKind.SLOT else claim.pool_number
    assert number is not None
    return Transfer(
        debit_account_id=resource_account_id(event, kind, number, AccountCode.BUDGET),
        credit_account_id=resource_account_id(event, kind, number, AccountCode.SPENT),
        amount=1,
        user_data_128=claim.id,
        user_data_64=number,
        user_data_32=RESOURCE_TAGS[kind],
        ledger=LedgerNumber.TICKETS,
    )
