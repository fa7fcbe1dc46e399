"""The rules by themselves: order of checks, settled amounts, retries, effects on both accounts."""

from dataclasses import dataclass, field

import pytest

from ledger.records import MAX128, TIMESTAMP_MAX, AccountRecord, PendingStatus, TransferRecord
from ledger.rules import Moved, create_account, create_transfer, expire
from ledger.types import AccountFlags, TransferFlags
from ledger.types import CreateAccountStatus as A
from ledger.types import CreateTransferStatus as T

F = TransferFlags
NOW = 1_750_000_000_000_000_000
SECOND = 1_000_000_000
DR, CR, LIMITED, CLOSED, OTHER_LEDGER = 1, 2, 3, 4, 5
HELD, MOVED = 100, 101


@dataclass
class State:
    """A view which a test fills in by hand."""

    accounts: dict[int, AccountRecord] = field(default_factory=dict)
    transfers: dict[int, TransferRecord] = field(default_factory=dict)
    pendings: dict[int, PendingStatus] = field(default_factory=dict)
    burnt: set[int] = field(default_factory=set)
    newest_account: int = 0
    newest_transfer: int = 0
    account_timestamps: set[int] = field(default_factory=set)
    transfer_timestamps: set[int] = field(default_factory=set)


def an_account(id_: int, **fields: int) -> AccountRecord:
    empty = dict.fromkeys(AccountRecord._fields, 0)
    return AccountRecord(**(empty | {"id": id_, "ledger": 1, "code": 1} | fields))


def a_transfer(**fields: int) -> TransferRecord:
    usual = {"id": 900, "debit_account_id": DR, "credit_account_id": CR, "amount": 5}
    empty = dict.fromkeys(TransferRecord._fields, 0)
    return TransferRecord(**(empty | usual | {"ledger": 1, "code": 1} | fields))


def a_settlement(flag: TransferFlags, **fields: int) -> TransferRecord:
    empty = dict.fromkeys(TransferRecord._fields, 0)
    usual = {"id": 901, "pending_id": HELD, "flags": int(flag)}
    usual["amount"] = MAX128 if flag is F.POST_PENDING_TRANSFER else 0
    return TransferRecord(**(empty | usual | fields))


