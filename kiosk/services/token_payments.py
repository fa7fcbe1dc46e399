"""Pay orders with tokens: a provider like any other, whose money is in wallets."""

from contextlib import suppress
from typing import Final

from sqlmodel import Session

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.errors import NotPayable
from kiosk.domain.events import ProviderName
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.provider_payments import PaymentState, ProviderPayment
from kiosk.domain.providers import EventKind, PaymentRequest, ProviderEvent, UnknownPayment
from kiosk.domain.token_moves import Move, MoveState
from kiosk.domain.wallets import OpenWallet, WalletBusy
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.payments import Payments
from kiosk.services.wallets import Errand, Wallets
from kiosk.store import payments, token_moves
from ledger.ids import derived_id

NAME: Final = ProviderName.TOKENS
PLACE: Final = "orders"
"""Where the tokens are counted that paid for orders."""


def spending_id(reference: str) -> int:
    """The move of tokens that makes a payment: one, however often it is tried."""
    return derived_id("token-payment", reference)


class TokenProvider:
    """Takes tokens in place of money. What became of a payment is what became of its move."""

    def __init__(self, backing: Backing, catalog: Catalog, purses: Wallets) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._wallets = purses

    async def create(self, request: PaymentRequest) -> str:
        """Nothing to go to: the wallet is opened at the kiosk."""
        return ""

    async def outcome(self, reference: str) -> ProviderEvent | None:
        """How the payment ended; None while it can still be paid."""
        payment, move = await self._find(reference)
        if move is not None:
            return self._event(payment, await self._wallets.finish(move))
        is_over = self._clock.now() >= payment.expires_at
        return self._event(payment, None) if is_over else None

    async def cancel(self, reference: str) -> ProviderEvent:
        """End it, unless tokens are on their way: then it ends as they do."""
        payment, move = await self._find(reference)
        return self._event(payment, move and await self._wallets.finish(move))

    async def spend(self, request: PaymentRequest, wallet: OpenWallet) -> ProviderEvent:
        """Make the payment; raises `InsufficientTokens`, or `NotPayable` if it was taken back.

        Should others have emptied the wallet meanwhile, the payment has failed.
        """
        token = self._catalog.event.accepted_token
        assert token is not None
        move_id, reference = spending_id(request.reference), request.reference

        def also(session: Session) -> None:
            # Whoever took it back meanwhile is not to be surprised.
            if _payment(session, reference).state is not PaymentState.OPEN:
                raise NotPayable(request.order_id, OrderState.HELD)

        errand = Errand(move_id, token, token.worth(request.amount), f"#{request.order_number}")
        # Where others were faster, move and payment have ended: another one may be asked for.
        with suppress(WalletBusy):
            await self._wallets.spend(errand, wallet.wallet_id, PLACE, also)
        payment, move = await self._find(reference)
        return self._event(payment, move)

    async def _find(self, reference: str) -> tuple[ProviderPayment, Move | None]:
        def read(session: Session) -> tuple[ProviderPayment, Move | None]:
            payment = _payment(session, reference)
            return payment, token_moves.find(session, spending_id(reference))

        return await self._store.transaction(read)

    def _event(self, payment: ProviderPayment, move: Move | None) -> ProviderEvent:
        kinds = {None: EventKind.CANCELLED, MoveState.DONE: EventKind.SUCCEEDED}
        kind = kinds.get(move.state if move else None, EventKind.FAILED)
        at = (move and move.done_at) or self._clock.now()
        identity = f"{payment.reference}-{kind}"
        return ProviderEvent(identity, kind, payment.reference, payment.amount, at)


class TokenTill:
    """Pays orders of one event with tokens."""

    def __init__(self, catalog: Catalog, paying: Payments, provider: TokenProvider) -> None:
        self._catalog = catalog
        self._payments = paying
        self._provider = provider

    def price(self, order: Order) -> int | None:
        """How many tokens pay an order; None if no tokens do. Tokens buy no tokens."""
        token = self._catalog.event.accepted_token
        offered = NAME in self._payments.providers
        if token is None or not offered or order.packs or not order.due:
            return None
        return token.worth(order.due)

    async def pay(self, order_id: int, wallet: OpenWallet, language: str) -> bool:
        """Pay what is due; whether the tokens went. Look at the order then.

        Raises `InsufficientTokens`, `NotPayable` or `HoldExpired`. `LedgerUnavailable` and
        `StoreUnavailable` mean that the outcome is unknown: repeat it, or reconciliation ends it.
        """
        asked = await self._payments.request(order_id, NAME, language)
        try:
            event = await self._provider.spend(asked.request, wallet)
        except InsufficientTokens:
            # If the ledger said so, it is the end of this payment: the next one is another.
            if ended := await self._provider.outcome(asked.request.reference):
                await self._payments.apply(NAME, ended)
            raise
        await self._payments.apply(NAME, event)
        return event.kind is EventKind.SUCCEEDED


def _payment(session: Session, reference: str) -> ProviderPayment:
    payment = payments.by_reference(session, NAME, reference)
    if payment is None:
        raise UnknownPayment(reference)
    return payment
