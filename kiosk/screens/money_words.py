"""Ways by which money comes and goes, as people call them."""

from kiosk.domain.chart import BANK
from kiosk.domain.events import ProviderName
from kiosk.words import Words


def way_words(words: Words, way: str) -> str:
    """The name of a way of paying; "" is cash at the desk, and what is unknown stays as it is."""
    names = {
        "": words("cash"),
        str(ProviderName.CASH): words("cash"),
        str(ProviderName.SANDBOX): words("by phone"),
        str(ProviderName.TOKENS): words("with tokens"),
        BANK: words("bank"),
    }
    return names.get(way, way)
