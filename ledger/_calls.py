"""Calls: a request with the future of whoever waits for its answer."""

import asyncio
from collections.abc import Iterable
from typing import Generic, TypeVar, cast

from ledger._requests import Request
from ledger._transactions import Outcome
from ledger.engine import LedgerError

_Answer_co = TypeVar("_Answer_co", covariant=True)


class Call(Generic[_Answer_co]):
    """A request on its way, waited for in an event loop."""

    __slots__ = ("_future", "outcome", "request")

    def __init__(self, request: Request[_Answer_co], future: "asyncio.Future[_Answer_co]") -> None:
        self.request = request
        self._future = future
        self.outcome: Outcome = None
        """The answer or a `LedgerError`; set it before `resolve`."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where the answer is waited for."""
        return self._future.get_loop()

    def resolve(self) -> None:
        """Give the outcome to whoever still waits for it; call this in the loop."""
        if self._future.done():
            return
        if isinstance(self.outcome, LedgerError):
            self._future.set_exception(self.outcome)
        else:
            self._future.set_result(cast("_Answer_co", self.outcome))


def resolve(calls: Iterable[Call[object]]) -> None:
    """Give all their outcomes."""
    for call in calls:
        call.resolve()
