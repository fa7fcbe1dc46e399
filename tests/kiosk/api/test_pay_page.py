"""The pay page, as a browser without scripts gets it."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response

from kiosk.api.sandbox import Sandbox
from kiosk.api.sandbox_routes import FORM_BYTES_MAX
from kiosk.api.server import application
from kiosk.domain.providers import EventKind, reference_of
from tests.fakes import FakeClock
from tests.kiosk.api.doubles import BASE_URL, REFERENCE, Merchant, a_request

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "$token $style ${script}",
    "&lt;b&gt; &amp;",
    "[/] [@click=app.quit]x[/]",
    "🎟️ Gophers 👩‍💻",
    "مهرجان الصيف",
    "\u202egnp.exe",
    "x" * 200,
]


@pytest.fixture
async def browser(sandbox: Sandbox, merchant: Merchant) -> AsyncIterator[AsyncClient]:
    """A client of the application, with one payment to make."""
    await sandbox.create(a_request())
    transport = ASGITransport(application(merchant, sandbox))
    async with AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client


async def choose(browser: AsyncClient, outcome: str, token: str | None = None) -> Response:
    """Press one of the buttons of the page."""
    if token is None:
        [token] = re.findall(r'name="token" value="(\w+)"', (await show(browser)).text)
    return await browser.post(f"/pay/{REFERENCE}", data={"token": token, "outcome": outcome})


async def show(browser: AsyncClient, reference: str = REFERENCE) -> Response:
    """Load the page."""
    return await browser.get(f"/pay/{reference}")


async def test_it_shows_what_is_bought_and_how_long_it_can_be_paid(
    browser: AsyncClient, clock: FakeClock
) -> None:
    clock.advance(seconds=27.5)
    shown = await show(browser)
    assert shown.status_code == 200
    text = text_of(shown)
    assert "GopherFest 2027 Order 1042" in text
    assert "2 x General Admission · Regular 8.00 USD" in text
    assert "1 x Workshop: Profiling Go free" in text
    assert "Total 8.00 USD Time left to pay 4:33 Pay 8.00 USD Let it fail Cancel" in text
    assert "Test payment: no real money moves." in text
    assert '<noscript><meta http-equiv="refresh" content="274">' in shown.text


async def test_it_asks_nothing_of_anybody_else(browser: AsyncClient) -> None:
    shown = await show(browser)
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://", shown.text)
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["x-frame-options"] == "DENY"
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "server" not in shown.headers


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [
        ("succeeded", "Paid Thank you. Now look at the kiosk."),
        ("failed", "The payment failed Nothing was taken."),
        ("cancelled", "Cancelled Nothing was taken."),
    ],
)
async def test_each_button_ends_the_payment_and_says_so(
    browser: AsyncClient, sandbox: Sandbox, outcome: str, heading: str
) -> None:
    answered = await choose(browser, outcome)
    assert answered.status_code == 303
    assert answered.next_request is not None
    assert answered.next_request.url == f"{BASE_URL}/pay/{REFERENCE}"
    for _ in range(2):
        shown = await show(browser)
        assert shown.status_code == 200
        assert heading in text_of(shown)
        assert "<form" not in shown.text
    event = await sandbox.outcome(REFERENCE)
    assert event is not None
    assert event.kind == outcome


async def test_pressing_twice_pays_once(
    browser: AsyncClient, sandbox: Sandbox, merchant: Merchant
) -> None:
    token = sandbox.page_token(REFERENCE)
    for outcome in ("succeeded", "succeeded", "cancelled", "failed"):
        assert (await choose(browser, outcome, token)).status_code == 303
        assert "Paid" in text_of(await show(browser))
    assert await sandbox.sender.deliver_due() == 1
    assert [event.kind for event in merchant.events] == [EventKind.SUCCEEDED]


@pytest.mark.parametrize("token", ["", "0" * 64, "é", "OTHER"])
async def test_a_form_from_elsewhere_pays_nothing(
    browser: AsyncClient, sandbox: Sandbox, token: str
) -> None:
    other = sandbox.page_token(reference_of(bytes(16)))
    answered = await choose(browser, "succeeded", other if token == "OTHER" else token)
    assert answered.status_code == 403
    assert "did not come from this page" in answered.text
    assert await sandbox.outcome(REFERENCE) is None


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", "token={token}&outcome=succeeded", 415),
        ("application/x-www-form-urlencoded", "token={token}", 400),
        ("application/x-www-form-urlencoded", "token={token}&outcome=refunded", 400),
        ("application/x-www-form-urlencoded", "&".join(["a=1"] * 9), 400),
        ("application/x-www-form-urlencoded", "token=%ff%00é", 400),
        ("application/x-www-form-urlencoded", "a" * (FORM_BYTES_MAX + 1), 413),
    ],
)
async def test_anything_but_the_form_is_refused(
    browser: AsyncClient, sandbox: Sandbox, kind: str, body: str, status: int
) -> None:
    answered = await browser.post(
        f"/pay/{REFERENCE}",
        content=body.format(token=sandbox.page_token(REFERENCE)).encode(),
        headers={"Content-Type": kind},
    )
    assert answered.status_code == status
    assert await sandbox.outcome(REFERENCE) is None


async def test_when_the_time_is_up_it_says_so_and_takes_nothing(
    browser: AsyncClient, sandbox: Sandbox, clock: FakeClock
) -> None:
    token = sandbox.page_token(REFERENCE)
    clock.advance(minutes=5)
    assert (await choose(browser, "succeeded", token)).status_code == 303
    shown = await show(browser)
    assert shown.status_code == 410
    assert "The time is up Nothing was taken." in text_of(shown)
    assert "<form" not in shown.text


async def test_in_the_last_minute_the_time_stands_out(
    browser: AsyncClient, clock: FakeClock
) -> None:
    assert 'class="hurry"' not in (await show(browser)).text
    clock.advance(minutes=4)
    assert 'class="hurry"' in (await show(browser)).text


@pytest.mark.parametrize("reference", [reference_of(bytes(16)), "x", "..%2f..", REFERENCE.lower()])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_payment_nobody_knows_has_a_page_too(
    browser: AsyncClient, sandbox: Sandbox, reference: str, method: str
) -> None:
    form = {"token": sandbox.page_token(reference), "outcome": "succeeded"}
    answered = await browser.request(method, f"/pay/{reference}", data=form)
    assert answered.status_code == 404


async def test_an_unknown_payment_is_explained_in_the_browsers_language(
    browser: AsyncClient,
) -> None:
    browser.headers["Accept-Language"] = "fr-CH, de-CH;q=0.9, en;q=0.8, *;q=0.5"
    shown = await show(browser, reference_of(bytes(16)))
    assert '<html lang="de">' in shown.text
    assert "Diese Zahlung gibt es nicht" in text_of(shown)


@pytest.mark.parametrize(
    ("language", "written", "total"),
    [("en", "en", "8.00"), ("es", "es", "8,00"), ("de", "de", "8,00"), ("tlh", "en", "8.00")],
)
async def test_it_speaks_the_buyers_language(
    browser: AsyncClient, sandbox: Sandbox, language: str, written: str, total: str
) -> None:
    reference = reference_of(bytes(16))
    await sandbox.create(a_request(reference, language=language))
    shown = await show(browser, reference)
    assert f'<html lang="{written}">' in shown.text
    assert f"{total} USD" in text_of(shown)
    english = ("Time left", "Order 1042", "Let it fail", "no real money")
    assert [words in shown.text for words in english] == [written == "en"] * 4


@pytest.mark.parametrize("name", HOSTILE)
async def test_names_are_text_and_nothing_else(
    browser: AsyncClient, sandbox: Sandbox, name: str
) -> None:
    reference = reference_of(bytes(16))
    await sandbox.create(a_request(reference, event_name=name, line_name=name))
    plain = await show(browser)
    for _ in range(2):
        shown = await show(browser, reference)
        assert tags(shown.text) == tags(plain.text)
        assert text_of(shown).count(name) == (3 if "<form" in shown.text else 2)
        await sandbox.decide(reference, EventKind.SUCCEEDED)
        await sandbox.decide(REFERENCE, EventKind.SUCCEEDED)
        plain = await show(browser)


async def test_while_the_file_is_away_it_asks_for_patience(
    browser: AsyncClient, sandbox: Sandbox, folder: Path
) -> None:
    with closing(sqlite3.connect(folder / "sandbox.sqlite")) as other:
        other.execute("DROP TABLE payments")
    shown = await show(browser)
    assert shown.status_code == 503
    assert "One moment, please" in text_of(shown)


def tags(html: str) -> list[str]:
    """Every tag of a page with its attributes, but for what differs between two payments."""
    found = re.findall(r"<[a-z!/][^>]*>", html)
    return [re.sub(r'value="\w{64}"|data-seconds="\d+"', "", tag) for tag in found]


def text_of(shown: Response) -> str:
    """What is to be read on a page."""
    bare = re.sub(r"(?s)<style>.*?</style>|<script>.*?</script>|<[^>]*>", " ", shown.text)
    simple = unescape(bare).replace("\N{MULTIPLICATION SIGN}", "x")
    return re.sub(r"[ \n\N{THIN SPACE}]+", " ", simple)
