"""An event whose tokens are on sale, and what tests do there."""

from dataclasses import dataclass, replace

from kiosk.domain.basket import Basket
from kiosk.domain.bills import Bill
from kiosk.domain.chart import AccountCode
from kiosk.domain.chart_tokens import app_account_id, token_account_id
from kiosk.domain.events import Event, ProviderName, Role, StaffMember, TokenPack, Window
from kiosk.domain.orders import Order
from kiosk.domain.people import Attendee
from kiosk.domain.tokens import ExpiryRule, Limits, Token
from tests.kiosk.factories import ADA, a_cashier, a_slot, an_event, usd
from tests.kiosk.world import Terminal

STAND = "bar"


def a_supervisor() -> StaffMember:
    """Somebody who may give money back."""
    return a_cashier("Sasha", role=Role.SUPERVISOR)


def a_pack(key: str = "ten-drinks", **changes: object) -> TokenPack:
    """Ten drinks for 20.00."""
    pack = TokenPack(
        key=key, name="10 drinks", token="drink", tokens=10, price=usd(2000), sale=Window()
    )
    return replace(pack, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


def a_bar(
    *packs: TokenPack,
    supply: int = 100,
    expiry: tuple[ExpiryRule, ...] = (),
    limits: Limits | None = None,
    **changes: object,
) -> Event:
    """An event with ten places, and a hundred drinks."""
    drink = Token("drink", "Drink", supply, expiry, limits or Limits())
    event = an_event(
        a_slot(),
        tokens=(drink,),
        packs=packs or (a_pack(),),
        providers=(ProviderName.CASH, ProviderName.SANDBOX),
    )
    return replace(event, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


@dataclass(frozen=True)
class Bar:
    """A terminal of such an event."""

    terminal: Terminal

    @property
    def token(self) -> Token:
        return self.terminal.services.catalog.event.tokens[0]

    async def hold(self, basket: Basket | str = "ten-drinks", buyer: Attendee = ADA) -> Order:
        """Hold a pack, or a basket."""
        sales = self.terminal.services.sales
        return await sales.place(sales.new_order_id(), basket, buyer)

    async def pay(self, order: Order) -> Order:
        """Take the cash for what is held."""
        sales = self.terminal.services.sales
        return await sales.pay_cash(order.id, order.due, a_cashier())

    async def buy(self, basket: Basket | str = "ten-drinks", buyer: Attendee = ADA) -> Order:
        """Hold and pay."""
        return await self.pay(await self.hold(basket, buyer))

    async def bills(self, owner: Attendee = ADA) -> list[Bill]:
        """What somebody has."""
        wallets = self.terminal.services.wallets
        return await wallets.bills((await wallets.open(owner)).id, self.token)

    async def amounts(self, owner: Attendee = ADA) -> list[int]:
        """What somebody's bills are worth."""
        return [bill.amount for bill in await self.bills(owner)]

    async def spend(self, amount: int, owner: Attendee = ADA) -> None:
        """Spend tokens at the stand."""
        wallets = self.terminal.services.wallets
        errand = wallets.errand(self.token, amount)
        await wallets.spend(errand, (await wallets.open(owner)).id, STAND)

    async def check_tokens(self, *owners: Attendee) -> int:
        """No token is lost or made: issued = in wallets + spent + expired; how many are issued."""
        await self.terminal.services.wallets.sweep()
        event, number = self.terminal.services.catalog.event, self.token.number
        balance = self.terminal.balance
        issued = self.token.supply - await balance(
            token_account_id(event, number, AccountCode.DEBT)
        )
        spent = await balance(app_account_id(event, number, STAND))
        expired = await balance(token_account_id(event, number, AccountCode.TOKENS_EXPIRED))
        held = [amount for owner in owners or (ADA,) for amount in await self.amounts(owner)]
        assert issued == sum(held) + spent + expired
        return issued

    async def on_hold(self) -> int:
        """Tokens that are held for buyers."""
        [offer] = await self.terminal.services.pack_stock.offers()
        return offer.on_hold * offer.pack.tokens
