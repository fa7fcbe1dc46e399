"""/pay/{reference}: the sandbox's page, and what the buyer chooses there."""

import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.api import sandbox_pages
from kiosk.api.answers import body_of, page, see_other
from kiosk.api.sandbox import Sandbox
from kiosk.domain.providers import EventKind, ProviderUnavailable, UnknownPayment, is_reference

FORM_BYTES_MAX: Final = 4096
FORM_FIELDS_MAX: Final = 8

Endpoint = Callable[[Request], Awaitable[Response]]


def sandbox_routes(sandbox: Sandbox) -> list[Route]:
    """The routes of the sandbox's pages."""

    async def show(request: Request) -> Response:
        payment = await sandbox.find(_reference(request))
        token = sandbox.page_token(payment.request.reference)
        if payment.event is not None:
            return page(sandbox_pages.ended(payment, payment.event))
        if not payment.seconds_left:
            return page(sandbox_pages.expired(payment), HTTPStatus.GONE)
        return page(sandbox_pages.choice(payment, token))

    async def choose(request: Request) -> Response:
        reference = _reference(request)
        token, outcome = await _form(request)
        if not hmac.compare_digest(token.encode(), sandbox.page_token(reference).encode()):
            return page(sandbox_pages.not_from_here(_languages(request)), HTTPStatus.FORBIDDEN)
        if outcome not in set(EventKind):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "expected succeeded, failed or cancelled")
        await sandbox.decide(reference, EventKind(outcome))
        # Relative, so that it is right behind a proxy that serves this under another path.
        return see_other(reference)

    return [
        Route("/pay/{reference}", _in_words(show), methods=["GET"]),
        Route("/pay/{reference}", _in_words(choose), methods=["POST"]),
    ]


def _in_words(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except UnknownPayment:
            return page(sandbox_pages.unknown(_languages(request)), HTTPStatus.NOT_FOUND)
        except ProviderUnavailable:
            html = sandbox_pages.unavailable(_languages(request))
            return page(html, HTTPStatus.SERVICE_UNAVAILABLE)

    return answer


def _reference(request: Request) -> str:
    reference = str(request.path_params["reference"])
    if not is_reference(reference):
        raise UnknownPayment(reference)
    return reference


async def _form(request: Request) -> tuple[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "expected the form of the page")
    body = await body_of(request, FORM_BYTES_MAX)
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=FORM_FIELDS_MAX)
    except ValueError as fault:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "expected the form of the page") from fault
    return fields.get("token", [""])[0], fields.get("outcome", [""])[0]


def _languages(request: Request) -> list[str]:
    """The languages a browser prefers, best first: they come in that order."""
    accepted = request.headers.get("accept-language", "")
    return [part.partition(";")[0].strip() for part in accepted.split(",")]
