"""Finish what a crash, a lost answer or a walked-away buyer left."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found and finished."""

    orders: int = 0
    expired: int = 0
    admissions: int = 0


class Reconciliation:
    """Runs at start and every minute; safe beside other terminals and itself."""

    async def run_once(self) -> Report:
        """Bring every unfinished order and admission to its end by asking the ledger."""
        raise NotImplementedError

    async def run_forever(self, every_seconds: float = 60) -> None:
        """Run until cancelled; an unavailable ledger is waited out."""
        raise NotImplementedError
