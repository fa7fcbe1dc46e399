"""Wallets on a terminal, for tests: named people and one kind of token."""

from dataclasses import dataclass

from kiosk.domain.chart import AccountCode
from kiosk.domain.chart_tokens import app_account_id, token_account_id
from kiosk.domain.people import Attendee
from kiosk.domain.token_moves import Move
from kiosk.domain.tokens import ExpiryRule, Limits, Origin, Token
from kiosk.services.wallets import Wallets
from tests.kiosk.factories import an_event
from tests.kiosk.world import Terminal, World

BAR = "bar"


def a_token(*expiry: ExpiryRule, supply: int = 1000, limits: Limits | None = None) -> Token:
    """One kind of token, of which there are a thousand."""
    return Token("beer", "Beer", supply, expiry, limits or Limits())


@dataclass(frozen=True)
class Purses:
    """The wallets of people by their first names."""

    terminal: Terminal
    wallets: Wallets

    @classmethod
    async def open(cls, world: World, token: Token | None = None, name: str = "north") -> "Purses":
        """The wallets of an event with one kind of token; the same event the next time."""
        if not world.event.tokens:
            world.event = an_event(tokens=(token or a_token(),))
        terminal = await world.open(name=name)
        return cls(terminal, Wallets(terminal.backing, terminal.services.catalog))

    @property
    def token(self) -> Token:
        return self.terminal.services.catalog.event.tokens[0]

    async def of(self, name: str) -> int:
        """The wallet of somebody."""
        return (await self.wallets.open(Attendee(name, f"{name.lower()}@example.org"))).id

    async def buy(self, name: str, amount: int, origin: Origin = Origin.PURCHASE) -> Move:
        errand = self.wallets.errand(self.token, amount)
        return await self.wallets.issue(errand, await self.of(name), origin)

    async def send(self, sender: str, receiver: str, amount: int) -> Move:
        errand = self.wallets.errand(self.token, amount)
        return await self.wallets.send(errand, await self.of(sender), await self.of(receiver))

    async def spend(self, sender: str, amount: int) -> Move:
        errand = self.wallets.errand(self.token, amount)
        return await self.wallets.spend(errand, await self.of(sender), BAR)

    async def bills(self, name: str) -> list[int]:
        """What somebody's bills are worth, in the order they are spent."""
        found = await self.wallets.bills(await self.of(name), self.token)
        return [bill.amount for bill in found]

    async def histories(self, name: str) -> list[str]:
        """Who had the tokens of each of somebody's bills."""
        found = await self.wallets.bills(await self.of(name), self.token)
        records = [await self.wallets.owner_history(bill.id) for bill in found]
        return [" ".join(record.owner.name for record in one) for one in records]

    async def totals(self) -> tuple[int, int, int]:
        """Tokens issued, spent and expired, as the ledger has them."""
        event, number = self.terminal.services.catalog.event, self.token.number
        debt = await self.terminal.balance(token_account_id(event, number, AccountCode.DEBT))
        expired_id = token_account_id(event, number, AccountCode.TOKENS_EXPIRED)
        spent = await self.terminal.balance(app_account_id(event, number, BAR))
        return self.token.supply - debt, spent, await self.terminal.balance(expired_id)
