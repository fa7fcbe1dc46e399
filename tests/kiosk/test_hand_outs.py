"""Goodies handed out: each once, by any ticket of the order, and taken back in with a reason."""

import asyncio

import pytest
from sqlmodel import col, select, update

from kiosk.domain.admission import Reason
from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import InvalidReason
from kiosk.domain.events import Event, Goodie, Per, ResourceKind, Role
from kiosk.domain.hand_outs import HandOut, NothingHandedOut, PieceCard
from kiosk.domain.orders import Order
from kiosk.domain.rights import NotAllowed
from kiosk.store import audit
from kiosk.store.claim_tables import HandOutRow, HandOutUndoRow
from kiosk.store.tables import ClaimRow
from tests.kiosk.factories import a_cashier, a_slot, an_event
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

BOSS = a_cashier("Sam", role=Role.SUPERVISOR)
ROBIN = a_cashier("Robin", role=Role.STEWARD)


def with_shirts(count: int = 5, per: Per = Per.ORDER) -> Event:
    return an_event(a_slot(capacity=50), goodies=(Goodie("shirt", "T-shirt", count, per),))


async def card(terminal: Terminal, order: Order, position: int = 0) -> PieceCard:
    """A piece of the order, as the first of its tickets shows it."""
    pieces = await terminal.services.hand_outs.pieces(order.claims[0].id)
    return next(one for one in pieces if one.position == position)


async def hand_out(terminal: Terminal, order: Order, nonce: int, ticket: int = 0) -> HandOut:
    claim_id, piece = order.claims[ticket].id, await card(terminal, order)
    return await terminal.services.hand_outs.hand_out(claim_id, piece, nonce, ROBIN)


async def handed(terminal: Terminal) -> tuple[int, int]:
    """Pieces that wait, and pieces that are gone, as the ledger has it."""
    found = []
    for code in (AccountCode.SPENT, AccountCode.REDEEMED):
        account = await terminal.account(ResourceKind.GOODIE, code)
        found.append(account.credits_posted - account.debits_posted)
    return found[0], found[1]


async def test_a_piece_is_handed_out_once_and_the_same_press_hears_so_again(world: World) -> None:
    terminal = await world.open(with_shirts())
    order = await terminal.sell()
    piece = await card(terminal, order)
    assert (piece.goodie_key, piece.handed_at) == ("shirt", None)

    said = [
        await terminal.services.hand_outs.hand_out(order.claims[0].id, piece, 7, ROBIN)
        for _ in range(5)
    ]

    assert len(set(said)) == 1
    assert said[0].is_ours
    assert (said[0].piece.terminal, said[0].piece.staff) == ("north", "Robin")
    assert said[0].piece == await card(terminal, order)
    assert await handed(terminal) == (0, 1)
    assert await finished(terminal) == 0


async def test_another_press_hears_when_and_where(world: World) -> None:
    north, south = await world.open(with_shirts()), await world.open(name="south")
    order = await north.sell()
    first = await hand_out(north, order, 7)

    second = await hand_out(south, order, 8)

    assert not second.is_ours
    assert second.piece == first.piece
    assert await handed(north) == (0, 1)


async def test_any_ticket_of_the_order_opens_its_pieces_and_no_other_does(world: World) -> None:
    terminal = await world.open(with_shirts(per=Per.TICKET))
    order, other = await terminal.sell({"general": 3}), await terminal.sell()
    pieces = await terminal.services.hand_outs.pieces(order.claims[2].id)

    for piece in pieces:
        said = await terminal.services.hand_outs.hand_out(order.claims[1].id, piece, 7, ROBIN)
        assert said.is_ours

    assert [one.position for one in pieces] == [0, 1, 2]
    assert await handed(terminal) == (1, 3)
    with pytest.raises(AssertionError):
        await terminal.services.hand_outs.hand_out(other.claims[0].id, pieces[0], 9, ROBIN)


async def test_of_two_desks_in_the_same_instant_one_hands_it_out(world: World) -> None:
    north, south = await world.open(with_shirts(20)), await world.open(name="south")
    for _ in range(9):
        order = await north.sell()

        said = await asyncio.gather(*(hand_out(one, order, 7) for one in (north, south)))

        assert sorted(one.is_ours for one in said) == [False, True]
        assert len({one.piece for one in said}) == 1
    assert await handed(north) == (0, 9)


