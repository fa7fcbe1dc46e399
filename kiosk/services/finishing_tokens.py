"""Finish what a crash left of tokens, send gifts back, book what has expired, give airdrops."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from kiosk.domain.errors import StoreUnavailable
from kiosk.services.airdrop_worker import AirdropWorker
from kiosk.services.gifts import Gifts
from kiosk.services.trouble import FAULTS
from kiosk.services.wallets import Wallets
from ledger.engine import LedgerUnavailable

Item = TypeVar("Item")

log = logging.getLogger(__name__)


class TokenFinisher:
    """Finishes it all; what cannot be finished stops nothing else."""

    def __init__(self, wallets: Wallets, gifts: Gifts, worker: AirdropWorker) -> None:
        self._wallets = wallets
        self._gifts = gifts
        self._worker = worker

    async def run(self) -> int:
        """Bring every move of tokens as far as it goes; how many had been left unfinished."""
        finished = await _each(await self._wallets.unfinished(), self._wallets.finish)
        await _each(await self._gifts.due(), self._gifts.send_back)
        await _each(await self._wallets.with_expired(), self._wallets.sweep_wallet)
        await _each(await self._worker.airdrops(), self._worker.work_at)
        return finished


async def _each(found: Iterable[Item], finish: Callable[[Item], Awaitable[object]]) -> int:
    """Finish each for itself; how many could be.

    Raises `LedgerUnavailable` or `StoreUnavailable`: then nothing can be finished.
    """
    finished = 0
    for one in found:
        try:
            await finish(one)
        except (LedgerUnavailable, StoreUnavailable):
            raise
        except FAULTS as fault:
            log.error("tokens are left as they are, and tried again", exc_info=fault)
        else:
            finished += 1
    return finished
