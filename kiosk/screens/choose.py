"""Choose tickets. What is left is asked again all the time; others are buying too."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.basket import opened_by
from kiosk.domain.errors import RequiredSlotMissing
from kiosk.domain.events import Resource
from kiosk.screens import helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.choice import Choice, Chooser
from kiosk.screens.code import CodeDialog
from kiosk.screens.help import Help
from kiosk.screens.offers import AnyOffer, offer_face
from kiosk.screens.step import Step
from kiosk.services.catalog import Places
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import one_line
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import CardFace, ChoiceCard
from kiosk.widgets.told import Told

REFRESH_SECONDS = 2


class ChooseScreen(Step[Choice | None]):
    """Answers what was chosen, or None to go home."""

    CSS_PATH = "choose.tcss"
    STEP = 0
    # Nothing until the cards are there: the first one to be had is what the keys are for.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("f2", "code", show=False),
    ]

    def __init__(self, desk: Desk, choice: Choice | None = None) -> None:
        super().__init__(desk)
        self._chooser = Chooser(self.words, desk.services.catalog.event, choice or Choice())
        self._said = ""
        self._away = False
        self._is_asked = False

    def body(self) -> ComposeResult:
        with Vertical(classes="column"):
            with Horizontal(id="head"):
                yield Static(Content(self.words("What would you like?")), classes="question")
                yield Told("", id="beyond")
            yield VerticalScroll(id="offers", can_focus=False)
            yield Told("", id="note")
            with Horizontal(id="foot"):
                yield Told("", id="summary")
                if self._has_codes():
                    yield Target(f"F2  {self.words('I have a code')}", classes="code")
                yield Target(self.words("Continue"), classes="-main")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "app.focus_next"),
            Key("←→", words("How many"), "more"),
            Key("Enter", words("Continue"), "take"),
            Key("Esc", words("Start over"), "back"),
        )

    def help(self) -> Help:
        words = self.words
        code = [Key("F2", words("I have a code"), "code")] if self._has_codes() else []
        return helps.choosing(words, [*self.keys(), *code])

    def _has_codes(self) -> bool:
        return bool(self.desk.services.catalog.event.access_codes)

    def on_mount(self) -> None:
        offers = self.query_one("#offers", VerticalScroll)
        for change in ("scroll_y", "virtual_size", "container_size"):
            self.watch(offers, change, self._scrolled)
        self.look()
        self.set_interval(REFRESH_SECONDS, self.look)

    def look(self) -> None:
        """Ask what is left and show it, unless the last question still waits for its answer."""
        # Never in its place: books that take their time would not be heard at all.
        if not self._is_asked:
            self._is_asked = True
            self._ask()

    @work(group="offers")
    async def _ask(self) -> None:
        try:
            await self._ask_and_show()
        finally:
            self._is_asked = False

    async def _ask_and_show(self) -> None:
        catalog, chooser = self.desk.services.catalog, self._chooser
        goodies = [goodie.resource for goodie in catalog.event.goodies]
        try:
            offers: list[AnyOffer] = [
                *await catalog.offers(chooser.codes),
                *await self.desk.services.pack_stock.offers(),
            ]
            left = await catalog.places(goodies) if goodies else {}
        except AWAY:
            self._away = True
            self._say(
                self.words(
                    "The books do not answer just now. We keep asking; please wait a moment."
                )
            )
            return
        if self._away:
            self._away, self._said = False, ""
        await self._show(offers, left)

    async def _show(self, offers: list[AnyOffer], goodies: Mapping[Resource, Places]) -> None:
        self._chooser.see(offers, goodies)
        if [card.key for card in self.query(ChoiceCard)] != [offer.sold.key for offer in offers]:
            scroll = self.query_one("#offers", VerticalScroll)
            await scroll.remove_children()
            await scroll.mount_all(
                [ChoiceCard(offer.sold.key, self._face(offer)) for offer in offers]
            )
            self._focus_first()
        self._draw()
        if not offers:
            self._say(self.words("Nothing is on sale here at the moment."))

    def _face(self, offer: AnyOffer) -> CardFace:
        event = self.desk.services.catalog.event
        return offer_face(self.words, event, offer, self._chooser.count(offer.sold.key))

    def _draw(self) -> None:
        for card in self.query(ChoiceCard):
            if offer := self._chooser.offers.get(card.key):
                card.show(self._face(offer))
        self.query_one("#summary", Static).update(Content(self._chooser.summary()))
        note = self.query_one("#note", Static)
        urgent = self._said or self._chooser.problem()
        note.set_class(bool(urgent), "-urgent")
        note.update(Content(one_line(urgent or self._chooser.present())))

    def _scrolled(self) -> None:
        # How far one can scroll is known once the cards are laid out.
        self.call_after_refresh(self._show_beyond)

    def _show_beyond(self) -> None:
        """Say how many cards are out of sight: a bar at the edge alone tells nobody."""
        offers = self.query_one("#offers", VerticalScroll)
        height = offers.virtual_size.height / max(len(self.query(ChoiceCard)), 1)
        above = ceil(offers.scroll_y / height) if height else 0
        below = ceil((offers.max_scroll_y - offers.scroll_y) / height) if height else 0
        said = []
        for arrow, n in (("↑", above), ("↓", below)):
            if n:
                more = self.words("{n} more", n=n)
                said.append(f"{arrow} {more}")
        self.query_one("#beyond", Static).update(Content("  ".join(said)))

    def _focus_first(self) -> None:
        cards, chooser = list(self.query(ChoiceCard)), self._chooser
        wanted = [card for card in cards if chooser.count(card.key)]
        wanted += [card for card in cards if not chooser.why_no_more(card.key, self.desk.now())]
        for card in (wanted or cards)[:1]:
            card.focus()

    def _say(self, text: str) -> None:
        self._said = text
        self._draw()

    @on(ChoiceCard.Stepped)
    def step(self, stepped: ChoiceCard.Stepped) -> None:
        if stepped.by > 0 and (why := self._chooser.why_no_more(stepped.key, self.desk.now())):
            self._say(why)
            self.look()
        else:
            self._chooser.step(stepped.key, stepped.by)
            self._say("")

    def action_more(self) -> None:
        if isinstance(self.focused, ChoiceCard):
            self.focused.action_step(1)

    @on(ChoiceCard.Chosen)
    @on(Target.Pressed, ".-main")
    def action_take(self) -> None:
        chooser = self._chooser
        if not chooser.basket and isinstance(self.focused, ChoiceCard):
            # One ticket is the usual wish: Enter on a card says it all.
            self.step(ChoiceCard.Stepped(self.focused.key, 1))
            if self._said:
                return
        why, fault = chooser.why_not(self.desk.now())
        if not why:
            self.finish(chooser.choice)
            return
        if isinstance(fault, RequiredSlotMissing):
            # They may own it already; only the sale can tell, once it knows who they are.
            chooser.insist()
        self._say(why)

    @on(Target.Pressed, ".code")
    @work(group="code")
    async def action_code(self) -> None:
        if self._has_codes():
            words = self.words
            ask = words("Some tickets are for those with a code. What is yours?")
            dialog = CodeDialog(self.desk, words("I have a code"), ask, self._take_code)
            if await self.app.push_screen_wait(dialog):
                self.look()

    async def _take_code(self, typed: str) -> str:
        event = self.desk.services.catalog.event
        if not opened_by(event, [typed], self.desk.now()):
            return self.words("Nothing here is opened by this code. Is it typed as it was given?")
        self._chooser.codes = (*self._chooser.codes, typed)
        return ""

    def action_back(self) -> None:
        self.finish(None)
