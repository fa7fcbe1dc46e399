"""Choosing, without a screen: what is taken, what may be, and what there is to say about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.domain.basket import check
from kiosk.domain.errors import (
    BasketFault,
    EmptyBasket,
    RequiredSlotMissing,
    SaleState,
    TooManyTickets,
)
from kiosk.domain.events import Event, Goodie, Per, Resource
from kiosk.screens.baskets import fault_words, summary
from kiosk.screens.offers import AnyOffer, can_be_bought, offer_face
from kiosk.services.catalog import Places
from kiosk.words import Words


@dataclass(frozen=True, slots=True)
class Choice:
    """How many of which slot or pack somebody wants, with the access codes they know."""

    basket: Mapping[str, int] = field(default_factory=dict)
    codes: tuple[str, ...] = ()


class Chooser:
    """A basket beside the offers as they were seen last."""

    def __init__(self, words: Words, event: Event, choice: Choice) -> None:
        self._words = words
        self._event = event
        self.basket = dict(choice.basket)
        self.codes = choice.codes
        self.offers: dict[str, AnyOffer] = {}
        self._goodies: Mapping[Resource, Places] = {}
        self._insists = False

    @property
    def choice(self) -> Choice:
        """What is wanted now."""
        return Choice(dict(self.basket), self.codes)

    def see(self, offers: Iterable[AnyOffer], goodies: Mapping[Resource, Places]) -> None:
        """This is what there is. What is not offered any more cannot stay in the basket."""
        self.offers = {offer.sold.key: offer for offer in offers}
        self._goodies = goodies
        self.basket = {key: count for key, count in self.basket.items() if key in self.offers}

    def count(self, key: str) -> int:
        """How many of a slot are taken."""
        return self.basket.get(key, 0)

    def step(self, key: str, by: int) -> None:
        """One more, or one less; never less than none."""
        count = self.count(key) + by
        self.basket = {**self.basket, key: count}
        if count <= 0:
            del self.basket[key]
        self._insists = False

    def insist(self) -> None:
        """They know that something is required, and want to go on."""
        self._insists = True

    def why_no_more(self, key: str, now: datetime) -> str:
        """What keeps one more of a slot from being taken, in words; nothing if nothing does."""
        offer, words = self.offers[key], self._words
        if not can_be_bought(offer):
            face = offer_face(words, self._event, offer)
            if offer.sale_state is SaleState.UPCOMING:
                return f"{offer.sold.title}: {face.detail}."
            return f"{offer.sold.title}: {face.stub}. {face.stub_note}".strip()
        wanted = {**self.basket, key: self.count(key) + 1}
        for fault in check(self._event, wanted, now, codes=self.codes):
            if isinstance(fault, TooManyTickets):
                return fault_words(words, self._event, fault)
        return self._short(offer, wanted[key])

    def why_not(self, now: datetime) -> tuple[str, BasketFault | None]:
        """What keeps the basket from being asked for: in words, and as a fault if it is one."""
        words = self._words
        if short := self._all_short():
            return short, None
        for fault in check(self._event, self.basket, now, codes=self.codes):
            if not isinstance(fault, RequiredSlotMissing):
                return fault_words(words, self._event, fault), fault
            if not self._insists:
                said = fault_words(words, self._event, fault)
                again = words("Take one too, or press Enter again if you have it already.")
                return f"{said} {again}", fault
        return "", None

    def problem(self) -> str:
        """What has come in the way since; or what is still missing."""
        return self._all_short()

    def summary(self) -> str:
        """How many tickets, and what they cost."""
        if not self.basket:
            return fault_words(self._words, self._event, EmptyBasket())
        return summary(self._words, self._event, self.basket)

    def present(self) -> str:
        """The goodie that goes with what is taken, while there is one left."""
        for goodie in self._event.goodies:
            places = self._goodies.get(goodie.resource)
            fits = not goodie.slot_keys or not self.basket or {*goodie.slot_keys} & {*self.basket}
            if places and places.left > 0 and fits:
                return self._goodie_words(goodie, places.left)
        return ""

    def _goodie_words(self, goodie: Goodie, left: int) -> str:
        words = self._words
        first, many = words.number(goodie.count), words.number(left)
        if goodie.per is Per.TICKET:
            return words(
                "{goodie} with the first {first} tickets ({left} left)",
                goodie=goodie.name,
                first=first,
                left=many,
            )
        return words(
            "{goodie} for the first {first} buyers ({left} left)",
            goodie=goodie.name,
            first=first,
            left=many,
        )

    def _all_short(self) -> str:
        found = (self._short(self.offers[key], count) for key, count in self.basket.items())
        return next(filter(None, found), "")

    def _short(self, offer: AnyOffer, wanted: int) -> str:
        if wanted <= offer.left:
            return ""
        return self._words.count(
            "Only one of {slot} is left.",
            "Only {n} of {slot} are left.",
            max(0, offer.left),
            slot=offer.sold.title,
        )
