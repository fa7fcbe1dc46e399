"""How the server answers, and how much it listens to."""

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from kiosk.api.markup import Html, read, source

BODY_SECONDS_MAX: Final = 10
"""How long a sender may take over a body."""

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        f"style-src {source(read('page.css'))}",
        f"script-src {source(read('countdown.js'))}",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


def page(html: Html, status: int = HTTPStatus.OK) -> Response:
    """A page that may use its own style and script, send its own form, and nothing else."""
    return HTMLResponse(html, status, HEADERS | {"Content-Security-Policy": _POLICY})


def see_other(location: str) -> Response:
    """Go and look there: what a form answers, so that a reload never sends it again."""
    return Response(status_code=HTTPStatus.SEE_OTHER, headers=HEADERS | {"Location": location})


def said(status: int, words: str) -> Response:
    """A word to a machine; from 400 on as problem+json (RFC 9457)."""
    if status < HTTPStatus.BAD_REQUEST:
        return Response(words, status, HEADERS, "text/plain")
    problem = {"title": HTTPStatus(status).phrase, "status": status, "detail": words}
    return JSONResponse(problem, status, HEADERS, "application/problem+json")


async def body_of(request: Request, bytes_max: int) -> bytes:
    """The body of a request; raises `HTTPException` if it is too long or too slow to come."""
    received = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            async for chunk in request.stream():
                received += chunk
                if len(received) > bytes_max:
                    raise HTTPException(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"expected {bytes_max} bytes at most"
                    )
    except TimeoutError as fault:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "the body took too long") from fault
    return bytes(received)
