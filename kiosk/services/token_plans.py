"""Which bills a move takes, and what becomes of each."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk.clock import Clock
from kiosk.domain import chart_tokens
from kiosk.domain.bills import InsufficientTokens, Part, choose
from kiosk.domain.token_moves import Move, MoveKind, MovePart, bill_id
from kiosk.domain.tokens import Origin, Receipt, Token
from kiosk.services.bills import Bills
from kiosk.services.catalog import Catalog


class TokenPlans:
    """Plans moves out of what the ledger says is there at this moment."""

    def __init__(self, catalog: Catalog, bills: Bills, clock: Clock) -> None:
        self._catalog = catalog
        self._bills = bills
        self._clock = clock

    async def plan(self, move: Move) -> Move:
        """The move with its bills chosen; raises `InsufficientTokens`."""
        parts = [self._part(move, at, part) for at, part in enumerate(await self._chosen(move))]
        return move.planned(tuple(parts))

    def expiry(
        self, token: Token, origin: Origin, part: Part | MovePart | int, at: datetime | None = None
    ) -> datetime | None:
        """When tokens expire that arrive at `at`, or now: part of a bill or gift, or new ones."""
        zone = ZoneInfo(self._catalog.event.timezone)
        arrives = (at or self._clock.now()).astimezone(zone)
        match part:
            case Part():
                receipt = Receipt(arrives, origin, part.amount, part.bill.expires_at)
            case MovePart():
                receipt = Receipt(arrives, origin, part.amount, part.expires_at)
            case amount:
                receipt = Receipt(arrives, origin, amount, None)
        return token.expires_at(receipt)

    def token(self, number: int) -> Token:
        """The kind of token that has this number."""
        return next(one for one in self._catalog.event.tokens if one.number == number)

    async def _chosen(self, move: Move) -> list[Part]:
        assert move.sender is not None
        if move.kind is not MoveKind.EXPIRE:
            bills = await self._bills.to_spend(move.sender, move.token_number, move.amount)
            return choose(bills, move.amount, self._clock.now())
        expired = await self._bills.expired(move.sender, move.token_number)
        parts = [Part(bill, bill.amount) for bill in expired if bill.amount]
        if not parts:
            raise InsufficientTokens(move.amount, 0)
        return parts

    def _part(self, move: Move, position: int, part: Part) -> MovePart:
        if move.kind is MoveKind.GIFT:
            held = chart_tokens.gift_account_id(move.id, move.attempt, position)
            expires_at = part.bill.expires_at
            return MovePart(part.bill.id, None, part.amount, expires_at, part.empties, held)
        if move.kind is not MoveKind.SEND:
            return MovePart(part.bill.id, None, part.amount, empties=part.empties)
        token = self.token(move.token_number)
        return MovePart(
            source=part.bill.id,
            bill=bill_id(move.id, move.attempt, position),
            amount=part.amount,
            expires_at=self.expiry(token, Origin.TRANSFER, part),
            empties=part.empties,
        )
