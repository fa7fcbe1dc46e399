"""What a provider tells us unasked: each webhook has its answer, and no money is ever lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import pytest

from kiosk.domain import chart, chart_places
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.money import Money
from kiosk.domain.providers import ProviderEvent
from kiosk.domain.webhooks import SIGNATURE_HEADER, sign
from kiosk.services.backing import Backing
from kiosk.services.reconciliation import Report
from kiosk.store import payments
from kiosk.store.database import Database
from ledger.engine import Ledger, LedgerUnavailable
from ledger.types import Account, CreateTransferResult, Transfer
from tests.kiosk.crashes import CrashingLedger, Fuse
from tests.kiosk.factories import a_cashier, usd
from tests.kiosk.fake_provider import SECRET, Webhook
from tests.kiosk.shop import (
    CANCELLED,
    FAILED,
    HELD,
    PAID,
    SUCCEEDED,
    UNFULFILLED,
    Shop,
)
from tests.kiosk.world import World


@pytest.fixture
async def shop(world: World) -> Shop:
    return await Shop.open(world)


@pytest.fixture
async def door(embedded: World) -> Shop:
    """For what never reaches the ledger."""
    return await Shop.open(embedded)


# Not heard


async def test_a_stranger_is_not_heard(door: Shop) -> None:
    _, reference = await door.held()
    webhook = door.provider.webhook(door.end(reference))
    assert (await door.receive(webhook, provider="stripe")).status == 404


async def test_a_forged_webhook_does_nothing(door: Shop) -> None:
    order, reference = await door.held()
    event = door.provider.event(reference, SUCCEEDED)
    good = door.provider.webhook(event)

    forgeries = [
        door.provider.webhook(event, secret=b"guessed"),
        replace(good, body=good.body.replace(b"400", b"1")),
        replace(good, headers={}),
        replace(good, headers={**good.headers, "TURNSTILE-SIGNATURE": "t=1,v1=00"}),
    ]
    answers = [await door.receive(one) for one in forgeries]

    assert [answer.status for answer in answers] == [401] * 4
    assert await door.state(order) is HELD


async def test_a_webhook_replayed_after_its_time_does_nothing(door: Shop) -> None:
    order, reference = await door.held()
    recorded = door.provider.webhook(door.provider.event(reference, SUCCEEDED))
    door.world.clock.advance(seconds=301)
    assert (await door.receive(recorded)).status == 401
    assert await door.state(order) is HELD


async def test_what_is_signed_and_senseless_does_nothing(door: Shop) -> None:
    event = door.provider.webhook(door.end((await door.held())[1]))
    body = event.body.replace(b"succeeded", b"abducted")
    stamp = int(door.world.clock.now().timestamp())
    webhook = Webhook({SIGNATURE_HEADER: sign(SECRET, stamp, body)}, body)
    assert (await door.receive(webhook)).status == 400


async def test_a_payment_nobody_asked_for_is_not_taken(door: Shop) -> None:
    _, reference = await door.held()
    event = door.provider.event(reference, SUCCEEDED)
    assert (await door.hear(replace(event, reference="NOBODY"))).status == 404
    assert await door.terminal.takings() == (0, 0)


async def test_another_currency_is_for_people_to_look_at(door: Shop) -> None:
    order, reference = await door.held()
    event = door.provider.event(reference, SUCCEEDED, Money(400, "EUR"))
    assert (await door.hear(event)).status == 409
    assert await door.state(order) is HELD


async def test_two_events_of_one_id_are_for_people_to_look_at(door: Shop) -> None:
    order, reference = await door.held()
    failed = door.provider.event(reference, FAILED)
    assert (await door.hear(failed)).status == 200
    assert (await door.hear(replace(failed, kind=SUCCEEDED))).status == 409
    assert await door.state(order) is HELD


# Heard once


async def test_a_duplicate_is_taken_once(shop: Shop) -> None:
    order, reference = await shop.held()
    paid = shop.end(reference)

    answers = [await shop.hear(paid) for _ in range(3)]

    assert [answer.status for answer in answers] == [200] * 3
    assert await shop.terminal.takings() == (400, 400)
    assert await shop.refund_due(order) == 0


async def test_duplicates_at_once_are_taken_once(shop: Shop) -> None:
    order, reference = await shop.held()
    paid = shop.end(reference)

    answers = await asyncio.gather(*(shop.hear(paid) for _ in range(8)))

    assert {answer.status for answer in answers} == {200}
    assert await shop.terminal.takings() == (400, 400)
    assert await shop.state(order) is PAID


async def test_a_success_told_twice_under_two_ids_is_one_payment(shop: Shop) -> None:
    order, reference = await shop.held()
    await shop.pay(reference)
    again = await shop.hear(shop.provider.event(reference, SUCCEEDED))
    assert again.status == 200
    assert await shop.terminal.takings() == (400, 400)
    assert await shop.refund_due(order) == 0


# Late and out of order


async def test_late_money_buys_a_place_that_is_still_free(shop: Shop) -> None:
    order, reference = await shop.held()
    paid = shop.end(reference)
    shop.provider.is_away = True
    await shop.time_out(order)

    assert (await shop.hear(paid)).status == 200

    assert await shop.state(order) is PAID
    assert await shop.terminal.takings() == (400, 400)


async def test_late_money_without_a_place_is_a_refund_due(shop: Shop) -> None:
    order, reference = await shop.held()
    paid = shop.end(reference)
    shop.provider.is_away = True
    await shop.time_out(order)
    await shop.terminal.sell()

    answers = [await shop.hear(paid) for _ in range(2)]

    assert {answer.status for answer in answers} == {200}
    assert await shop.state(order) is UNFULFILLED
    assert await shop.refund_due(order) == 400
    assert await shop.terminal.takings() == (800, 400)


async def test_money_after_a_failure_counts(shop: Shop) -> None:
    order, reference = await shop.held()
    await shop.hear(shop.provider.event(reference, FAILED))

    await shop.hear(shop.provider.event(reference, SUCCEEDED))

    assert await shop.state(order) is PAID


async def test_a_failure_after_the_money_counts_for_nothing(shop: Shop) -> None:
    order, reference = await shop.held()
    await shop.pay(reference)

    answer = await shop.hear(shop.provider.event(reference, FAILED))

    assert answer.status == 200
    assert await shop.state(order) is PAID
    assert await shop.terminal.takings() == (400, 400)


# For an order that is finished


async def test_a_second_payment_is_refunded_and_the_tickets_stay_valid(shop: Shop) -> None:
    order, reference = await shop.held()
    shop.provider.is_away = True
    await shop.services.sales.pay_cash(order.id, usd(400), a_cashier())

    answers = [await shop.hear(shop.provider.event(reference, SUCCEEDED)) for _ in range(2)]

    assert {answer.status for answer in answers} == {200}
    assert await shop.state(order) is PAID
    assert len(await shop.services.sales.tickets(order.id)) == 1
    assert await shop.refund_due(order) == 400
    assert await shop.terminal.takings() == (800, 400)


async def test_money_for_an_order_that_was_given_up_is_a_refund_due(shop: Shop) -> None:
    order, reference = await shop.held()
    await shop.services.sales.cancel(order.id)

    answer = await shop.hear(shop.provider.event(reference, SUCCEEDED))

    assert answer.status == 200
    assert await shop.state(order) is CANCELLED
    assert await shop.refund_due(order) == 400
    assert await shop.terminal.takings() == (400, 0)


@pytest.mark.parametrize("minor", [1, 399, 401, 4000])
async def test_another_amount_is_a_refund_due_and_buys_nothing(embedded: World, minor: int) -> None:
    shop = await Shop.open(embedded)
    order, reference = await shop.held()

    answer = await shop.hear(shop.end(reference, amount=usd(minor)))

    assert answer.status == 200
    assert await shop.state(order) is HELD
    assert await shop.refund_due(order) == minor
    await shop.pay((await shop.ask(order)).request.reference)
    assert await shop.state(order) is PAID
    assert await shop.terminal.takings() == (400 + minor, 400)


async def test_nothing_at_all_came_in(embedded: World) -> None:
    shop = await Shop.open(embedded)
    order, reference = await shop.held()
    assert (await shop.hear(shop.end(reference, amount=usd(0)))).status == 200
    assert await shop.refund_due(order) == 0
    assert await shop.services.reconciliation.run_once() == Report()


# While something is away


@dataclass
class Leaving:
    """Wraps a ledger so that its answers get lost, before or after it did what it was asked."""

    after: bool
    is_away: bool = False

    def __call__(self, backing: Backing) -> Backing:
        return replace(backing, ledger=cast("Ledger", _Away(backing.ledger, self)))


class _Away(CrashingLedger):
    def __init__(self, ledger: Ledger, leaving: Leaving) -> None:
        super().__init__(ledger, Fuse())
        self._leaving = leaving

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        if self._leaving.is_away and not self._leaving.after:
            raise LedgerUnavailable("away")
        results = await super().create_transfers(transfers, accounts)
        if self._leaving.is_away:
            raise LedgerUnavailable("no answer")
        return results


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("surplus", [False, True])
async def test_a_webhook_is_done_only_together_with_the_ledgers_answer(
    embedded: World, *, after: bool, surplus: bool
) -> None:
    away = Leaving(after=after)
    shop = await Shop.open(embedded, back=away)
    order, reference = await shop.held()
    paid = shop.end(reference, amount=usd(5) if surplus else None)
    away.is_away = True
    unanswered = [await shop.hear(paid) for _ in range(2)]
    away.is_away = False

    assert [answer.status for answer in unanswered] == [503, 503]
    assert (await shop.hear(paid)).status == 200
    assert await shop.state(order) is (HELD if surplus else PAID)
    assert await shop.terminal.takings() == ((5, 0) if surplus else (400, 400))


async def test_a_webhook_that_could_not_be_stored_is_sent_again(
    embedded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await Shop.open(embedded)
    order, reference = await shop.held()
    paid = shop.end(reference)

    async def locked(*_: object) -> object:
        raise StoreUnavailable("locked")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "transaction", locked)
        assert (await shop.hear(paid)).status == 503
    assert (await shop.hear(paid)).status == 200
    assert await shop.state(order) is PAID


async def test_an_event_nobody_sends_again_is_finished_by_reconciliation(embedded: World) -> None:
    away = Leaving(after=False)
    shop = await Shop.open(embedded, back=away)
    order, reference = await shop.held()
    away.is_away = True
    assert (await shop.pay(reference)).status == 503
    away.is_away = False

    assert (await shop.services.reconciliation.run_once()).payments == 1

    assert await shop.state(order) is PAID
    assert await shop.services.reconciliation.run_once() == Report()


async def test_a_ledger_that_contradicts_is_said_and_nothing_is_done(embedded: World) -> None:
    shop = await Shop.open(embedded)
    order, reference = await shop.held()
    paid: ProviderEvent = shop.end(reference, amount=usd(5))
    found = await shop.terminal.backing.store.transaction(
        lambda session: payments.of_order(session, order.id)
    )
    event = shop.services.catalog.event
    stray = chart_places.change_capacity(event, event.resources[0], transfer_id=1, by=1)
    stray.id = chart.beside(found[0].id, "receipt", found[0].id)
    await shop.terminal.backing.ledger.create_transfers([stray])

    assert (await shop.hear(paid)).status == 500
    assert len((await shop.services.reconciliation.run_once()).contradictions) >= 1
