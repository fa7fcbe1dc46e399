"""Orders that cannot be finished: people look into them, and they stop nothing else."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from kiosk.domain.errors import KioskError, LedgerContradicts, StoreUnavailable
from kiosk.services.backing import Backing
from kiosk.store import troubles
from ledger.engine import LedgerError, LedgerUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

log = logging.getLogger(__name__)

PAUSE_MINUTES_MAX: Final = 60
FAULTS: Final = (
    KioskError,
    LedgerError,
    SQLAlchemyError,
    AssertionError,
    LookupError,
    ValueError,
)
"""What may be wrong with one order; it would be as wrong at once again."""


class Round:
    """One time that all unfinished orders are tried, but those that lately could not be finished.

    The first round after a start tries those too: what stood in their way may be mended.
    """

    def __init__(self, backing: Backing, event_id: int, *, is_first: bool) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._event_id = event_id
        self._is_first = is_first
        self._waiting: set[int] = set()
        self._failed: set[int] = set()
        self.contradictions: list[str] = []
        """What the ledger says against the store."""

    async def begin(self) -> None:
        """Look which orders are not to be tried yet."""
        if not self._is_first:
            now = self._clock.now()
            self._waiting = await self._store.transaction(
                lambda session: troubles.waiting(session, self._event_id, now)
            )

    async def each(
        self,
        found: Iterable[Item],
        order_of: Callable[[Item], int],
        finish: Callable[[Item], Awaitable[Result]],
    ) -> list[Result]:
        """Finish what was found, each for itself; what became of those that could be finished.

        Raises `LedgerUnavailable` or `StoreUnavailable`: then nothing can be finished.
        """
        finished = []
        for one in found:
            order_id = order_of(one)
            if order_id in self._waiting | self._failed:
                continue
            try:
                finished.append(await finish(one))
            except (LedgerUnavailable, StoreUnavailable):
                raise
            except FAULTS as fault:
                await self._set_aside(order_id, fault)
        return finished

    async def end(self) -> None:
        """Forget the troubles of orders that are finished now."""
        troubled = self._waiting | self._failed
        await self._store.transaction(
            lambda session: troubles.remove_others(session, self._event_id, troubled)
        )

    async def _set_aside(self, order_id: int, fault: Exception) -> None:
        now, reason = self._clock.now(), _words(fault)
        number = await self._store.transaction(
            lambda session: troubles.add(session, order_id, reason, now, pause)
        )
        self._failed.add(order_id)
        if isinstance(fault, LedgerContradicts):
            self.contradictions.append(reason)
        log.error("order %d needs attention: %s", number, reason, exc_info=fault)


def pause(tries: int) -> timedelta:
    """How long to leave an order alone that could not be finished so many times: 1, 2, 4 … 60 min.

    A round comes every minute.
    """
    # The exponent is bounded too: a million tries must not make a number of a million bits.
    doubled: int = 2 ** min(tries - 1, 16)
    return timedelta(minutes=min(doubled, PAUSE_MINUTES_MAX))


def _words(fault: Exception) -> str:
    if isinstance(fault, LedgerContradicts):
        return f"{fault.what}: {fault.status}"
    # Its own words may tell of people.
    return type(fault).__name__
