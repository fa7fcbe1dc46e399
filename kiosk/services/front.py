"""What a terminal can show before its books are open, and a place to wait for them."""

import asyncio
from typing import TYPE_CHECKING

from kiosk.clock import Clock
from kiosk.domain.events import Event

if TYPE_CHECKING:
    # To load them takes longer than the first screen, which can do without.
    from kiosk.services.kiosk import Services
    from kiosk.services.terminals import Pairing


class Front:
    """The event as its file says, the time, and the services as soon as they are open.

    Opening them may take seconds, of a server most of all: nobody looks at nothing meanwhile.
    """

    def __init__(self, event: Event, clock: Clock) -> None:
        self.event = event
        self.clock = clock
        self._services: Services | None = None
        self._shown = asyncio.Event()
        self._decided = asyncio.Event()
        self._pairing: Pairing | None = None
        self._asked = asyncio.Event()
        self.was_revoked = False
        """Whether the terminal lost its right to be here while it was open."""

    @classmethod
    def of(cls, services: "Services") -> "Front":
        """The front of services that are open already."""
        front = cls(services.catalog.event, services.clock)
        front.open(services)
        return front

    @property
    def is_open(self) -> bool:
        """Whether the services are there."""
        return self._services is not None

    @property
    def services(self) -> "Services":
        """The services; only once they are open."""
        assert self._services is not None, "they are not open yet"
        return self._services

    def show(self) -> None:
        """The first screen is on the terminal."""
        self._shown.set()

    async def shown(self) -> None:
        """Wait until there is something to look at; what takes long may begin then."""
        await self._shown.wait()

    def open(self, services: "Services") -> None:
        """Here they are."""
        self._services = services
        self._decide()

    def give_up(self) -> None:
        """They cannot be opened."""
        self._decide()

    async def ask_to_pair(self, pairing: "Pairing") -> None:
        """Have somebody at this terminal type a pairing code, and wait until it is good."""
        self._pairing = pairing
        self._asked.set()
        await pairing.paired()

    async def asked_to_pair(self) -> "Pairing | None":
        """Wait until it is known whether a code is needed; what takes it, None if it is not."""
        await self._asked.wait()
        return self._pairing

    async def opened(self) -> bool:
        """Wait until the services are open; False if they cannot be opened."""
        await self._decided.wait()
        return self.is_open

    def _decide(self) -> None:
        self._decided.set()
        self._asked.set()
