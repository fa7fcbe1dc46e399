"""Ids derived from what they stand for: stored for ever, so they never change."""

import pytest

from ledger.ids import derived_id, derived_id_beside, new_id

Part = int | str | bytes


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("claim",), 0x680FBEB0F1BB06F4788C9023A8E1C19D),
        (("claim", 2**127, 0), 0x69B3ABB21702C9DB00F8FECD95D8A51F),
        (("attendee", "ada@example.org", "Ada"), 0x955938BDB954D61BC8C83395B581E4C9),
        (("b", b"ab"), 0xCA895B60AB4C8FAF89BB1968CAA1877F),
        (("i", -1), 0x76B9ED56D1AFE332720D7EBAACD19185),
    ],
)
def test_the_same_parts_give_the_same_id_in_every_release(
    parts: tuple[str, *tuple[Part, ...]], expected: int
) -> None:
    assert derived_id(*parts) == expected


def test_parts_that_read_alike_give_different_ids() -> None:
    alike: list[tuple[str, *tuple[Part, ...]]] = [
        ("a", "bc"),
        ("ab", "c"),
        ("abc",),
        ("a", "b", "c"),
        ("a", b"bc"),
        ("1", 1),
        ("1", "1"),
        ("1", 1, 1),
    ]
    assert len({derived_id(*parts) for parts in alike}) == len(alike)


def test_an_id_beside_another_sorts_with_it_and_differs_by_its_parts() -> None:
    before, at, after = 1 << 80, 2 << 80 | 5, 3 << 80
    found = {derived_id_beside(at, "claim", number) for number in range(20)}

    assert len(found) == 20
    assert all(before < one < after for one in found)
    assert derived_id_beside(at, "claim", 3) in found
    assert derived_id_beside(at + 1, "claim", 3) not in found


def test_ids_beside_later_ids_are_later() -> None:
    first, second = new_id(), new_id() + (1 << 80)

    assert derived_id_beside(first, "claim", 0) < derived_id_beside(second, "claim", 0)
