"""Tickets found by staff: by whose they are, by their numbers, and with whom they were bought."""

from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from kiosk.domain.admission import Reason, Scan, Verdict, Way
from kiosk.domain.claims import FOUND_MAX, ClaimCard, ClaimState, Found, SearchOff, UnknownClaim
from kiosk.domain.events import EntryPolicy, Goodie, Per, Role, Window
from kiosk.domain.people import Attendee
from kiosk.domain.search import TooShort
from kiosk.store import audit, pairings, search
from kiosk.store.tables import AttendeeRow
from tests.kiosk.factories import ADA, GRACE, NOW, a_cashier, a_slot, an_event, usd
from tests.kiosk.playing import HOSTILE
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

BOSS = a_cashier("Sam", role=Role.SUPERVISOR)
ROBIN = a_cashier("Robin", role=Role.STEWARD)


async def sold_to(terminal: Terminal, who: Attendee, count: int = 1) -> list[ClaimCard]:
    """The tickets that somebody bought."""
    sales = terminal.services.sales
    order = await sales.place(sales.new_order_id(), {"general": count}, who)
    await sales.pay_cash(order.id, usd(400 * count), a_cashier())
    return [await terminal.services.claims.card(claim.id) for claim in order.claims]


async def find(terminal: Terminal, typed: str) -> Found:
    return await terminal.services.claims.search(typed, ROBIN)


async def found(terminal: Terminal, typed: str) -> list[ClaimCard]:
    return list((await find(terminal, typed)).cards)


async def scan(terminal: Terminal, number: str, way: Way = Way.IN) -> Verdict:
    admission = terminal.services.admission
    said = await admission.scan(Scan(number, admission.new_nonce(), way=way))
    assert isinstance(said, Verdict)
    return said


# Search


async def test_a_ticket_is_found_by_name_address_and_number(terminal: Terminal) -> None:
    await sold_to(terminal, GRACE)
    [card] = await sold_to(terminal, ADA)

    for typed in ("ada", "LOVE", "lovelace ad", "ada@exa", card.ticket_number, "ada lovelace"):
        assert await found(terminal, typed) == [card], typed
    assert card in await found(terminal, card.ticket_number[:4].lower())
    assert await found(terminal, "nobody") == []
    assert await found(terminal, "ada hopper") == []


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_names_are_found_and_shown_as_they_are(embedded: World, name: str) -> None:
    terminal = await embedded.open()
    [card] = await sold_to(terminal, Attendee(name, "hostile@example.org"))
    assert await found(terminal, "hostile@") == [card]
    assert card.holder == Attendee(name, "hostile@example.org").half_hidden


@pytest.mark.parametrize("typed", ["%%%", "___a__", "ad%", "a_a@example.org", "'; DROP TABLE"])
async def test_marks_of_sql_are_letters_or_nothing(embedded: World, typed: str) -> None:
    terminal = await embedded.open()
    await sold_to(terminal, ADA)
    try:
        assert await found(terminal, typed) == []
    except TooShort:
        assert sum(char.isalnum() for char in typed) < 3


async def test_ten_are_shown_and_that_there_are_more(embedded: World) -> None:
    terminal = await embedded.open(an_event(a_slot(capacity=50)))
    for at in range(FOUND_MAX):
        await sold_to(terminal, Attendee(f"Guest {at}", f"guest{at}@example.org"))
    ten = await find(terminal, "guest")
    await sold_to(terminal, Attendee("Guest again", "guest@example.org"))
    eleven = await find(terminal, "guest")

    assert (len(ten.cards), ten.more) == (FOUND_MAX, False)
    assert (len(eleven.cards), eleven.more) == (FOUND_MAX, True)


async def test_each_ticket_is_shown_once_however_many_words_lead_to_it(embedded: World) -> None:
    terminal = await embedded.open()
    who = Attendee(" ".join(f"Ann{at}" for at in range(16)), "ann@example.org")
    cards = await sold_to(terminal, who, count=2)
    assert await found(terminal, "ann") == cards


