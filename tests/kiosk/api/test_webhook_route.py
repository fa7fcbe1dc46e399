"""What comes in at /webhooks goes to the receiver as it is; what he says goes back."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest
from httpx import ASGITransport, AsyncClient

from kiosk.api.server import application
from kiosk.domain.webhooks import BODY_BYTES_MAX, Answer
from tests.kiosk.api.doubles import BASE_URL


@dataclass
class Receiver:
    """Notes what it is given."""

    answer: Answer | Exception = field(default_factory=lambda: Answer(200, "noted"))
    given: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    async def receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Note, and answer as told."""
        self.given.append((provider, headers, body))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def receiver() -> Receiver:
    """Who judges the webhooks."""
    return Receiver()


@pytest.fixture
async def sender(receiver: Receiver) -> AsyncIterator[AsyncClient]:
    """A client of an application that has no sandbox."""
    transport = ASGITransport(application(receiver), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client


async def test_body_and_headers_arrive_unchanged(sender: AsyncClient, receiver: Receiver) -> None:
    body = b'{"id" : "\xff\x00"}\r\n'
    headers = {"Turnstile-Signature": "t=1,v1=ab,v1=cd", "Content-Type": "text/odd"}
    answer = await sender.post("/webhooks/stripe", content=body, headers=headers)
    assert (answer.status_code, answer.text) == (200, "noted")
    [(provider, received, content)] = receiver.given
    assert (provider, content) == ("stripe", body)
    assert received["turnstile-signature"] == headers["Turnstile-Signature"]
    assert received["Turnstile-Signature"] == headers["Turnstile-Signature"]


@pytest.mark.parametrize("status", [400, 401, 404, 409, 503])
async def test_a_refusal_is_a_problem_in_words(
    sender: AsyncClient, receiver: Receiver, status: int
) -> None:
    receiver.answer = Answer(status, "signed more than 300 seconds from now")
    answer = await sender.post("/webhooks/sandbox", content=b"{}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "signed more than 300 seconds from now"
    assert answer.json()["status"] == status


async def test_a_fault_of_ours_tells_nothing_and_makes_the_sender_come_again(
    sender: AsyncClient, receiver: Receiver
) -> None:
    receiver.answer = LookupError("the secret is hunter2")
    answer = await sender.post("/webhooks/sandbox", content=b"{}")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("length", [0, 1, BODY_BYTES_MAX])
async def test_bodies_up_to_64_kib_are_taken(
    sender: AsyncClient, receiver: Receiver, length: int
) -> None:
    assert (await sender.post("/webhooks/sandbox", content=b"x" * length)).status_code == 200
    assert len(receiver.given[0][2]) == length


@pytest.mark.parametrize("chunks", [1, 70])
async def test_a_longer_body_is_refused_unread(
    sender: AsyncClient, receiver: Receiver, chunks: int
) -> None:
    async def content() -> AsyncIterator[bytes]:
        for _ in range(chunks):
            yield b"x" * (BODY_BYTES_MAX // chunks + 1)

    answer = await sender.post("/webhooks/sandbox", content=content())
    assert answer.status_code == 413
    assert "65536 bytes at most" in answer.json()["detail"]
    assert receiver.given == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/webhooks/sandbox", 405),
        ("PUT", "/webhooks/sandbox", 405),
        ("POST", "/webhooks", 404),
        ("POST", "/webhooks/", 404),
        ("POST", "/webhooks/a/b", 404),
        ("GET", "/", 404),
        ("GET", "/pay/00000000000000000000000000", 404),
    ],
)
async def test_there_is_nothing_else(
    sender: AsyncClient, receiver: Receiver, method: str, path: str, status: int
) -> None:
    answer = await sender.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert receiver.given == []
