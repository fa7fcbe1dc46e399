"""The lives of tokens: the bills of an owner, and the tree that a bill is part of."""

from collections.abc import Sequence

from kiosk.domain.errors import InvalidEmail
from kiosk.domain.events import StaffMember
from kiosk.domain.lineage import BillRecord, BillUse, Branch, NoSuchBill, branches
from kiosk.domain.token_moves import MoveKind
from kiosk.screens import staff_helps
from kiosk.screens.base import Desk
from kiosk.screens.code import CodeDialog
from kiosk.screens.help import Help
from kiosk.screens.listing import ListScreen
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import fit

ID_DIGITS = 12
"""As many as tell a bill from all others; the shell shows and takes as many."""
_BRANCH_COLUMNS = 30
_TOKEN_COLUMNS = 14
_DEPTH_MAX = 5


class FindBillDialog(CodeDialog):
    """Answers an address of an owner, or the first digits of a bill; there is one."""

    LENGTH_MAX = 254

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        ask = words("The e-mail of an owner, or the first digits of a bill:")
        super().__init__(desk, words("The life of tokens"), ask, self._look)

    def do(self) -> str:
        return self.words("Find")

    async def _look(self, typed: str) -> str:
        """What is wrong with what was typed; nothing if there is something to show."""
        words, lineages = self.words, self.desk.services.lineages
        try:
            if "@" in typed:
                found = await lineages.owned_by(typed)
                return "" if found else words("Nobody had tokens under this address.")
            await lineages.of(typed)
        except InvalidEmail:
            return words("Nobody had tokens under this address.")
        except NoSuchBill as none:
            if none.found:
                return words("Several bills begin like this: type more digits.")
            return words("No bill begins like this. A bill has digits and the letters a to f.")
        return ""


class BillWords:
    """Says bills in the language of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.words = desk.words

    def token(self, bill: BillRecord) -> str:
        """What it is a bill of."""
        tokens = {one.number: one.name for one in self._desk.services.catalog.event.tokens}
        return tokens.get(bill.token_number, "")

    def left(self, bill: BillRecord) -> str:
        """`3 left`, or that nothing is."""
        words = self.words
        return words("{n} left", n=words.number(bill.left)) if bill.left else words("all gone")

    def facts(self, bill: BillRecord) -> str:
        """What a row has no room for."""
        words, now = self.words, self._desk.now()
        until = words("for ever")
        if bill.expires_at is not None:
            until = words("until {when}", when=words.when(bill.expires_at, now))
        since = words.when(bill.received_at, now)
        number = f"{bill.id:032x}"[:ID_DIGITS]
        return " · ".join((number, since, bill.owner.name, bill.owner.email, until))

    def uses(self, bill: BillRecord) -> str:
        """What was done with it besides sending it on."""
        return ", ".join(self._use(use) for use in bill.uses)

    def _use(self, use: BillUse) -> str:
        words, number = self.words, self.words.number(use.amount)
        match use.kind:
            case MoveKind.SPEND:
                place = self._desk.services.catalog.event.place_name(use.place)
                return words("{n} spent at {place}", n=number, place=place)
            case MoveKind.EXPIRE:
                return words("{n} expired", n=number)
            case MoveKind.CLAW_BACK:
                return words("{n} taken back", n=number)
            case MoveKind.GIFT:
                return words("{n} given as a gift", n=number)
            case _:
                return number


class BillsScreen(ListScreen[BillRecord]):
    """The bills of one owner, the newest first."""

    def __init__(self, desk: Desk, staff: StaffMember, email: str) -> None:
        super().__init__(desk, staff)
        self._email = email
        self._said = BillWords(desk)

    def heading(self) -> str:
        return self.words("BILLS OF ONE OWNER")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "mark_next"),
            Key("Enter", words("Its life"), "pick"),
            Key("Esc", words("Back"), "lock"),
        )

    def help(self) -> Help:
        return staff_helps.tracing(self.words, self.keys())

    async def found(self) -> Sequence[BillRecord]:
        return await self.desk.services.lineages.owned_by(self._email)

    def identity(self, item: BillRecord) -> int:
        return item.id

    def row(self, item: BillRecord) -> str:
        words, said = self.words, self._said
        amount = words.number(item.amount)
        since = words.when(item.received_at, self.desk.now())
        return (
            f"{fit(amount, 9, right=True)} {fit(said.token(item), _TOKEN_COLUMNS)}"
            f"  {fit(said.left(item), 12)} {fit(since, 18)} {said.uses(item)}"
        )

    def detail(self, item: BillRecord) -> str:
        return self._said.facts(item)

    def pick(self, item: BillRecord) -> None:
        self.app.push_screen(LifeScreen(self.desk, self.staff, f"{item.id:032x}"))


class LifeScreen(ListScreen[Branch]):
    """The tree of one issue: every bill that its tokens were, and whose."""

    def __init__(self, desk: Desk, staff: StaffMember, start: str) -> None:
        super().__init__(desk, staff)
        self._start = start
        self._said = BillWords(desk)

    def heading(self) -> str:
        return self.words("THE LIFE OF TOKENS")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "mark_next"),
            Key("Esc", words("Back"), "lock"),
        )

    def help(self) -> Help:
        return staff_helps.tracing(self.words, self.keys())

    async def found(self) -> Sequence[Branch]:
        return list(branches(await self.desk.services.lineages.of(self._start)))

    def identity(self, item: Branch) -> int:
        return item.bill.id

    def row(self, item: Branch) -> str:
        words, bill = self.words, item.bill
        sign = "●" if f"{bill.id:032x}".startswith(self._start.lower()) else "○"
        branch = f"{item.knot(_DEPTH_MAX)}{sign} "
        who = branch + fit(bill.owner.name, _BRANCH_COLUMNS - len(branch))
        amount = fit(words.number(bill.amount), 7, right=True)
        uses = self._said.uses(bill)
        facts = " · ".join(filter(None, (self._said.left(bill), uses)))
        return f"{who} {amount}  {facts}"

    def detail(self, item: Branch) -> str:
        return self._said.facts(item.bill)

    def pick(self, item: Branch) -> None:
        """Nothing more is known of it."""


def life_of(desk: Desk, staff: StaffMember, typed: str) -> BillsScreen | LifeScreen:
    """What shows the bills of an address, or the life of the bill whose id begins so."""
    return (BillsScreen if "@" in typed else LifeScreen)(desk, staff, typed)
