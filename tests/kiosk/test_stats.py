"""The organiser's figures: where every place, goodie and amount of money is."""

from dataclasses import replace

from sqlmodel import Session

from kiosk.domain.chart import BANK
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.events import Discount, Goodie, Pool, ProviderName
from kiosk.services.backing import Backing
from kiosk.services.stats import Count, Stats, Takings
from kiosk.store.database import Database
from ledger.engine import Ledger, LedgerUnavailable
from tests.kiosk.factories import a_cashier, a_slot, an_event, usd
from tests.kiosk.world import Terminal, World


def figures(counts: tuple[Count, ...]) -> dict[str, tuple[int, int, int, int]]:
    return {one.resource.key: (one.sold, one.held, one.left, one.redeemed) for one in counts}


def stats(terminal: Terminal) -> Stats:
    return Stats(terminal.backing, terminal.services.catalog)


async def test_every_place_and_piece_is_somewhere(world: World) -> None:
    event = an_event(
        a_slot("early", capacity=5, pool="hall"),
        a_slot("regular", capacity=5, pool="hall"),
        a_slot("party", capacity=3),
        pools=(Pool("hall", "Great Hall", 7),),
        goodies=(Goodie("shirt", "T-shirt", 2),),
    )
    terminal = await world.open(event)
    order = await terminal.sell({"early": 2, "party": 1})
    await terminal.sell("regular")
    await terminal.hold({"regular": 2})
    await terminal.admit(order.claims[0].ticket_number)

    now = await stats(terminal).snapshot()

    assert figures(now.slots) == {
        "early": (2, 0, 3, 1),
        "regular": (1, 2, 2, 0),
        "party": (1, 0, 2, 0),
    }
    assert figures(now.pools) == {"hall": (3, 2, 2, 1)}
    assert figures(now.goodies) == {"shirt": (2, 0, 0, 0)}
    for one in (*now.slots, *now.pools, *now.goodies):
        assert one.sold + one.held + one.left == one.resource.capacity
    assert [one.title for one in (*now.slots[2:], *now.pools, *now.goodies)] == [
        "General Admission · Regular",
        "Great Hall",
        "T-shirt",
    ]
    assert now.at == world.clock.now()


async def test_money_is_told_by_way_of_paying_with_what_is_to_go_back(world: World) -> None:
    event = an_event(a_slot(capacity=1), discounts=(Discount("LESS", amount=usd(150)),))
    terminal = await world.open(event)
    sales = terminal.services.sales
    late = await terminal.hold()
    world.clock.advance(minutes=5)
    await sales.expire(late.id)
    held = await terminal.hold()
    await sales.apply_discount(held.id, "less")
    await sales.pay_cash(held.id, usd(400), a_cashier())
    await sales.pay_cash(late.id, usd(400), a_cashier())

    takings = (await stats(terminal).snapshot()).takings

    assert (takings.sales, takings.discounts) == (usd(400), usd(150))
    assert takings.received[ProviderName.CASH] == takings.total_received == usd(650)
    assert takings.received[ProviderName.SANDBOX] == usd(0)
    assert (takings.refunds_due, takings.refunds_due_count) == (usd(400), 1)


def test_tokens_that_paid_are_no_money_received() -> None:
    received = {ProviderName.CASH: usd(900), ProviderName.TOKENS: usd(400), BANK: usd(50)}
    takings = Takings(usd(1350), usd(0), received, usd(0), refunds_due_count=0)
    assert takings.total_received == usd(950)


async def test_an_event_nobody_has_come_to_is_all_left(world: World) -> None:
    terminal = await world.open()

    now = await stats(terminal).snapshot()

    assert figures(now.slots) == {"general": (0, 0, 10, 0)}
    assert (now.pools, now.goodies) == ((), ())
    assert now.takings.total_received == now.takings.refunds_due == usd(0)
    assert now.health.ledger_engine == terminal.backing.ledger.engine
    assert now.health.is_well


class AwayLedger:
    """A ledger that does not answer."""

    engine = "TigerBeetle away"

    async def lookup_accounts(self, ids: list[int]) -> list[object]:
        raise LedgerUnavailable("no answer")


class AwayStore:
    """A database that does not answer."""

    async def transaction(self, work: object) -> Session:
        raise StoreUnavailable("locked")


async def test_health_is_told_whether_they_answer_or_not(embedded: World) -> None:
    terminal = await embedded.open()
    catalog = terminal.services.catalog

    async def health(backing: Backing) -> tuple[bool, bool]:
        found = await Stats(backing, catalog).health()
        return found.ledger_seconds is not None, found.store_seconds is not None

    without_ledger: Ledger = AwayLedger()  # type: ignore[assignment]  # what is used of it
    without_store: Database = AwayStore()  # type: ignore[assignment]  # what is used of it
    backing = terminal.backing
    assert await health(backing) == (True, True)
    assert await health(replace(backing, ledger=without_ledger)) == (False, True)
    assert await health(replace(backing, store=without_store)) == (True, False)
