"""The kiosk's HTTP server, in the process and the event loop of the app."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from socket import socket
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from uvicorn import Config, Server

from kiosk.api.addresses import Listener
from kiosk.api.answers import said
from kiosk.api.sandbox import Sandbox
from kiosk.api.sandbox_routes import sandbox_routes
from kiosk.api.webhook_route import WebhookReceiver, webhook_routes

CONNECTIONS_MAX: Final = 512
STOP_SECONDS_MAX: Final = 2
"""How long the app waits at its end for answers under way."""

logger = logging.getLogger(__name__)


@asynccontextmanager
async def serving(
    listener: Listener, receiver: WebhookReceiver, sandbox: Sandbox | None = None
) -> AsyncIterator[None]:
    """Answer on `listener`, and let the sandbox send its webhooks, until the block ends.

    The whole of it: `listening` binds; `Sandbox.open(file, Agreement.at(listener, secret), clock)`
    is a provider for whoever receives webhooks; then this, and at the end `sandbox.close()`.
    Should the server end before, the log says so and the kiosk goes on: cash needs no network.
    """
    server = _QuietServer(_config(application(receiver, sandbox)))
    answering = _start(server.serve([listener.socket]), "http-server")
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait({answering, ready}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    sending = _start(sandbox.sender.run(), "sandbox-sender") if sandbox else None
    try:
        yield
    finally:
        # The sender first: what it is just sending is still answered.
        if sending is not None:
            sending.cancel()
            await asyncio.wait({sending})
        server.should_exit = True
        await asyncio.wait({answering})


def application(receiver: WebhookReceiver, sandbox: Sandbox | None = None) -> Starlette:
    """The web application: webhooks, and the sandbox's pages if there is a sandbox."""
    routes = webhook_routes(receiver) + (sandbox_routes(sandbox) if sandbox else [])
    return Starlette(
        routes=routes,
        exception_handlers={HTTPException: _refused, HTTPStatus.INTERNAL_SERVER_ERROR: _failed},
    )


class _QuietServer(Server):
    """Uvicorn as a part of a program that has a screen and signal handlers of its own."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: Starlette) -> Config:
    return Config(
        app,
        # Its own set-up of logging writes to the terminal, where the screen is.
        log_config=None,
        access_log=False,
        http="h11",
        ws="none",
        lifespan="off",
        server_header=False,
        # Whoever connects is who they are: a header may say anything.
        proxy_headers=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_graceful_shutdown=STOP_SECONDS_MAX,
    )


def _start(work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_say_if_it_failed)
    return task


def _say_if_it_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (fault := task.exception()) is not None:
        logger.error("The %s ended", task.get_name(), exc_info=fault)


async def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    response = said(fault.status_code, fault.detail)
    response.headers.update(fault.headers or {})
    return response


async def _failed(request: Request, fault: Exception) -> Response:
    return said(HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; try again later")
