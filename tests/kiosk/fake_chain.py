"""A chain that does what a test says."""

from dataclasses import dataclass, field

from kiosk.domain.chains import ChainState, ChainUnavailable, PayoutBatch


@dataclass
class FakeChain:
    """Confirms what it hears of, unless told otherwise."""

    name: str = "fake"
    batch_max: int = 2000
    transactions: dict[str, PayoutBatch] = field(default_factory=dict)
    states: dict[str, ChainState] = field(default_factory=dict)
    says: ChainState = ChainState.CONFIRMED
    """What becomes of the next transactions."""
    losing_replies: int = 0
    """So many of the next batches are taken without an answer."""

    async def submit(self, batch: PayoutBatch) -> str:
        transaction_id = f"tx-{batch.id:032x}"
        self.transactions.setdefault(transaction_id, batch)
        self.states.setdefault(transaction_id, self.says)
        if self.losing_replies:
            self.losing_replies -= 1
            raise ChainUnavailable("no reply")
        return transaction_id

    async def status(self, transaction_id: str) -> ChainState:
        return self.states[transaction_id]

    @property
    def paid(self) -> int:
        """Tokens that the chain has moved."""
        return sum(
            payout.amount
            for transaction_id, batch in self.transactions.items()
            if self.states[transaction_id] is ChainState.CONFIRMED
            for payout in batch.payouts
        )