@pytest.fixture
def state() -> State:
    """Two plain accounts, some special ones, one hold of 10 between the plain ones."""
    limited = int(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
    held = a_transfer(
        id=HELD, amount=10, flags=int(F.PENDING), timeout=60, timestamp=NOW, user_data_64=7
    )
    accounts = [
        an_account(DR, timestamp=1, debits_pending=10),
        an_account(CR, timestamp=2, credits_pending=10),
        an_account(LIMITED, timestamp=3, flags=limited, credits_posted=8, debits_pending=3),
        an_account(CLOSED, timestamp=4, flags=int(AccountFlags.CLOSED)),
        an_account(OTHER_LEDGER, timestamp=5, ledger=2),
    ]
    return State(
        accounts={account.id: account for account in accounts},
        transfers={HELD: held, MOVED: a_transfer(id=MOVED, timestamp=NOW + 1)},
        pendings={HELD: PendingStatus.PENDING},
        newest_account=5,
        newest_transfer=NOW + 1,
    )


def moved(state: State, transfer: TransferRecord, at: int = NOW + SECOND) -> Moved:
    outcome = create_transfer(state, transfer, at)
    assert isinstance(outcome, Moved), outcome
    return outcome


# Each event has this fault and all later ones of the table as well: the first one is the answer.
FAULTS_IN_ORDER: list[tuple[T, dict[str, int]]] = [
    (T.RESERVED_FLAG, {"flags": 1 << 9}),
    (T.ID_MUST_NOT_BE_ZERO, {"id": 0}),
    (T.ID_ALREADY_FAILED, {"id": 903}),
    (T.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO, {"debit_account_id": 0}),
    (T.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX, {"credit_account_id": MAX128}),
    (T.PENDING_ID_MUST_BE_ZERO, {"pending_id": HELD}),
    (T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, {"timeout": 1}),
    (T.CLOSING_TRANSFER_MUST_BE_PENDING, {"flags": int(F.CLOSING_CREDIT)}),
    (T.LEDGER_MUST_NOT_BE_ZERO, {"ledger": 0}),
    (T.CODE_MUST_NOT_BE_ZERO, {"code": 0}),
    (T.DEBIT_ACCOUNT_NOT_FOUND, {"debit_account_id": 77}),
    (T.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER, {"credit_account_id": OTHER_LEDGER}),
    (T.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS, {"ledger": 3}),
    (T.DEBIT_ACCOUNT_ALREADY_CLOSED, {"debit_account_id": CLOSED}),
    (T.OVERFLOWS_DEBITS, {"amount": MAX128 - 1}),
]


@pytest.mark.parametrize("place", range(len(FAULTS_IN_ORDER)), ids=lambda i: FAULTS_IN_ORDER[i][0])
def test_of_all_faults_of_a_transfer_the_first_is_told(state: State, place: int) -> None:
    state.burnt.add(903)
    fields: dict[str, int] = {}
    for _, fault in reversed(FAULTS_IN_ORDER[place:]):
        fields |= fault
    assert create_transfer(state, a_transfer(**fields), NOW + SECOND) is FAULTS_IN_ORDER[place][0]


@pytest.mark.parametrize(
    ("status", "dr", "cr", "flags"),
    [
        (T.OVERFLOWS_DEBITS_PENDING, {"debits_pending": MAX128}, {}, F.PENDING),
        (T.OVERFLOWS_CREDITS_PENDING, {}, {"credits_pending": MAX128}, F.PENDING),
        (T.OVERFLOWS_DEBITS_POSTED, {"debits_posted": MAX128}, {}, F.NONE),
        (T.OVERFLOWS_CREDITS_POSTED, {}, {"credits_posted": MAX128}, F.NONE),
        (T.OVERFLOWS_DEBITS, {"debits_pending": MAX128}, {}, F.NONE),
        (T.OVERFLOWS_CREDITS, {}, {"credits_pending": 1, "credits_posted": MAX128 - 1}, F.PENDING),
    ],
)
def test_no_total_grows_beyond_128_bits(
    state: State, status: T, dr: dict[str, int], cr: dict[str, int], flags: TransferFlags
) -> None:
    state.accounts |= {DR: an_account(DR, **dr), CR: an_account(CR, **cr)}
    assert create_transfer(state, a_transfer(flags=int(flags), amount=1), NOW) is status


def test_a_hold_cannot_outlast_the_last_timestamp(state: State) -> None:
    hold = a_transfer(flags=int(F.PENDING), timeout=10)
    last = TIMESTAMP_MAX - 10 * SECOND
    assert create_transfer(state, hold, last + 1) is T.OVERFLOWS_TIMEOUT
    assert moved(state, hold, last).pending_status is PendingStatus.PENDING


def test_a_limit_counts_what_is_reserved(state: State) -> None:
    assert moved(state, a_transfer(debit_account_id=LIMITED, amount=5)).dr.debits_posted == 5
    too_much = a_transfer(debit_account_id=LIMITED, amount=6)
    assert create_transfer(state, too_much, NOW) is T.EXCEEDS_CREDITS


@pytest.mark.parametrize(
    ("flags", "amount", "expected"),
    [
        (F.BALANCING_DEBIT, MAX128, 5),
        (F.BALANCING_DEBIT, 4, 4),
        (F.BALANCING_CREDIT, MAX128, 2),
        (F.BALANCING_DEBIT | F.BALANCING_CREDIT, MAX128, 2),
        (F.BALANCING_DEBIT | F.PENDING, MAX128, 5),
    ],
)
def test_balancing_moves_as_much_as_both_sides_bear(
    state: State, flags: TransferFlags, amount: int, expected: int
) -> None:
    state.accounts[CR] = an_account(CR, debits_posted=9, credits_posted=4, credits_pending=3)
    balancing = a_transfer(debit_account_id=LIMITED, amount=amount, flags=int(flags))
    assert moved(state, balancing).transfer.amount == expected


def test_balancing_an_account_in_debt_moves_nothing(state: State) -> None:
    outcome = moved(state, a_transfer(flags=int(F.BALANCING_DEBIT)))
    assert outcome.transfer.amount == 0
    assert outcome.dr == state.accounts[DR]


def test_a_transfer_grows_one_side_of_each_account(state: State) -> None:
    plain, hold = moved(state, a_transfer()), moved(state, a_transfer(flags=int(F.PENDING)))
    assert plain.dr == state.accounts[DR]._replace(debits_posted=5)
    assert plain.cr == state.accounts[CR]._replace(credits_posted=5)
    assert hold.dr == state.accounts[DR]._replace(debits_pending=15)
    assert hold.cr == state.accounts[CR]._replace(credits_pending=15)
    assert (plain.pending_id, hold.pending_id) == (0, 900)


def test_a_rule_changes_nothing_but_says_what_changes(state: State) -> None:
    before = dict(state.accounts), dict(state.transfers), dict(state.pendings)
    moved(state, a_transfer())
    moved(state, a_settlement(F.VOID_PENDING_TRANSFER))
    assert (state.accounts, state.transfers, state.pendings) == before


def test_posting_a_part_releases_the_rest(state: State) -> None:
    outcome = moved(state, a_settlement(F.POST_PENDING_TRANSFER, amount=4))
    assert outcome.dr == state.accounts[DR]._replace(debits_pending=0, debits_posted=4)
    assert outcome.cr == state.accounts[CR]._replace(credits_pending=0, credits_posted=4)
    assert outcome.pending_id == HELD
    assert outcome.pending_status is PendingStatus.POSTED


def test_a_settlement_takes_what_it_leaves_open_from_the_hold(state: State) -> None:
    stored = moved(state, a_settlement(F.VOID_PENDING_TRANSFER, user_data_32=3)).transfer
    held = state.transfers[HELD]
    assert stored == held._replace(
        id=901,
        pending_id=HELD,
        timeout=0,
        flags=int(F.VOID_PENDING_TRANSFER),
        user_data_32=3,
        timestamp=NOW + SECOND,
    )


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (T.FLAGS_ARE_MUTUALLY_EXCLUSIVE, {"flags": int(F.POST_PENDING_TRANSFER | F.PENDING)}),
        (T.PENDING_ID_MUST_NOT_BE_ZERO, {"pending_id": 0}),
        (T.PENDING_ID_MUST_NOT_BE_INT_MAX, {"pending_id": MAX128}),
        (T.PENDING_ID_MUST_BE_DIFFERENT, {"pending_id": 901}),
        (T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER, {"timeout": 1}),
        (T.PENDING_TRANSFER_NOT_FOUND, {"pending_id": 77}),
        (T.PENDING_TRANSFER_NOT_PENDING, {"pending_id": MOVED}),
        (T.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID, {"debit_account_id": CR}),
        (T.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID, {"credit_account_id": DR}),
        (T.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER, {"ledger": 2}),
        (T.PENDING_TRANSFER_HAS_DIFFERENT_CODE, {"code": 2}),
        (T.EXCEEDS_PENDING_TRANSFER_AMOUNT, {"amount": 11}),
    ],
)
def test_a_settlement_that_does_not_fit_is_refused(
    state: State, status: T, fields: dict[str, int]
) -> None:
    post = a_settlement(F.POST_PENDING_TRANSFER, **fields)
    assert create_transfer(state, post, NOW + SECOND) is status


