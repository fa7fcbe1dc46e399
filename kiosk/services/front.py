"""What a terminal can show before its books are open, and a place to wait for them."""

import asyncio

from kiosk.clock import Clock
from kiosk.domain.events import Event
from kiosk.services.kiosk import Services


class Front:
    """The event as its file says, the time, and the services as soon as they are open.

    Opening them may take seconds, of a server most of all: nobody looks at nothing meanwhile.
    """

    def __init__(self, event: Event, clock: Clock) -> None:
        self.event = event
        self.clock = clock
        self._services: Services | None = None
        self._decided = asyncio.Event()

    @classmethod
    def of(cls, services: Services) -> "Front":
        """The front of services that are open already."""
        front = cls(services.catalog.event, services.clock)
        front.open(services)
        return front

    @property
    def is_open(self) -> bool:
        """Whether the services are there."""
        return self._services is not None

    @property
    def services(self) -> Services:
        """The services; only once they are open."""
        assert self._services is not None, "they are not open yet"
        return self._services

    def open(self, services: Services) -> None:
        """Here they are."""
        self._services = services
        self._decided.set()

    def give_up(self) -> None:
        """They cannot be opened."""
        self._decided.set()

    async def opened(self) -> bool:
        """Wait until the services are open; False if they cannot be opened."""
        await self._decided.wait()
        return self.is_open