async def test_what_is_undone_is_handed_out_again(world: World) -> None:
    terminal = await world.open(with_shirts())
    order = await terminal.sell()
    out = (await hand_out(terminal, order, 7)).piece

    back = [await terminal.services.hand_outs.undo(out, "wrong size", BOSS) for _ in range(3)]

    assert len(set(back)) == 1
    assert (back[0].handed_at, back[0].attempt) == (None, 2)
    assert await handed(terminal) == (1, 0)
    again = await hand_out(terminal, order, 8)
    assert again.is_ours
    # An undo of before is not one of now.
    assert await terminal.services.hand_outs.undo(out, "wrong size", BOSS) == again.piece
    assert await handed(terminal) == (0, 1)


async def test_an_old_card_hands_nothing_out_and_shows_what_is_true(world: World) -> None:
    terminal = await world.open(with_shirts())
    order = await terminal.sell()
    old = await card(terminal, order)
    await terminal.services.hand_outs.undo((await hand_out(terminal, order, 7)).piece, "no", BOSS)

    said = await terminal.services.hand_outs.hand_out(order.claims[0].id, old, 8, ROBIN)

    assert not said.is_ours
    assert said.piece == await card(terminal, order)
    assert said.piece.handed_at is None
    assert await handed(terminal) == (1, 0)


async def test_only_supervisors_undo_and_say_why(embedded: World) -> None:
    terminal = await embedded.open(with_shirts())
    order = await terminal.sell()
    out = (await hand_out(terminal, order, 7)).piece
    with pytest.raises(NotAllowed):
        await terminal.services.hand_outs.undo(out, "wrong size", ROBIN)
    for reason in ("", "  ", "x" * 201, "a\nb"):
        with pytest.raises(InvalidReason):
            await terminal.services.hand_outs.undo(out, reason, BOSS)
    reason = "[@click=app.quit]x[/] \u202e 🎟"
    await terminal.services.hand_outs.undo(out, reason, BOSS)
    [row] = await terminal.backing.store.transaction(
        lambda session: session.exec(select(HandOutUndoRow.reason, HandOutUndoRow.staff)).all()
    )
    assert tuple(row) == (reason, "Sam")
    records = await terminal.backing.store.transaction(audit.page)
    ours = [one for one in records if one.subject == order.id]
    assert [(one.action, one.staff, one.detail) for one in ours] == [
        ("handed_out", "Robin", "piece 1"),
        ("hand_out_undone", "Sam", f"piece 1: {reason}"),
    ]


# Orders that are not good


async def test_a_refunded_order_has_none(world: World) -> None:
    terminal = await world.open(with_shirts())
    order = await terminal.sell()
    piece = await card(terminal, order)
    await terminal.services.refunds.refund_order(order.id, BOSS)

    assert await terminal.services.hand_outs.pieces(order.claims[0].id) == []
    with pytest.raises(NothingHandedOut) as refused:
        await terminal.services.hand_outs.hand_out(order.claims[0].id, piece, 7, ROBIN)
    assert refused.value.reason is Reason.REFUNDED
    assert await handed(terminal) == (0, 0)


async def test_what_is_gone_does_not_come_back_with_the_money(world: World) -> None:
    terminal = await world.open(with_shirts(2))
    order, other = await terminal.sell(), await terminal.sell()
    await hand_out(terminal, order, 7)

    await terminal.services.refunds.refund_order(order.id, BOSS)

    assert await handed(terminal) == (1, 1)
    assert (await hand_out(terminal, other, 8)).is_ours


async def test_what_was_undone_goes_back_with_the_money(world: World) -> None:
    terminal = await world.open(with_shirts(1))
    order = await terminal.sell()
    await terminal.services.hand_outs.undo((await hand_out(terminal, order, 7)).piece, "no", BOSS)

    await terminal.services.refunds.refund_order(order.id, BOSS)

    assert await handed(terminal) == (0, 0)
    budget = await terminal.account(ResourceKind.GOODIE, AccountCode.BUDGET)
    assert budget.credits_posted - budget.debits_posted == 1


