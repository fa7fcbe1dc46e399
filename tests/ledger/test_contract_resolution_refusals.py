"""Every reason not to post or void a pending transfer, in its order."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ledger.ids import new_id
from ledger.types import AMOUNT_MAX, TransferFlags
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Books
from tests.ledger.factories import a_transfer
from tests.ledger.faults import Fault, pairs

pytestmark = pytest.mark.asyncio(loop_scope="session")

PENDING = TransferFlags.PENDING
POST, VOID = TransferFlags.POST_PENDING_TRANSFER, TransferFlags.VOID_PENDING_TRANSFER
ORDER = (
    T.TIMESTAMP_MUST_BE_ZERO,
    T.ID_ALREADY_FAILED,
    T.FLAGS_ARE_MUTUALLY_EXCLUSIVE,
    T.PENDING_ID_MUST_NOT_BE_ZERO,
    T.PENDING_ID_MUST_NOT_BE_INT_MAX,
    T.PENDING_ID_MUST_BE_DIFFERENT,
    T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER,
    T.PENDING_TRANSFER_NOT_FOUND,
    T.PENDING_TRANSFER_NOT_PENDING,
    T.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID,
    T.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID,
    T.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER,
    T.PENDING_TRANSFER_HAS_DIFFERENT_CODE,
    T.EXCEEDS_PENDING_TRANSFER_AMOUNT,
    T.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT,
    T.PENDING_TRANSFER_ALREADY_POSTED,
    T.PENDING_TRANSFER_ALREADY_VOIDED,
    T.DEBIT_ACCOUNT_ALREADY_CLOSED,
    T.CREDIT_ACCOUNT_ALREADY_CLOSED,
)


@dataclass(frozen=True, slots=True)
class World:
    """Pending transfers of 10 in every state, by their ids."""

    open: int
    single: int
    posted: int
    voided: int
    closing_debit: int
    closing_both: int
    closing_credit: int
    burnt_id: int

    @classmethod
    async def made(cls, books: Books) -> "World":
        """Each on accounts of its own; those of the posted and the voided are closed since."""
        closing = TransferFlags.CLOSING_DEBIT, TransferFlags.CLOSING_CREDIT
        flags = {"open": PENDING, "single": 0, "posted": PENDING, "voided": PENDING}
        flags |= {"closing_debit": PENDING | closing[0], "closing_credit": PENDING | closing[1]}
        flags |= {"closing_both": PENDING | closing[0] | closing[1]}
        ids = {}
        for name, flag in flags.items():
            debit, credit = await books.open(0, 0)
            transfer = books.transfer(debit, credit, amount=10, flags=flag)
            await books.create(transfer)
            ids[name] = transfer.id
            if name in ("posted", "voided"):
                resolution = books.post if name == "posted" else books.void
                await books.create(resolution(transfer.id))
                shut = PENDING | closing[0] | closing[1]
                await books.create(books.transfer(debit, credit, flags=shut))
        burnt = books.post(new_id())
        assert await books.status(burnt) == T.PENDING_TRANSFER_NOT_FOUND
        return cls(**ids, burnt_id=burnt.id)


def faults(world: World, verb: TransferFlags) -> Iterator[Fault]:
    """Ways to violate each check of a post or a void, in the order of the checks."""
    yield Fault(T.TIMESTAMP_MUST_BE_ZERO, {"timestamp": 1})
    yield Fault(T.ID_ALREADY_FAILED, {"id": world.burnt_id})
    others = PENDING, TransferFlags.BALANCING_DEBIT, TransferFlags.BALANCING_CREDIT
    closing = TransferFlags.CLOSING_DEBIT, TransferFlags.CLOSING_CREDIT
    for flag in (POST | VOID, *others, *closing):
        yield Fault(T.FLAGS_ARE_MUTUALLY_EXCLUSIVE, flags=flag)
    yield Fault(T.PENDING_ID_MUST_NOT_BE_ZERO, {"pending_id": 0})
    yield Fault(T.PENDING_ID_MUST_NOT_BE_INT_MAX, {"pending_id": AMOUNT_MAX})
    own = new_id()
    yield Fault(T.PENDING_ID_MUST_BE_DIFFERENT, {"id": own, "pending_id": own})
    yield Fault(T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, {"timeout": 1})
    yield Fault(T.PENDING_TRANSFER_NOT_FOUND, {"pending_id": new_id()})
    yield Fault(T.PENDING_TRANSFER_NOT_PENDING, {"pending_id": world.single})
    debit, credit = {"debit_account_id": 77}, {"credit_account_id": 77}
    yield Fault(T.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID, debit)
    yield Fault(T.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID, credit)
    yield Fault(T.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER, {"ledger": 77})
    yield Fault(T.PENDING_TRANSFER_HAS_DIFFERENT_CODE, {"code": 77})
    yield Fault(T.EXCEEDS_PENDING_TRANSFER_AMOUNT, {"amount": 11})
    if verb == VOID:
        yield Fault(T.EXCEEDS_PENDING_TRANSFER_AMOUNT, {"amount": AMOUNT_MAX})
        yield Fault(T.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT, {"amount": 9})
    yield Fault(T.PENDING_TRANSFER_ALREADY_POSTED, {"pending_id": world.posted})
    yield Fault(T.PENDING_TRANSFER_ALREADY_VOIDED, {"pending_id": world.voided})
    if verb == POST:
        yield Fault(T.DEBIT_ACCOUNT_ALREADY_CLOSED, {"pending_id": world.closing_debit})
        yield Fault(T.DEBIT_ACCOUNT_ALREADY_CLOSED, {"pending_id": world.closing_both})
        yield Fault(T.CREDIT_ACCOUNT_ALREADY_CLOSED, {"pending_id": world.closing_credit})


ONLY_VOID = {T.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT}
ONLY_POST = {T.DEBIT_ACCOUNT_ALREADY_CLOSED, T.CREDIT_ACCOUNT_ALREADY_CLOSED}


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        pytest.param(verb, status, id=f"{name}-{status.name.lower()}")
        for name, verb, others in (("post", POST, ONLY_VOID), ("void", VOID, ONLY_POST))
        for status in ORDER
        if status not in others
    ],
)
async def test_a_resolution_that_is_wrong_twice_is_refused_for_what_is_checked_first(
    books: Books, verb: TransferFlags, status: T
) -> None:
    world = await World.made(books)
    cases = pairs(faults(world, verb), status)
    assert cases

    for case in cases:
        base = {"pending_id": world.open, "amount": 10, "ledger": 0, "code": 0}
        changes = case.changes()
        changes["flags"] |= verb
        event = a_transfer(**{**base, **changes})
        assert await books.status(event) == status, event
    assert await books.status(books.void(world.open)) == T.CREATED