def test_a_void_is_for_all_of_the_hold(state: State) -> None:
    void = a_settlement(F.VOID_PENDING_TRANSFER, amount=9)
    assert create_transfer(state, void, NOW) is T.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT


def test_a_hold_is_over_in_the_nanosecond_in_which_it_expires(state: State) -> None:
    post = a_settlement(F.POST_PENDING_TRANSFER)
    end = NOW + 60 * SECOND
    assert moved(state, post, end - 1).transfer.timestamp == end - 1
    assert create_transfer(state, post, end) is T.PENDING_TRANSFER_EXPIRED


@pytest.mark.parametrize(
    ("fate", "status"),
    [
        (PendingStatus.POSTED, T.PENDING_TRANSFER_ALREADY_POSTED),
        (PendingStatus.VOIDED, T.PENDING_TRANSFER_ALREADY_VOIDED),
        (PendingStatus.EXPIRED, T.PENDING_TRANSFER_EXPIRED),
    ],
)
def test_a_hold_is_settled_once(state: State, fate: PendingStatus, status: T) -> None:
    state.pendings[HELD] = fate
    assert create_transfer(state, a_settlement(F.POST_PENDING_TRANSFER), NOW) is status


def test_only_a_void_or_the_end_of_its_time_opens_what_a_hold_closed(state: State) -> None:
    closed = int(AccountFlags.CLOSED)
    closing = int(F.PENDING | F.CLOSING_DEBIT)
    hold = moved(state, a_transfer(flags=closing))
    assert hold.dr.flags == closed
    assert hold.cr.flags == 0

    state.transfers[HELD] = state.transfers[HELD]._replace(flags=closing)
    state.accounts[DR] = state.accounts[DR]._replace(flags=closed)
    post = create_transfer(state, a_settlement(F.POST_PENDING_TRANSFER), NOW)
    assert post is T.DEBIT_ACCOUNT_ALREADY_CLOSED
    assert moved(state, a_settlement(F.VOID_PENDING_TRANSFER)).dr.flags == 0
    dr, cr = expire(state, state.transfers[HELD])
    assert (dr.flags, dr.debits_pending, cr.credits_pending) == (0, 0, 0)


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (T.EXISTS, {}),
        (T.EXISTS_WITH_DIFFERENT_FLAGS, {"flags": int(F.LINKED), "amount": 1}),
        (T.EXISTS_WITH_DIFFERENT_PENDING_ID, {"pending_id": HELD, "timeout": 1}),
        (T.EXISTS_WITH_DIFFERENT_TIMEOUT, {"timeout": 1, "debit_account_id": 0}),
        (T.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID, {"debit_account_id": 0, "amount": 1}),
        (T.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID, {"credit_account_id": 0, "amount": 1}),
        (T.EXISTS_WITH_DIFFERENT_AMOUNT, {"amount": 1, "user_data_128": 1}),
        (T.EXISTS_WITH_DIFFERENT_USER_DATA_128, {"user_data_128": 1, "user_data_64": 1}),
        (T.EXISTS_WITH_DIFFERENT_USER_DATA_64, {"user_data_64": 1, "user_data_32": 1}),
        (T.EXISTS_WITH_DIFFERENT_USER_DATA_32, {"user_data_32": 1, "ledger": 0}),
        (T.EXISTS_WITH_DIFFERENT_LEDGER, {"ledger": 0, "code": 0}),
        (T.EXISTS_WITH_DIFFERENT_CODE, {"code": 0}),
    ],
)
def test_a_retry_is_told_where_it_differs(state: State, status: T, fields: dict[str, int]) -> None:
    assert create_transfer(state, a_transfer(id=MOVED, **fields), NOW) is status


