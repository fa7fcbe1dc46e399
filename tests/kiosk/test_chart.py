"""The chart of accounts: ids that follow from what they stand for, chains that hold together."""

from dataclasses import replace

from kiosk.domain import chart, chart_money, chart_places
from kiosk.domain.chart import AccountCode, LedgerNumber, TransferCode
from kiosk.domain.money import CURRENCIES
from ledger.ids import derived_id, milliseconds_of, new_id
from ledger.types import AccountFlags, Transfer, TransferFlags
from tests.kiosk.factories import a_claim, a_payment, a_slot, an_event, an_order, usd

EVENT = an_event(a_slot(number=1), id=7)
ORDER = an_order(claims=(a_claim(), a_claim()))
PAYMENT = a_payment(amount=usd(800), tendered=usd(800))


def links(transfers: list[Transfer]) -> list[bool]:
    return [bool(transfer.flags & TransferFlags.LINKED) for transfer in transfers]


def test_what_is_left_of_a_slot_is_guarded_by_the_ledger() -> None:
    accounts = {
        account.code: account
        for account in chart.resource_accounts(EVENT, EVENT.resources[0])
        if account.ledger == LedgerNumber.TICKETS
    }
    guarded = {
        code
        for code, account in accounts.items()
        if account.flags & AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
    }
    assert guarded == {AccountCode.BUDGET, AccountCode.SPENT}
    assert len({account.id for account in accounts.values()}) == 4


def test_no_currency_has_the_number_of_another_ledger() -> None:
    taken = {number.value for number in LedgerNumber}
    assert not taken & {currency.number for currency in CURRENCIES.values()}


def test_what_is_moved_for_an_order_sorts_with_it_unless_it_was_begun_before() -> None:
    begun_before, order_id = 1_795_262_399_999 << 80 | 5, new_id()

    assert chart.beside(begun_before, "customer", 6) == derived_id("customer", 6)
    assert milliseconds_of(chart.customer_account_id(order_id)) == milliseconds_of(order_id)
    assert chart.customer_account_id(order_id) != chart.receivable_account_id(order_id)


def test_holds_are_one_chain_that_outlives_our_own_deadline() -> None:
    holds = chart_places.hold(EVENT, ORDER)
    assert links(holds) == [True, False]
    assert {hold.timeout for hold in holds} == {
        ORDER.hold_seconds + chart_places.HOLD_MARGIN_SECONDS
    }
    assert all(hold.flags & TransferFlags.PENDING for hold in holds)


def test_asking_again_is_asking_the_same_and_a_new_attempt_is_not() -> None:
    first, again = chart_places.hold(EVENT, ORDER), chart_places.hold(EVENT, ORDER)
    new = chart_places.hold(EVENT, replace(ORDER, attempt=2))
    assert first == again
    assert not {one.id for one in first} & {one.id for one in new}


def test_giving_back_is_not_a_chain() -> None:
    assert links(chart_places.release(ORDER)) == [False, False]


def test_places_and_money_are_one_chain_receipt_before_charge() -> None:
    for paid in (
        chart_money.pay_held(EVENT, ORDER, PAYMENT),
        chart_money.pay_late(EVENT, ORDER, PAYMENT),
    ):
        assert links(paid) == [True, True, True, False]
        assert [one.code for one in paid[2:]] == [TransferCode.RECEIPT, TransferCode.CHARGE]
        assert [one.amount for one in paid[2:]] == [800, 800]


def test_money_alone_charges_nothing() -> None:
    [receipt] = chart_money.pay_alone(EVENT, ORDER, PAYMENT)
    assert (receipt.code, receipt.flags) == (TransferCode.RECEIPT, TransferFlags.NONE)


def test_nothing_due_moves_no_money() -> None:
    free = an_order(claims=(a_claim(price=usd(0)),))
    [post] = chart_money.pay_held(EVENT, free, a_payment(amount=usd(0), tendered=usd(0)))
    assert post.flags == TransferFlags.POST_PENDING_TRANSFER


def test_events_keep_to_their_own_accounts() -> None:
    other = replace(EVENT, id=8)
    mine, theirs = (
        {
            account.id
            for account in [
                *chart.resource_accounts(event, event.resources[0]),
                *chart.event_accounts(event),
            ]
        }
        for event in (EVENT, other)
    )
    assert not mine & theirs