async def test_of_a_refund_and_a_hand_out_in_the_same_instant_one_has_the_piece(
    world: World,
) -> None:
    desk, boss = await world.open(with_shirts(20)), await world.open(name="boss")
    gone = 0
    for at in range(8):
        order = await desk.sell()
        piece, claim_id = await card(desk, order), order.claims[0].id
        both = [
            desk.services.hand_outs.hand_out(claim_id, piece, 7, ROBIN),
            boss.services.refunds.refund_order(order.id, BOSS),
        ]

        said = await asyncio.gather(*(both if at % 2 else both[::-1]), return_exceptions=True)

        [out] = [one for one in said if isinstance(one, HandOut | NothingHandedOut)]
        gone += isinstance(out, HandOut)
    assert await handed(desk) == (0, gone)
    budget = await desk.account(ResourceKind.GOODIE, AccountCode.BUDGET)
    assert budget.credits_posted - budget.debits_posted == 20 - gone


async def test_a_revoked_an_unpaid_and_an_unknown_ticket_open_nothing(embedded: World) -> None:
    terminal = await embedded.open(with_shirts(per=Per.TICKET))
    order, unpaid = await terminal.sell({"general": 2}), await terminal.hold()
    piece = await card(terminal, order)
    await terminal.backing.store.transaction(
        lambda session: session.exec(
            update(ClaimRow).where(col(ClaimRow.id) == order.claims[0].id).values(revoked="stolen")
        )
    )
    cases = {
        order.claims[0].id: Reason.REVOKED,
        unpaid.claims[0].id: Reason.UNPAID,
        1: Reason.UNKNOWN,
    }
    for claim_id, reason in cases.items():
        with pytest.raises(NothingHandedOut) as refused:
            await terminal.services.hand_outs.hand_out(claim_id, piece, 7, ROBIN)
        assert refused.value.reason is reason
    assert (await hand_out(terminal, order, 7, ticket=1)).is_ours
    assert await terminal.services.hand_outs.pieces(1) == []


# What a crash leaves


async def test_a_wish_that_only_the_ledger_knows_came_true_is_recorded(world: World) -> None:
    terminal = await world.open(with_shirts())
    order = await terminal.sell()
    out = await hand_out(terminal, order, 7)
    await forget(terminal)
    assert (await card(terminal, order)).handed_at is None

    assert await finished(terminal) == 1

    assert await card(terminal, order) == out.piece
    assert await finished(terminal) == 0


async def test_a_wish_that_never_reached_the_ledger_is_given_up(world: World) -> None:
    terminal = await world.open(with_shirts())
    order = await terminal.sell()
    await terminal.services.hand_outs.undo((await hand_out(terminal, order, 7)).piece, "no", BOSS)
    await ask(terminal, order, nonce=9, attempt=2)

    assert await finished(terminal) == 1

    assert (await card(terminal, order)).handed_at is None
    # Whoever asked may ask again after all.
    assert (await hand_out(terminal, order, 9)).is_ours


async def test_an_undo_that_was_only_stored_is_finished(world: World) -> None:
    terminal = await world.open(with_shirts())
    order = await terminal.sell()
    out = (await hand_out(terminal, order, 7)).piece
    await terminal.services.hand_outs.undo(out, "no", BOSS)
    await terminal.backing.store.transaction(
        lambda session: session.exec(update(HandOutUndoRow).values(done_at=None))
    )
    assert (await card(terminal, order)).handed_at == out.handed_at

    assert await finished(terminal) == 1

    assert (await card(terminal, order)).attempt == 2
    assert await handed(terminal) == (1, 0)


async def finished(terminal: Terminal) -> int:
    """How much the next round of reconciliation has to finish."""
    return (await terminal.services.reconciliation.run_once()).tickets


async def forget(terminal: Terminal) -> None:
    """As if the process had died before it could record the answer."""
    await terminal.backing.store.transaction(
        lambda session: session.exec(update(HandOutRow).values(outcome="asked", handed_at=None))
    )


async def ask(terminal: Terminal, order: Order, *, nonce: int, attempt: int) -> None:
    """As if the process had died before it could ask the ledger."""
    row = HandOutRow(
        order_id=order.id,
        position=0,
        attempt=attempt,
        nonce=nonce,
        terminal_number=1,
        staff="Robin",
        asked_at=terminal.services.clock.now(),
        outcome="asked",
    )
    await terminal.backing.store.transaction(lambda session: session.add(row))
