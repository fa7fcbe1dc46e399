"""What is on sale, in a few words for everybody who passes."""

from datetime import datetime

from kiosk.domain.basket import sale_state
from kiosk.domain.errors import SaleState
from kiosk.domain.events import Event
from kiosk.domain.money import Money
from kiosk.words import Words


def on_sale(words: Words, event: Event, now: datetime) -> list[str]:
    """What everybody can buy now, each name once: `Party · 4.00 USD`; or when, or nothing."""
    prices: dict[str, list[Money]] = {}
    for one in event.on_sale:
        if sale_state(one, now) is SaleState.OPEN:
            prices.setdefault(one.name, []).append(one.price)
    if prices:
        return [f"{name} · {_prices(words, of)}" for name, of in prices.items()]
    starts = [
        one.sale.starts for one in event.on_sale if sale_state(one, now) is SaleState.UPCOMING
    ]
    if opening := min(filter(None, starts), default=None):
        return [words("on sale from {when}", when=words.moment(opening))]
    return [words("Nothing is on sale here at the moment.")]


def _prices(words: Words, prices: list[Money]) -> str:
    lowest = words.money(min(prices))
    return words("from {sum}", sum=lowest) if len({*prices}) > 1 else lowest
