"""The body of a webhook is read strictly: it is an event, or it says what was expected."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.money import CURRENCIES, Money
from kiosk.domain.providers import EventKind, ProviderEvent, is_reference, reference_of
from kiosk.domain.webhooks import MalformedEvent, parse, render

FIELDS: dict[str, object] = {
    "id": "evt_1",
    "type": "payment.succeeded",
    "reference": "REF",
    "amount": 800,
    "currency": "EUR",
    "created": 1893456000,
}
PRINTABLE = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=255)


def body(**changes: object) -> bytes:
    return json.dumps(FIELDS | changes).encode()


def test_a_whole_event_is_read() -> None:
    at = datetime.fromtimestamp(1893456000, UTC)
    expected = ProviderEvent("evt_1", EventKind.SUCCEEDED, "REF", Money(800, "EUR"), at)
    assert parse(body()) == expected
    assert parse(body(later="a field of the next version")) == expected


@given(
    st.builds(
        ProviderEvent,
        id=PRINTABLE,
        kind=st.sampled_from(EventKind),
        reference=PRINTABLE,
        amount=st.builds(Money, st.integers(0, 2**63 - 1), st.sampled_from(sorted(CURRENCIES))),
        at=st.integers(0, 10**11).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    )
)
def test_what_is_rendered_is_read_again(event: ProviderEvent) -> None:
    assert parse(render(event)) == event


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "JSON in UTF-8"),
        (b"\xff", "JSON in UTF-8"),
        (b"{", "JSON in UTF-8"),
        (b"[" * 60_000, "JSON in UTF-8"),
        (b'{"amount": ' + b"9" * 5000 + b"}", "numbers of this world"),
        (b'{"amount": NaN}', "knows no NaN"),
        (b"[]", "a JSON object"),
        (b"null", "a JSON object"),
        (b'{"id": "a", "id": "b"}', "each key once"),
        (b"{}", "type: expected a text"),
        (body(type="payment.refunded"), "type: expected one of payment.succeeded"),
        (body(type="succeeded"), "type: expected one of"),
        (body(type=["payment.succeeded"]), "type: expected a text"),
        (body(id=""), "id: expected a text"),
        (body(id=7), "id: expected a text"),
        (body(id="x" * 256), "id: expected a text"),
        (body(id="a\nb"), "id: expected characters"),
        (body(reference=None), "reference: expected a text"),
        (body(reference="\ud800"), "reference: expected characters"),
        (body(amount="800"), "amount: expected a whole number"),
        (body(amount=8.0), "amount: expected a whole number"),
        (body(amount=True), "amount: expected a whole number"),
        (body(amount=-1), "amount: expected a whole number"),
        (body(amount=2**63), "amount: expected a whole number"),
        (body(currency="eur"), "currency: expected an ISO 4217 code"),
        (body(currency="XXX"), "currency: expected an ISO 4217 code"),
        (body(created=None), "created: expected a whole number"),
        (body(created=10**12), "created: expected a whole number"),
    ],
)
def test_anything_else_says_what_was_expected(raw: bytes, expected: str) -> None:
    with pytest.raises(MalformedEvent) as refused:
        parse(raw)
    assert expected in str(refused.value)


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5
    ).map(lambda value: json.dumps(dict.fromkeys(FIELDS, value)).encode())
)
def test_no_body_breaks_the_reader(raw: bytes) -> None:
    with pytest.raises(MalformedEvent):
        parse(raw)


@given(st.binary(min_size=16, max_size=16))
def test_a_reference_is_26_letters_and_digits(random: bytes) -> None:
    reference = reference_of(random)
    assert len(reference) == 26
    assert reference.isascii()
    assert reference.isalnum()
    assert is_reference(reference)


@pytest.mark.parametrize("text", ["", "0" * 25, "0" * 27, "0" * 25 + "1", "a" * 26, "../" * 9])
def test_nothing_else_is_a_reference(text: str) -> None:
    assert not is_reference(text)
