"""The eight requests as TigerBeetle takes them, and a lane for each."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from ledger import packets
from ledger.batches import Events, Layout, dealt, dealt_found
from ledger.connection import Connection
from ledger.flags import ACCOUNT_IMPORTED, TRANSFER_IMPORTED
from ledger.guards import check_limit
from ledger.lanes import Kind, Lane
from ledger.native import Operation
from ledger.types import (
    BATCH_MAX,
    Account,
    AccountBalance,
    AccountFilter,
    CreateAccountResult,
    CreateTransferResult,
    QueryFilter,
    Transfer,
)

Result = TypeVar("Result")
Found = TypeVar("Found", Account, Transfer)
Joined = Sequence[tuple[Events, int]]

_EVENTS = (BATCH_MAX, 253)
_IDS = (BATCH_MAX, 2031)
_ONE = (1,)


def _one_each(pieces: Joined, results: list[Result]) -> Iterable[list[Result]]:
    return dealt([length for _events, length in pieces], results)


def _found(pieces: Joined, objects: list[Found]) -> Iterable[list[Found]]:
    if len(pieces) == 1:
        return [objects]
    asked = [packets.unpack_ids(events.piece(length)) for events, length in pieces]
    return dealt_found(asked, objects, [found.id for found in objects])


def _all(_pieces: Joined, objects: list[Result]) -> Iterable[list[Result]]:
    return [objects]


def _pack_account_filters(filters: Sequence[AccountFilter]) -> bytes:
    data = packets.pack_account_filters(filters)
    for account_filter in filters:
        check_limit(account_filter)
    return data


def _pack_query_filters(filters: Sequence[QueryFilter]) -> bytes:
    data = packets.pack_query_filters(filters)
    for query_filter in filters:
        check_limit(query_filter)
    return data


CREATE_ACCOUNTS: Kind[Account, CreateAccountResult] = Kind(
    Operation.CREATE_ACCOUNTS,
    Layout(packets.EVENT_SIZE, ACCOUNT_IMPORTED),
    packets.pack_accounts,
    packets.unpack_account_results,
    _one_each,
    _EVENTS,
)
CREATE_TRANSFERS: Kind[Transfer, CreateTransferResult] = Kind(
    Operation.CREATE_TRANSFERS,
    Layout(packets.EVENT_SIZE, TRANSFER_IMPORTED),
    packets.pack_transfers,
    packets.unpack_transfer_results,
    _one_each,
    _EVENTS,
)
LOOKUP_ACCOUNTS: Kind[int, Account] = Kind(
    Operation.LOOKUP_ACCOUNTS,
    Layout(packets.ID_SIZE),
    packets.pack_ids,
    packets.unpack_accounts,
    _found,
    _IDS,
)
LOOKUP_TRANSFERS: Kind[int, Transfer] = Kind(
    Operation.LOOKUP_TRANSFERS,
    Layout(packets.ID_SIZE),
    packets.pack_ids,
    packets.unpack_transfers,
    _found,
    _IDS,
)
GET_ACCOUNT_TRANSFERS: Kind[AccountFilter, Transfer] = Kind(
    Operation.GET_ACCOUNT_TRANSFERS,
    Layout(packets.ACCOUNT_FILTER_SIZE),
    _pack_account_filters,
    packets.unpack_transfers,
    _all,
    _ONE,
)
GET_ACCOUNT_BALANCES: Kind[AccountFilter, AccountBalance] = Kind(
    Operation.GET_ACCOUNT_BALANCES,
    Layout(packets.ACCOUNT_FILTER_SIZE),
    _pack_account_filters,
    packets.unpack_balances,
    _all,
    _ONE,
)
QUERY_ACCOUNTS: Kind[QueryFilter, Account] = Kind(
    Operation.QUERY_ACCOUNTS,
    Layout(packets.QUERY_FILTER_SIZE),
    _pack_query_filters,
    packets.unpack_accounts,
    _all,
    _ONE,
)
QUERY_TRANSFERS: Kind[QueryFilter, Transfer] = Kind(
    Operation.QUERY_TRANSFERS,
    Layout(packets.QUERY_FILTER_SIZE),
    _pack_query_filters,
    packets.unpack_transfers,
    _all,
    _ONE,
)


class Lanes:
    """One lane for each request, within the running event loop."""

    def __init__(self, connection: Connection, deadline_seconds: float) -> None:
        on = (connection, deadline_seconds)
        self.create_accounts = Lane(CREATE_ACCOUNTS, *on)
        self.create_transfers = Lane(CREATE_TRANSFERS, *on)
        self.lookup_accounts = Lane(LOOKUP_ACCOUNTS, *on)
        self.lookup_transfers = Lane(LOOKUP_TRANSFERS, *on)
        self.get_account_transfers = Lane(GET_ACCOUNT_TRANSFERS, *on)
        self.get_account_balances = Lane(GET_ACCOUNT_BALANCES, *on)
        self.query_accounts = Lane(QUERY_ACCOUNTS, *on)
        self.query_transfers = Lane(QUERY_TRANSFERS, *on)

    def close(self) -> None:
        """Tell everybody who waits that the ledger was closed."""
        for lane in (
            self.create_accounts,
            self.create_transfers,
            self.lookup_accounts,
            self.lookup_transfers,
            self.get_account_transfers,
            self.get_account_balances,
            self.query_accounts,
            self.query_transfers,
        ):
            lane.close()
