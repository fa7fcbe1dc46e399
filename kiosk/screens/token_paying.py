"""Pay an order with tokens: the buyer opens their wallet at the pay screen."""

from textual.app import App

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.errors import HoldExpired, NotPayable
from kiosk.domain.providers import ProviderUnavailable
from kiosk.domain.wallets import OpenWallet
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.taking_tokens import OwnerPinDialog, PayerDialog


async def opened_wallet(app: App[object], desk: Desk, title: str) -> OpenWallet | None:
    """The wallet that is to pay, opened by its code and PIN; None if somebody went back."""
    ask = desk.words("Scan your wallet, or a ticket of yours.")
    presented = await app.push_screen_wait(PayerDialog(desk, title, ask, takes_pin=True))
    if presented is None:
        return None
    return await app.push_screen_wait(OwnerPinDialog(desk, title, presented))


async def paid_with(desk: Desk, order_id: int, wallet: OpenWallet) -> str:
    """Why the tokens did not go; nothing if they did, or if the order is payable no more."""
    words = desk.words
    try:
        gone = await desk.services.token_till.pay(order_id, wallet, words.language)
    except InsufficientTokens as refused:
        return words("Your wallet has {n} of them.", n=words.number(refused.available))
    except (NotPayable, HoldExpired):
        return ""
    except (*AWAY, ProviderUnavailable):
        return words("The books do not answer just now. Please try again.")
    return "" if gone else words("Others spend from this wallet just now. Please try again.")
