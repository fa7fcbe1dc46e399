import ctypes
from collections.abc import Callable
from copy import copy
from dataclasses import fields
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tigerbeetle import bindings
from tigerbeetle.lib import c_uint128

from ledger import packets
from ledger.types import (
    Account,
    AccountBalance,
    AccountFilter,
    AccountFlags,
    CreateAccountResult,
    CreateAccountStatus,
    CreateTransferResult,
    CreateTransferStatus,
    IntegerOverflowError,
    QueryFilter,
    Transfer,
    TransferFlags,
)
from tests.ledger.factories import a_query, a_transfer, an_account, an_account_filter

Event = Account | Transfer | AccountFilter | QueryFilter

BITS = {
    "user_data_64": 64,
    "user_data_32": 32,
    "timeout": 32,
    "ledger": 32,
    "code": 16,
    "flags": 16,
    "timestamp": 64,
    "timestamp_min": 64,
    "timestamp_max": 64,
    "limit": 32,
}
"""The width of a field; those not named here have 128 bits."""

OFFICIAL: dict[type[Event], Callable[[Event], ctypes.Structure]] = {
    Account: bindings.CAccount.from_param,
    Transfer: bindings.CTransfer.from_param,
    AccountFilter: bindings.CAccountFilter.from_param,
    QueryFilter: bindings.CQueryFilter.from_param,
}
EXAMPLES: list[Event] = [an_account(), a_transfer(), an_account_filter(1), a_query()]
CHECKED = [
    (example, field.name)
    for example in EXAMPLES
    for field in fields(example)
    if field.name != "flags"
]


def packed(events: list[Event]) -> bytes:
    """By our own packer for these events."""
    match events[0]:
        case Account():
            return packets.pack_accounts(cast("list[Account]", events))
        case Transfer():
            return packets.pack_transfers(cast("list[Transfer]", events))
        case AccountFilter():
            return packets.pack_account_filters(cast("list[AccountFilter]", events))
        case QueryFilter():
            return packets.pack_query_filters(cast("list[QueryFilter]", events))


def packed_officially(events: list[Event]) -> bytes:
    """By the official client's packer."""
    return b"".join(bytes(OFFICIAL[type(event)](event)) for event in events)


def unpacked_officially(data: bytes, structure: type[ctypes.Structure]) -> list[object]:
    """By the official client's unpacker."""
    rows = (structure * (len(data) // ctypes.sizeof(structure))).from_buffer_copy(data)
    return [row.to_python() for row in rows]


def changed(example: Event, name: str, value: object) -> Event:
    """The same event but for one field, which may be senseless."""
    wrong = copy(example)
    setattr(wrong, name, value)
    return wrong


def numbers(bits: int) -> st.SearchStrategy[int]:
    """Numbers of a width, its limits often among them."""
    return st.one_of(st.integers(0, 2**bits - 1), st.sampled_from([0, 1, 2**bits - 1]))


def events_like(example: Event) -> st.SearchStrategy[list[Event]]:
    """Batches of one kind of event with any valid numbers."""
    kind = type(example)
    values = {field.name: numbers(BITS.get(field.name, 128)) for field in fields(example)}
    return st.lists(st.builds(kind, **values), min_size=1, max_size=5)


@given(st.sampled_from(EXAMPLES).flatmap(events_like))
def test_whatever_the_numbers_they_are_packed_as_the_official_client_does(
    events: list[Event],
) -> None:
    assert packed(events) == packed_officially(events)


@pytest.mark.parametrize(("example", "name"), CHECKED)
@pytest.mark.parametrize("excess", [0, 1, 2**128])
def test_a_number_too_large_for_its_field_raises_the_official_error(
    example: Event, name: str, excess: int
) -> None:
    wrong = changed(example, name, 2 ** BITS.get(name, 128) + excess)
    with pytest.raises(IntegerOverflowError) as expected:
        packed_officially([wrong])
    with pytest.raises(IntegerOverflowError) as raised:
        packed([example, wrong, example])
    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize(("example", "name"), CHECKED)
def test_a_negative_number_raises_the_official_error(example: Event, name: str) -> None:
    wrong = changed(example, name, -1)
    with pytest.raises(IntegerOverflowError, match=f"^{name}==-1 cannot be negative$"):
        packed([example, wrong])


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("flags", [-1, 2**16 + 1, 2**32 + 3, 2**64 - 1])
def test_flags_are_not_checked_but_cut_to_their_width(example: Event, flags: int) -> None:
    events = [example, changed(example, "flags", flags)]
    assert packed(events) == packed_officially(events)


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("value", ["1", 1.5, None])
def test_what_is_no_number_is_refused_as_the_official_client_does(
    example: Event, value: object
) -> None:
    for field in fields(example):
        if field.name == "flags":
            continue
        wrong = changed(example, field.name, value)
        with pytest.raises((TypeError, ValueError)) as expected:
            packed_officially([wrong])
        with pytest.raises(type(expected.value)):
            packed([wrong])


@given(st.lists(st.integers(-(2**130), 2**130)))
def test_ids_are_cut_to_128_bits(ids: list[int]) -> None:
    expected = b"".join(bytes(c_uint128.from_param(id_)) for id_ in ids)
    assert packets.pack_ids(ids) == expected
    assert packets.unpack_ids(expected) == [id_ % 2**128 for id_ in ids]


@given(st.binary(min_size=128, max_size=128), st.binary(min_size=128, max_size=128))
def test_any_bytes_are_unpacked_as_the_official_client_does(first: bytes, second: bytes) -> None:
    data = first + second
    assert packets.unpack_accounts(data) == unpacked_officially(data, bindings.CAccount)
    assert packets.unpack_transfers(data) == unpacked_officially(data, bindings.CTransfer)
    assert packets.unpack_balances(data) == unpacked_officially(data, bindings.CAccountBalance)


def test_unpacked_objects_have_the_official_types() -> None:
    [account] = packets.unpack_accounts(packets.pack_accounts([an_account(flags=9)]))
    [transfer] = packets.unpack_transfers(packets.pack_transfers([a_transfer(flags=3)]))
    [balance] = packets.unpack_balances(bytes(128))
    assert (type(account), type(account.flags)) == (Account, AccountFlags)
    assert (type(transfer), type(transfer.flags)) == (Transfer, TransferFlags)
    assert type(balance) is AccountBalance


def test_every_status_is_unpacked() -> None:
    accounts = [CreateAccountResult(n, status) for n, status in enumerate(CreateAccountStatus)]
    transfers = [CreateTransferResult(n, status) for n, status in enumerate(CreateTransferStatus)]
    data = b"".join(bytes(bindings.CCreateAccountResult.from_param(row)) for row in accounts)
    assert packets.unpack_account_results(data) == accounts
    data = b"".join(bytes(bindings.CCreateTransferResult.from_param(row)) for row in transfers)
    unpacked = packets.unpack_transfer_results(data)
    assert unpacked == transfers
    assert all(type(result.status) is CreateTransferStatus for result in unpacked)


def test_a_status_of_a_later_release_is_an_error() -> None:
    row = (5).to_bytes(8, "little") + (999).to_bytes(8, "little")
    with pytest.raises(ValueError, match="999"):
        packets.unpack_account_results(row)
    with pytest.raises(ValueError, match="999"):
        packets.unpack_transfer_results(row)


def test_nothing_is_packed_as_nothing() -> None:
    assert packets.pack_accounts([]) == packets.pack_transfers([]) == packets.pack_ids([]) == b""
    assert packets.unpack_transfers(b"") == []
    assert packets.unpack_accounts(b"") == []
