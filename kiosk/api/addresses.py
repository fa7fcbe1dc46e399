"""Where the kiosk listens, and under which address a phone finds it."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from kiosk.domain.errors import KioskError
from kiosk.settings import Settings

_LOOPBACK: Final = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
_WILDCARDS: Final = ("0.0.0.0", "::")
# Reserved for documentation: nobody is there, and nothing is sent to find the way to them.
_ELSEWHERE: Final = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class CannotListen(KioskError):
    """The address for webhooks and pay pages cannot be used."""

    host: str
    port: int
    reason: str

    def __str__(self) -> str:
        return (
            f"cannot listen on {self.host}, port {self.port}: {self.reason}; set KIOSK_HTTP_HOST"
            " to an address of this machine and KIOSK_HTTP_PORT to a free port, or to 0"
        )


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound socket: its addresses are known before anybody answers there."""

    socket: socket.socket
    public_url: str | None = None
    """What the organiser said; None to work it out."""

    @property
    def port(self) -> int:
        """The port it was given."""
        return int(self.socket.getsockname()[1])

    @property
    def base_url(self) -> str:
        """The address for other machines; worked out anew, as a network may come and go."""
        host = self._host
        return self.public_url or self._url(network_address() if host in _WILDCARDS else host)

    @property
    def local_url(self) -> str:
        """The address for this machine."""
        host = self._host
        return self._url(_LOOPBACK[self.socket.family] if host in _WILDCARDS else host)

    @property
    def _host(self) -> str:
        return str(self.socket.getsockname()[0])

    def _url(self, host: str) -> str:
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


@contextmanager
def listening(settings: Settings) -> Iterator[Listener]:
    """Bind the socket that `serving` answers on; raises `CannotListen`."""
    with _bind(settings.http_host, settings.http_port) as bound:
        listener = Listener(bound, settings.public_url)
        logger.info("Pay pages and webhooks are at %s", listener.base_url)
        yield listener


def network_address() -> str:
    """This machine's address in its network; loopback while it has no network."""
    for family, target in _ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            return str(probe.getsockname()[0])
    return _LOOPBACK[socket.AF_INET]


def _bind(host: str, port: int) -> socket.socket:
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        bound = socket.socket(family, kind, protocol)
    except OSError as fault:
        raise CannotListen(host, port, fault.strerror or str(fault)) from fault
    try:
        # A restart must not wait until the system has forgotten the connections of before.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as fault:
        bound.close()
        raise CannotListen(host, port, fault.strerror or str(fault)) from fault
    bound.setblocking(False)
    return bound
