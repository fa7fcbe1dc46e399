"""Where the tokens of a bill came from and went: the tree of all bills of one issue."""

import pytest

from kiosk.domain.lineage import BillRecord, BillUse, Branch, NoSuchBill, branches
from kiosk.domain.people import Attendee
from kiosk.domain.token_moves import MoveKind
from kiosk.services.lineages import Lineages
from tests.kiosk.factories import NOW, an_event
from tests.kiosk.purses import BAR, Purses, a_token
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store


def lineages(purses: Purses) -> Lineages:
    return Lineages(purses.terminal.backing, purses.terminal.services.catalog)


async def first_bill(purses: Purses, name: str) -> str:
    [bill, *_] = await purses.wallets.bills(await purses.of(name), purses.token)
    return f"{bill.id:032x}"


def drawn(bills: list[BillRecord]) -> list[str]:
    """The tree, an indent for each generation."""
    return [
        f"{'.' * len(one.is_last)}{one.bill.owner.name} {one.bill.amount} {one.bill.left}"
        for one in branches(bills)
    ]


async def test_the_tree_of_one_issue(world: World) -> None:
    purses = await Purses.open(world)
    for act in (
        purses.buy("Tony", 10),
        purses.send("Tony", "Pepper", 6),
        purses.send("Pepper", "Peter", 2),
        purses.send("Tony", "Happy", 1),
        purses.send("Peter", "Tony", 1),
        purses.spend("Pepper", 3),
    ):
        await act
        world.clock.advance(seconds=1)
    tree = [
        "Tony 10 3",
        ".Pepper 6 1",
        "..Peter 2 1",
        "...Tony 1 1",
        ".Happy 1 1",
    ]
    for name in ("Tony", "Peter", "Happy"):
        bills = await lineages(purses).of(await first_bill(purses, name))
        assert drawn(bills) == tree
    [uses] = [bill.uses for bill in bills if bill.uses]
    assert uses == (BillUse(MoveKind.SPEND, BAR, 3),)


async def test_a_gift_is_given_and_becomes_its_claimers(world: World) -> None:
    purses = await Purses.open(world)
    gifts = purses.terminal.services.gifts
    await purses.buy("Tony", 5)
    errand = purses.wallets.errand(purses.token, 3)
    gift = await gifts.give(errand, await purses.of("Tony"), "pepper@example.org")
    await gifts.claim(gift.code, await purses.of("Pepper"))
    bills = await lineages(purses).of((await first_bill(purses, "Pepper"))[:8])
    assert drawn(bills) == ["Tony 5 2", ".Pepper 3 3"]
    assert BillUse(MoveKind.GIFT, "", 3) in bills[0].uses + bills[1].uses


@pytest.mark.parametrize("start", ["", "12", "[/]", "0" * 33, "zzzz", "٢٢٢٢", "abcd"])
async def test_what_begins_no_bill(world: World, start: str) -> None:
    purses = await Purses.open(world)
    with pytest.raises(NoSuchBill) as refused:
        await lineages(purses).of(start)
    assert "no bill" in str(refused.value)


async def test_a_bill_of_another_event_is_none(world: World) -> None:
    purses = await Purses.open(world)
    await purses.buy("Tony", 5)
    bill = await first_bill(purses, "Tony")
    world.event = an_event(key="other", tokens=(a_token(),))
    other = await Purses.open(world, name="south")
    with pytest.raises(NoSuchBill):
        await lineages(other).of(bill)


def test_lives_of_thousands_of_bills_are_drawn() -> None:
    def bill(number: int, source: int | None) -> BillRecord:
        owner = Attendee("Ada", "ada@example.org")
        return BillRecord(number, source, 1, owner, 1, 0, NOW, None, ())

    long = [bill(number, number - 1 or None) for number in range(1, 5001)]
    assert len(list(branches(long))) == 5000


async def test_the_bills_of_an_owner_are_found_by_their_address(world: World) -> None:
    purses = await Purses.open(world)
    for act in (purses.buy("Tony", 10), purses.buy("Tony", 5), purses.send("Tony", "Nina", 10)):
        await act
        world.clock.advance(seconds=1)
    found = await lineages(purses).owned_by(" tony@Example.org ")
    assert [(bill.amount, bill.left) for bill in found] == [(5, 5), (10, 0)]
    assert {bill.owner.name for bill in found} == {"Tony"}
    assert await lineages(purses).owned_by("nobody@example.org") == []


def test_what_is_deep_in_the_tree_says_how_deep() -> None:
    bill = BillRecord(1, None, 1, Attendee("Ada", "a@example.org"), 1, 1, NOW, None, ())
    knots = [Branch(bill, tuple(above)).knot(2) for above in ([], [True], [False, True])]
    assert knots == ["", "└─ ", "│  └─ "]
    deep = Branch(bill, (False, True, False, True))
    assert (deep.knot(2), deep.knot()) == ("3 …    │  └─ ", "│     │  └─ ")