async def test_only_what_was_sold_is_found(terminal: Terminal) -> None:
    order = await terminal.hold()
    assert await found(terminal, "lovelace") == []
    await terminal.services.sales.cancel(order.id)
    assert await found(terminal, "lovelace") == []
    [card] = await sold_to(terminal, ADA)
    await terminal.services.refunds.refund_order(card.order_id, BOSS)
    [after] = await found(terminal, "lovelace")
    assert (after.state, after.refusal) == (ClaimState.REFUNDED, Reason.REFUNDED)


async def test_tickets_of_another_event_are_not_found(embedded: World) -> None:
    elsewhere = await embedded.open(an_event())
    [card] = await sold_to(elsewhere, ADA)
    terminal = await embedded.open(an_event())
    assert await found(terminal, "lovelace") == []
    assert await found(terminal, card.ticket_number) == []
    with pytest.raises(UnknownClaim):
        await terminal.services.claims.card(card.claim_id)
    assert await found(elsewhere, "lovelace") == [card]


async def test_whose_a_ticket_is_now_finds_it(embedded: World) -> None:
    terminal = await embedded.open()
    [card] = await sold_to(terminal, ADA)
    await terminal.services.ticket_desk.transfer([card], GRACE, BOSS)
    assert await found(terminal, "lovelace") == []
    [after] = await found(terminal, "hopper")
    assert (after.claim_id, after.passed_on) == (card.claim_id, True)


async def test_the_number_of_a_former_ticket_finds_what_became_of_it(terminal: Terminal) -> None:
    [card] = await sold_to(terminal, ADA)
    await terminal.services.ticket_desk.reissue(card, BOSS)
    [after] = await found(terminal, card.ticket_number)
    assert (after.claim_id, after.version) == (card.claim_id, 2)
    assert after.ticket_number != card.ticket_number


async def test_too_little_or_nothing_at_all_may_be_searched_for(embedded: World) -> None:
    terminal = await embedded.open()
    with pytest.raises(TooShort):
        await find(terminal, "ad")
    await terminal.backing.store.transaction(
        lambda session: pairings.let_search(session, 1, allowed=False)
    )
    with pytest.raises(SearchOff):
        await find(terminal, "ada")
    await terminal.services.reconciliation.run_once()
    assert await terminal.services.claims.learn()


async def test_a_search_is_on_record(embedded: World) -> None:
    terminal = await embedded.open()
    await find(terminal, "Müller [/]")
    records = await terminal.backing.store.transaction(audit.page)
    last = records[-1]
    assert (last.action, last.staff, last.detail) == ("searched", "Robin", "Müller [/]")


# The index


async def test_new_people_are_known_before_a_search_or_with_the_next_reconciliation(
    embedded: World,
) -> None:
    terminal = await embedded.open()
    await sold_to(terminal, ADA)
    assert await new_people(terminal) == 1
    await terminal.services.reconciliation.run_once()
    assert await new_people(terminal) == 0
    await sold_to(terminal, GRACE)
    assert len(await found(terminal, "hopper")) == 1
    assert await new_people(terminal) == 0


async def test_a_search_that_does_not_know_everybody_yet_says_so(embedded: World) -> None:
    terminal = await embedded.open()
    await crowd(terminal, 2600)
    [card] = await sold_to(terminal, ADA)
    assert (await find(terminal, "nobody")).more
    assert not (await find(terminal, "nobody")).more
    assert await found(terminal, "lovelace") == [card]


async def test_who_has_two_common_names_is_found_among_many(embedded: World) -> None:
    terminal = await embedded.open()
    await crowd(terminal, 1100)
    [card] = await sold_to(terminal, Attendee("Guest Person", "gp@example.org"))
    assert await found(terminal, "guest person") == [card]
    assert await found(terminal, "person gp@example") == [card]


@pytest.mark.parametrize("looked_up", [{"ada"}, ()])
async def test_the_search_uses_its_index(embedded: World, looked_up: Collection[str]) -> None:
    terminal = await embedded.open()
    query = search.by_words(["lovelace", "ada"], looked_up).params(event_id=1)

    def plan(session: Session) -> list[str]:
        connection = session.connection()
        sql = query.compile(connection, compile_kwargs={"render_postcompile": True})
        asked = [""] * len(sql.positiontup or ())
        explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(asked))
        return [str(row[3]) for row in explained]

    steps = await terminal.backing.store.transaction(plan)

    assert steps[0].startswith("SEARCH attendee_word USING PRIMARY KEY (word>? AND word<?)")
    assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step]


