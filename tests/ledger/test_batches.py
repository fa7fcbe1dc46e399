from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.batches import BatchLimit, Events, Layout, dealt, dealt_found, joined
from ledger.flags import LINKED, TRANSFER_IMPORTED
from ledger.packets import EVENT_SIZE, ID_SIZE, pack_ids, pack_transfers
from tests.ledger.factories import a_transfer

LAYOUT = Layout(EVENT_SIZE, TRANSFER_IMPORTED)
IDS = Layout(ID_SIZE)

flags = st.sampled_from([0, 0, LINKED, TRANSFER_IMPORTED, LINKED | TRANSFER_IMPORTED])
requests = st.lists(flags, min_size=1, max_size=12)


def events(*event_flags: int) -> Events:
    """A request of transfers with these flags."""
    transfers = [a_transfer(id=n + 1, flags=flag) for n, flag in enumerate(event_flags)]
    return Events(pack_transfers(transfers), LAYOUT, len(transfers))


def ids(count: int) -> Events:
    """A request of look-ups."""
    return Events(pack_ids(range(count)), IDS, count)


def pieces(request: Events, limit: int) -> list[int]:
    """The lengths of the packets of a divisible request, sent one after the other."""
    lengths = []
    while request.left:
        lengths.append(request.cut(limit))
        request.left -= lengths[-1]
    return lengths


def test_a_request_without_chains_is_cut_at_the_limit() -> None:
    assert pieces(events(*[0] * 10), 4) == [4, 4, 2]
    assert pieces(ids(10), 4) == [4, 4, 2]


def test_a_cut_never_falls_within_a_chain() -> None:
    assert pieces(events(0, LINKED, LINKED, 0, LINKED, 0, 0), 4) == [4, 3]
    assert pieces(events(0, LINKED, LINKED, 0, LINKED, 0, 0), 3) == [1, 3, 3]


def test_a_chain_longer_than_the_limit_cannot_be_cut() -> None:
    request = events(0, 0, LINKED, LINKED, 0)
    assert request.divisible(3)
    assert not request.divisible(2)
    assert events(LINKED, LINKED, 0).cut(2) == 0


def test_an_open_chain_belongs_to_the_last_piece() -> None:
    assert pieces(events(0, 0, LINKED, LINKED), 3) == [2, 2]


def test_a_piece_of_an_import_begins_with_an_imported_event() -> None:
    imported = TRANSFER_IMPORTED
    assert pieces(events(imported, imported, 0, imported), 2) == [1, 2, 1]
    assert not events(imported, 0, 0, 0).divisible(2)


@given(requests, st.integers(1, 12))
def test_whatever_is_cut_means_the_same_afterwards(event_flags: list[int], limit: int) -> None:
    request = events(*event_flags)
    if not request.divisible(limit):
        return
    lengths = pieces(request, limit)
    assert sum(lengths) == len(event_flags)
    assert max(lengths) <= limit
    starts = [sum(lengths[:n]) for n in range(len(lengths))]
    for start in starts[1:]:
        assert not event_flags[start - 1] & LINKED
        assert event_flags[start] & TRANSFER_IMPORTED == event_flags[0] & TRANSFER_IMPORTED


@given(requests, st.integers(1, 12))
def test_only_what_must_stay_together_is_indivisible(event_flags: list[int], limit: int) -> None:
    bound = [
        end
        for end in range(1, len(event_flags))
        if not event_flags[end - 1] & LINKED
        and event_flags[end] & TRANSFER_IMPORTED == event_flags[0] & TRANSFER_IMPORTED
    ]
    parts = [end - start for start, end in pairwise([0, *bound, len(event_flags)])]
    assert events(*event_flags).divisible(limit) == (max(parts) <= limit)


@given(st.lists(requests, min_size=1, max_size=8), st.integers(1, 30))
def test_joined_requests_keep_their_meaning(batch: list[list[int]], limit: int) -> None:
    waiting = [events(*event_flags) for event_flags in batch]
    packet = joined(waiting, limit)
    if not packet:
        assert not waiting[0].divisible(limit)
        return
    assert [request for request, _length in packet] == waiting[: len(packet)]
    assert sum(length for _request, length in packet) <= limit
    assert len({request.imported for request, _length in packet}) == 1
    assert not any(request.chain_open for request, _length in packet[:-1])
    if len(packet) > 1:
        assert all(request.left == length for request, length in packet)


def test_requests_are_joined_up_to_the_limit() -> None:
    waiting = [ids(3) for _ in range(5)]
    assert [length for _request, length in joined(waiting, 11)] == [3, 3, 3]
    assert [length for _request, length in joined(waiting, 100)] == [3] * 5
    assert [length for _request, length in joined(waiting, 2)] == [2]


def test_the_rest_of_a_request_is_joined_with_others() -> None:
    begun, other = ids(10), ids(2)
    begun.left -= 4
    assert begun.piece(6) == pack_ids(range(4, 10))
    assert [length for _request, length in joined([begun, other], 8)] == [6, 2]


@pytest.mark.parametrize("limit", [1, 2, 7, 252, 253, 254, 2031, 4000, 8187, 8188])
@pytest.mark.parametrize("first", [8189, 4001])
def test_a_limit_is_found_with_few_questions(limit: int, first: int) -> None:
    known = BatchLimit((8189, 253))
    assert known.known
    assert known.size == 8189
    if first > limit:
        known.refuse(first)
    questions = 0
    while not known.known:
        questions += 1
        size = known.probe
        (known.accept if size <= limit else known.refuse)(size)
    assert questions <= 15
    assert known.size == (limit if first > limit else 8189)


def test_a_development_server_is_known_after_two_questions() -> None:
    limit = BatchLimit((8189, 253))
    limit.refuse(1000)
    assert limit.probe == 253
    limit.accept(253)
    assert limit.probe == 254
    limit.refuse(254)
    assert limit.known
    assert limit.size == 253


def test_results_are_dealt_by_count() -> None:
    assert list(dealt([2, 1, 3], [1, 2, 3, 4, 5, 6])) == [[1, 2], [3], [4, 5, 6]]


@pytest.mark.parametrize("results", [[], [1, 2], [1, 2, 3, 4]])
def test_too_few_or_too_many_results_are_an_error(results: list[int]) -> None:
    with pytest.raises(ValueError, match="for 3 events"):
        list(dealt([2, 1], results))


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=6),
    st.sets(st.integers(0, 9)),
)
def test_what_was_found_is_dealt_as_if_each_had_asked_alone(
    asked: list[list[int]], there: set[int]
) -> None:
    alone = [[id_ for id_ in request if id_ in there] for request in asked]
    found = [id_ for mine in alone for id_ in mine]
    assert list(dealt_found(asked, found, found)) == alone


def test_an_object_nobody_asked_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="1 objects"):
        list(dealt_found([[1], [2]], ["one", "three"], [1, 3]))
