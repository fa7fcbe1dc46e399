"""Single-phase and pending transfers: every reason not to create one, in its order."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ledger.ids import new_id
from ledger.types import AMOUNT_MAX, Account, AccountFlags, Transfer, TransferFlags
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Books
from tests.ledger.factories import a_transfer
from tests.ledger.faults import Fault, pairs

pytestmark = pytest.mark.asyncio(loop_scope="session")

PENDING = TransferFlags.PENDING
COMPARED = {
    "flags": T.EXISTS_WITH_DIFFERENT_FLAGS,
    "pending_id": T.EXISTS_WITH_DIFFERENT_PENDING_ID,
    "timeout": T.EXISTS_WITH_DIFFERENT_TIMEOUT,
    "debit_account_id": T.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID,
    "credit_account_id": T.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID,
    "amount": T.EXISTS_WITH_DIFFERENT_AMOUNT,
    "user_data_128": T.EXISTS_WITH_DIFFERENT_USER_DATA_128,
    "user_data_64": T.EXISTS_WITH_DIFFERENT_USER_DATA_64,
    "user_data_32": T.EXISTS_WITH_DIFFERENT_USER_DATA_32,
    "ledger": T.EXISTS_WITH_DIFFERENT_LEDGER,
    "code": T.EXISTS_WITH_DIFFERENT_CODE,
}
ORDER = (
    T.LINKED_EVENT_CHAIN_OPEN,
    T.TIMESTAMP_MUST_BE_ZERO,
    T.RESERVED_FLAG,
    T.ID_MUST_NOT_BE_ZERO,
    T.ID_MUST_NOT_BE_INT_MAX,
    *COMPARED.values(),
    T.EXISTS,
    T.ID_ALREADY_FAILED,
    T.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO,
    T.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX,
    T.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO,
    T.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX,
    T.ACCOUNTS_MUST_BE_DIFFERENT,
    T.PENDING_ID_MUST_BE_ZERO,
    T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER,
    T.CLOSING_TRANSFER_MUST_BE_PENDING,
    T.LEDGER_MUST_NOT_BE_ZERO,
    T.CODE_MUST_NOT_BE_ZERO,
    T.DEBIT_ACCOUNT_NOT_FOUND,
    T.CREDIT_ACCOUNT_NOT_FOUND,
    T.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER,
    T.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS,
    T.DEBIT_ACCOUNT_ALREADY_CLOSED,
    T.CREDIT_ACCOUNT_ALREADY_CLOSED,
    T.OVERFLOWS_DEBITS_PENDING,
    T.OVERFLOWS_CREDITS_PENDING,
    T.OVERFLOWS_DEBITS_POSTED,
    T.OVERFLOWS_CREDITS_POSTED,
    T.OVERFLOWS_DEBITS,
    T.OVERFLOWS_CREDITS,
    T.EXCEEDS_CREDITS,
    T.EXCEEDS_DEBITS,
)
ALL_FLAGS = 0xFFFF
COMMON = {"amount": 5, "user_data_128": 1, "user_data_64": 2, "user_data_32": 3}


# The accounts of a test, by name, with their flags.
ACCOUNTS = {
    "debit": 0,
    "credit": 0,
    "old_debit": 0,
    "old_credit": 0,
    "poor_debit": AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS,
    "poor_credit": AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS,
    "closed_debit": AccountFlags.CLOSED,
    "closed_credit": AccountFlags.CLOSED,
    "pended_debit": 0,
    "pended_credit": 0,
    "posted_debit": 0,
    "posted_credit": 0,
}


@dataclass(frozen=True, slots=True)
class World:
    """Accounts for every trouble, a transfer that exists and an id that failed."""

    accounts: dict[str, Account]
    foreign: Account
    stored: Transfer
    burnt_id: int

    @classmethod
    async def made(cls, books: Books) -> "World":
        """Open the accounts, and put 1 where an amount of `AMOUNT_MAX` is to overflow."""
        accounts = dict(zip(ACCOUNTS, await books.open(*ACCOUNTS.values()), strict=True))
        foreign = books.account(ledger=books.number + 2**20)
        await books.create(foreign)
        old_debit, old_credit = accounts["old_debit"], accounts["old_credit"]
        stored = books.transfer(old_debit, old_credit, **COMMON)
        pended = books.transfer(accounts["pended_debit"], accounts["pended_credit"], flags=PENDING)
        posted = books.transfer(accounts["posted_debit"], accounts["posted_credit"])
        await books.create(stored, pended, posted)
        burnt = books.transfer(books.account(), accounts["credit"])
        assert await books.status(burnt) == T.DEBIT_ACCOUNT_NOT_FOUND
        return cls(accounts, foreign, stored, burnt.id)

    def debit(self, name: str) -> dict[str, int]:
        """The field that debits this account."""
        return {"debit_account_id": self.accounts[name].id}

    def credit(self, name: str) -> dict[str, int]:
        """The field that credits this account."""
        return {"credit_account_id": self.accounts[name].id}


def faults(world: World) -> Iterator[Fault]:
    """Ways to violate each check, in the order of the checks."""
    yield Fault(T.LINKED_EVENT_CHAIN_OPEN, flags=TransferFlags.LINKED)
    yield Fault(T.TIMESTAMP_MUST_BE_ZERO, {"timestamp": 1})
    yield Fault(T.RESERVED_FLAG, flags=1 << 9)
    yield Fault(T.RESERVED_FLAG, flags=1 << 15)
    yield Fault(T.ID_MUST_NOT_BE_ZERO, {"id": 0})
    yield Fault(T.ID_MUST_NOT_BE_INT_MAX, {"id": AMOUNT_MAX})
    yield from existing_faults(world.stored)
    yield Fault(T.ID_ALREADY_FAILED, {"id": world.burnt_id})
    yield from field_faults()
    yield from account_faults(world)
    yield from amount_faults(world)


def existing_faults(stored: Transfer) -> Iterator[Fault]:
    """Retries of `stored` that differ in one field, all before it being the same."""
    same = {"id": stored.id}
    for name, status in COMPARED.items():
        if name == "flags":
            yield Fault(status, same, flags=PENDING)
            yield Fault(status, same, flags=TransferFlags.VOID_PENDING_TRANSFER)
        else:
            yield Fault(status, {**same, name: 77}, without=ALL_FLAGS)
            if getattr(stored, name):
                yield Fault(status, {**same, name: 0}, without=ALL_FLAGS)
            same[name] = getattr(stored, name)
    yield Fault(T.EXISTS, same, without=ALL_FLAGS)


def field_faults() -> Iterator[Fault]:
    """What is wrong with an event whatever the accounts are."""
    yield Fault(T.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, {"debit_account_id": 0})
    yield Fault(T.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, {"debit_account_id": AMOUNT_MAX})
    yield Fault(T.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, {"credit_account_id": 0})
    yield Fault(T.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, {"credit_account_id": AMOUNT_MAX})
    one = dict.fromkeys(("debit_account_id", "credit_account_id"), new_id())
    yield Fault(T.ACCOUNTS_MUST_BE_DIFFERENT, one)
    yield Fault(T.PENDING_ID_MUST_BE_ZERO, {"pending_id": 77})
    yield Fault(T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, {"timeout": 1}, without=PENDING)
    for flag in (TransferFlags.CLOSING_DEBIT, TransferFlags.CLOSING_CREDIT):
        yield Fault(T.CLOSING_TRANSFER_MUST_BE_PENDING, flags=flag, without=PENDING)
    yield Fault(T.LEDGER_MUST_NOT_BE_ZERO, {"ledger": 0})
    yield Fault(T.CODE_MUST_NOT_BE_ZERO, {"code": 0})


def account_faults(world: World) -> Iterator[Fault]:
    """What is wrong with the accounts."""
    yield Fault(T.DEBIT_ACCOUNT_NOT_FOUND, {"debit_account_id": new_id()})
    yield Fault(T.CREDIT_ACCOUNT_NOT_FOUND, {"credit_account_id": new_id()})
    foreign = world.foreign.id
    unlike = T.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER
    yield Fault(unlike, {"debit_account_id": foreign})
    yield Fault(unlike, {**world.debit("debit"), "credit_account_id": foreign})
    yield Fault(unlike, {**world.debit("closed_debit"), "credit_account_id": foreign})
    yield Fault(T.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS, {"ledger": 77})
    yield Fault(T.DEBIT_ACCOUNT_ALREADY_CLOSED, world.debit("closed_debit"))
    yield Fault(T.CREDIT_ACCOUNT_ALREADY_CLOSED, world.credit("closed_credit"))


def amount_faults(world: World) -> Iterator[Fault]:
    """What is wrong with the amount."""
    pended_debit = {**world.debit("pended_debit"), "amount": AMOUNT_MAX}
    pended_credit = {**world.credit("pended_credit"), "amount": AMOUNT_MAX}
    posted_debit = {**world.debit("posted_debit"), "amount": AMOUNT_MAX}
    posted_credit = {**world.credit("posted_credit"), "amount": AMOUNT_MAX}
    yield Fault(T.OVERFLOWS_DEBITS_PENDING, pended_debit, flags=PENDING)
    yield Fault(T.OVERFLOWS_CREDITS_PENDING, pended_credit, flags=PENDING)
    yield Fault(T.OVERFLOWS_DEBITS_POSTED, posted_debit)
    yield Fault(T.OVERFLOWS_CREDITS_POSTED, posted_credit)
    yield Fault(T.OVERFLOWS_DEBITS, pended_debit, without=PENDING)
    yield Fault(T.OVERFLOWS_CREDITS, pended_credit, without=PENDING)
    yield Fault(T.EXCEEDS_CREDITS, world.debit("poor_debit"))
    yield Fault(T.EXCEEDS_DEBITS, world.credit("poor_credit"))


@pytest.mark.parametrize("status", ORDER, ids=lambda status: status.name.lower())
async def test_a_transfer_that_is_wrong_twice_is_refused_for_what_is_checked_first(
    books: Books, status: T
) -> None:
    world = await World.made(books)
    cases = pairs(faults(world), status)
    assert cases

    for case in cases:
        fields = {**world.debit("debit"), **world.credit("credit"), **COMMON}
        event = a_transfer(**{"ledger": books.number, **fields, **case.changes()})
        assert await books.status(event) == status, event
    untouched = [world.accounts["debit"], world.accounts["credit"]]
    assert [await books.stored(account) for account in untouched] == untouched