@pytest.mark.parametrize(
    ("status", "flag", "amount", "user_data_64"),
    [
        (T.EXISTS, F.POST_PENDING_TRANSFER, 4, 0),
        (T.EXISTS, F.POST_PENDING_TRANSFER, 4, 7),
        (T.EXISTS_WITH_DIFFERENT_AMOUNT, F.POST_PENDING_TRANSFER, MAX128, 0),
        (T.EXISTS_WITH_DIFFERENT_USER_DATA_64, F.POST_PENDING_TRANSFER, 4, 8),
        (T.EXISTS, F.VOID_PENDING_TRANSFER, 0, 0),
        (T.EXISTS, F.VOID_PENDING_TRANSFER, 10, 0),
        (T.EXISTS_WITH_DIFFERENT_AMOUNT, F.VOID_PENDING_TRANSFER, 4, 0),
    ],
)
def test_a_retry_may_leave_open_what_the_hold_says(
    state: State, status: T, flag: TransferFlags, amount: int, user_data_64: int
) -> None:
    first = a_settlement(flag, amount=4 if flag is F.POST_PENDING_TRANSFER else 0)
    state.transfers[901] = moved(state, first).transfer
    state.pendings[HELD] = PendingStatus.POSTED
    retry = a_settlement(flag, amount=amount, user_data_64=user_data_64)
    assert create_transfer(state, retry, NOW) is status


def test_a_balancing_retry_may_ask_for_more_than_was_moved(state: State) -> None:
    flags = int(F.BALANCING_DEBIT)
    state.transfers[900] = a_transfer(amount=3, flags=flags)
    assert create_transfer(state, a_transfer(amount=9, flags=flags), NOW) is T.EXISTS
    less = create_transfer(state, a_transfer(amount=2, flags=flags), NOW)
    assert less is T.EXISTS_WITH_DIFFERENT_AMOUNT


@pytest.mark.parametrize(
    ("status", "timestamp"),
    [
        (T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, 10),
        (T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, 13),
        (T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT, 11),
        (T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT, 12),
    ],
)
def test_an_imported_transfer_comes_after_all_others_and_its_accounts(
    state: State, status: T, timestamp: int
) -> None:
    state.newest_transfer = 10
    state.account_timestamps.add(13)
    state.accounts |= {DR: an_account(DR, timestamp=11), CR: an_account(CR, timestamp=12)}
    imported = a_transfer(flags=int(F.IMPORTED), timestamp=timestamp)
    assert create_transfer(state, imported, NOW) is status
    later = imported._replace(timestamp=14)
    assert moved(state, later).transfer == later


def test_an_imported_account_comes_after_all_accounts_and_beside_no_transfer() -> None:
    state = State(newest_account=10, transfer_timestamps={12})
    imported = an_account(1, flags=int(AccountFlags.IMPORTED), timestamp=11)
    regress = A.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    assert create_account(state, imported, NOW) == imported
    assert create_account(state, imported._replace(timestamp=10), NOW) is regress
    assert create_account(state, imported._replace(timestamp=12), NOW) is regress


def test_an_account_that_was_closed_since_is_not_the_one_that_was_asked_for() -> None:
    existing = an_account(1, flags=int(AccountFlags.CLOSED), debits_posted=3, timestamp=4)
    state = State(accounts={1: existing})
    retry = an_account(1)
    assert create_account(state, retry, NOW) is A.EXISTS_WITH_DIFFERENT_FLAGS
    assert create_account(state, retry._replace(flags=existing.flags), NOW) is A.EXISTS
