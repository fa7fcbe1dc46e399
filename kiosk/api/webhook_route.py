"""POST /webhooks/{provider}: what a payment provider has to say, handed on as it came."""

from collections.abc import Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.api.answers import body_of, said
from kiosk.domain.webhooks import BODY_BYTES_MAX, Answer


class WebhookReceiver(Protocol):
    """Who judges webhooks."""

    async def receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Verify and apply a webhook. The headers are found by names in any case.

        An exception makes the sender try again later.
        """


def webhook_routes(receiver: WebhookReceiver) -> list[Route]:
    """The route that hands webhooks to `receiver`."""

    async def receive(request: Request) -> Response:
        body = await body_of(request, BODY_BYTES_MAX)
        answer = await receiver.receive(request.path_params["provider"], request.headers, body)
        return said(answer.status, answer.words)

    return [Route("/webhooks/{provider}", receive, methods=["POST"])]