# What a card shows


async def test_a_card_says_where_a_ticket_and_its_holder_are(world: World) -> None:
    terminal = await world.open(an_event(a_slot(entry=EntryPolicy.FREE)))
    [card] = await sold_to(terminal, ADA)
    assert (card.state, card.since, card.refusal) == (ClaimState.OUT, None, None)
    assert card.holder == Attendee("Ada L.", "a•••@example.org")

    await terminal.admit(card.ticket_number)
    inside = await terminal.services.claims.card(card.claim_id)
    await scan(terminal, card.ticket_number, Way.OUT)
    left = await terminal.services.claims.card(card.claim_id)

    assert (inside.state, inside.terminal) == (ClaimState.IN, "north")
    assert inside.refusal is Reason.ALREADY_IN
    assert (left.state, left.refusal) == (ClaimState.LEFT, None)
    assert left.since is not None
    assert inside.since is not None
    assert left.since >= inside.since


async def test_a_card_says_what_the_door_would_say(embedded: World) -> None:
    window = Window(NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    terminal = await embedded.open(an_event(a_slot(valid=window)))
    [card] = await sold_to(terminal, ADA)
    assert card.refusal is Reason.NOT_VALID_YET
    assert (await scan(terminal, card.ticket_number)).reason is Reason.NOT_VALID_YET


async def test_companions_are_those_who_are_not_in_yet(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=50)))
    cards = await sold_to(terminal, ADA, count=4)
    first, second, third, fourth = cards
    assert [card.companions for card in cards] == [3] * 4
    await terminal.admit(first.ticket_number)
    await terminal.services.ticket_desk.transfer([second], GRACE, BOSS)
    await terminal.services.ticket_desk.revoke([third], "stolen", BOSS)

    companions = await terminal.services.claims.companions(first.claim_id)

    assert [card.claim_id for card in companions] == [fourth.claim_id]
    assert [card.refusal for card in companions] == [None]
    assert (await terminal.services.claims.card(first.claim_id)).companions == 1
    # Grace did not come with them.
    assert (await terminal.services.claims.card(second.claim_id)).companions == 0
    assert await terminal.services.claims.companions(second.claim_id) == []
    assert (await scan(terminal, fourth.ticket_number)).reason is Reason.ADMITTED
    assert await terminal.services.claims.companions(first.claim_id) == []


async def test_a_card_counts_the_goodies_that_wait(embedded: World) -> None:
    goodies = (Goodie("shirt", "T-shirt", 9, Per.TICKET),)
    terminal = await embedded.open(an_event(a_slot(capacity=50), goodies=goodies))
    card, other = await sold_to(terminal, ADA, count=2)
    assert card.goodies == 2
    hand_outs = terminal.services.hand_outs
    [first, _] = await hand_outs.pieces(card.claim_id)
    out = await hand_outs.hand_out(card.claim_id, first, 7, ROBIN)
    assert (await terminal.services.claims.card(other.claim_id)).goodies == 1
    await hand_outs.undo(out.piece, "wrong size", BOSS)
    assert (await terminal.services.claims.card(other.claim_id)).goodies == 2
    assert (await sold_to(terminal, GRACE))[0].goodies == 1


async def new_people(terminal: Terminal) -> int:
    """How many people the search does not know."""

    def count(session: Session) -> int:
        return len(session.exec(select(AttendeeRow.id).where(text("folded IS NULL"))).all())

    return await terminal.backing.store.transaction(count)


async def crowd(terminal: Terminal, count: int) -> None:
    """People who never bought anything."""

    def insert(session: Session) -> None:
        session.add_all(
            AttendeeRow(id=at + 1, name=f"Guest Person {at}", email=f"guest{at}@example.org")
            for at in range(count)
        )

    await terminal.backing.store.transaction(insert)
