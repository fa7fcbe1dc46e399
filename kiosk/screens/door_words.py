"""What stands on the door besides verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.domain.admission import Way
from kiosk.domain.doorways import Doorway
from kiosk.domain.events import Role, StaffMember
from kiosk.domain.lane import LaneState, LaneStatus, Part
from kiosk.screens.base import Desk
from kiosk.services.turnout import DoorCounters
from kiosk.widgets.door_head import DoorHeadFace
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import cut
from kiosk.widgets.verdict import VerdictFace
from kiosk.words import Words


def role_words(words: Words, role: Role) -> str:
    """What somebody works as."""
    return {
        Role.STEWARD: words("steward"),
        Role.CASHIER: words("cashier"),
        Role.SUPERVISOR: words("supervisor"),
        Role.ORGANISER: words("organiser"),
    }[role]


@dataclass(frozen=True, slots=True)
class DoorSigns:
    """The words of one terminal's door."""

    desk: Desk

    def head(
        self, staff: StaffMember, doorway: Doorway, counters: DoorCounters | None
    ) -> DoorHeadFace:
        """The two rows over the door."""
        words = self.desk.words
        door = words("EXIT") if doorway.way is Way.OUT else words("DOOR")
        who = f"{staff.name} ({role_words(words, staff.role)})"
        return DoorHeadFace(
            " · ".join([door, self.desk.services.terminal, who]),
            words.clock(self.desk.now()),
            self._figures(counters) if counters else "",
            self._leads_to(doorway),
        )

    def banner(self, status: LaneStatus) -> str:
        """What is not checked now, and what nobody has seen to; nothing if all is well."""
        words = self.desk.words
        said = []
        if status.state is not LaneState.ONLINE:
            said += [self._off(status), self._unchecked(status), self._queued(status.queued)]
        if status.conflicts:
            open_ = words.count("1 conflict: F7", "{n} conflicts: F7", status.conflicts)
            said.append(open_)
        return " ".join(filter(None, said))

    def _off(self, status: LaneStatus) -> str:
        words = self.desk.words
        if status.state is LaneState.RETURNING:
            return words("◌ Coming back on line.")
        when = words.clock(status.since or self.desk.now())
        return words("◌ Off line since {when}.", when=when)

    def _unchecked(self, status: LaneStatus) -> str:
        words, unchecked = self.desk.words, []
        if Part.LEDGER in status.unchecked:
            unchecked.append(words("use at other doors, full halls"))
        if Part.STORE in status.unchecked:
            synced = status.synced_at
            if synced is None:
                unchecked.append(words("what became of tickets"))
            else:
                when = words.when(synced, self.desk.now())
                unchecked.append(words("changes of tickets since {when}", when=when))
        if not unchecked:
            return ""
        return words("Not checked: {what}.", what=", ".join(unchecked))

    def _queued(self, queued: int) -> str:
        words = self.desk.words
        if not queued:
            return ""
        return words.count("1 scan is to be sent.", "{n} scans are to be sent.", queued)

    def waiting(self, doorway: Doorway) -> VerdictFace:
        """Before the first scan."""
        words = self.desk.words
        text = words("hold the code under the scanner, or type the number below it")
        headline = words("Leaving") if doorway.way is Way.OUT else words("Next, please")
        return VerdictFace("waiting", "▢", headline, (text,))

    def ask(self, doorway: Doorway) -> str:
        """What the field is for."""
        words = self.desk.words
        if doorway.way is Way.OUT:
            return words("scan or type the ticket of whoever leaves")
        return words("scan or type a ticket")

    def no_answer(self) -> tuple[VerdictFace, str]:
        """Neither ledger nor store answered to a scan."""
        return self._away(self.desk.words("the books do not answer: scan it once more"))

    def not_done(self) -> tuple[VerdictFace, str]:
        """Neither of them answered to what else was to be done."""
        return self._away(self.desk.words("the books do not answer just now: try it once more"))

    def _away(self, text: str) -> tuple[VerdictFace, str]:
        return VerdictFace("grey", "◌", self.desk.words("No answer"), (text,)), text

    def contradicted(self) -> tuple[VerdictFace, str]:
        """The ledger's answer cannot follow from what was stored."""
        words = self.desk.words
        text = words("It could not be booked: an organiser has to look into it.")
        return VerdictFace("red", "✖", words("Not admitted"), (text,)), text

    def asking(self) -> VerdictFace:
        """While ledger and store are asked."""
        return VerdictFace("waiting", "…", self.desk.words("One moment, please"))

    def no_badge(self) -> tuple[VerdictFace, str]:
        """A badge that opens nothing here."""
        words = self.desk.words
        text = words("this badge opens nothing here: ask a supervisor")
        return VerdictFace("red", "✖", words("Badge refused"), (text,)), text

    def shift(self, staff: StaffMember) -> tuple[VerdictFace, str]:
        """Somebody else works here now."""
        words = self.desk.words
        text = words("{name} works here now", name=cut(staff.name, 30))
        return VerdictFace("waiting", "▢", words("Next, please"), (text,)), text

    def everybody_out(self, inside: int) -> str:
        """What it means that everybody has left."""
        return self.desk.words.count(
            "1 person is counted as inside and will be outside: the ticket stays good.",
            "{n} people are counted as inside and will be outside: their tickets stay good.",
            inside,
        )

    def emptied(self, out: int) -> tuple[VerdictFace, str]:
        """Everybody is out."""
        words = self.desk.words
        text = words.count("1 person was let out", "{n} people were let out", out)
        return VerdictFace("waiting", "▢", words("Nobody inside"), (text,)), text

    def companions(self, count: int) -> str:
        """How many more may come in."""
        return self.desk.words.count("1 more in this order", "{n} more in this order", count)

    def goodies(self, waiting: Sequence[str], handed: Sequence[str]) -> str:
        """What waits to be handed out, or, if nothing does, what was."""
        event, words = self.desk.services.catalog.event, self.desk.words
        names = [one.name for one in event.goodies if one.key in (waiting or handed)]
        said = cut(", ".join(names), 24)
        if waiting:
            return words("Hand out: {goodies}", goodies=said)
        return words("Handed out: {goodies}", goodies=said)

    def all_keys(self) -> Sequence[Key]:
        """What the keys of a door do, those that are offered now and then among them."""
        words = self.desk.words
        return (
            Key("F2", words("search by name, e-mail or number"), ""),
            Key("F4", words("take the last admission back"), ""),
            Key("F5", words("admit the others of the order"), ""),
            Key("F6", words("hand out what waits for the ticket"), ""),
            Key("F7", words("which way, where to, test the scanner"), ""),
            Key("F8", words("light or dark"), ""),
            Key("F9", words("lock the door; a badge changes the shift"), ""),
        )

    def _figures(self, counters: DoorCounters) -> str:
        words = self.desk.words
        admitted, sold = words.number(counters.admitted), words.number(counters.sold)
        said = [words("{admitted} of {sold} in", admitted=admitted, sold=sold)]
        inside = words.number(counters.inside)
        if counters.limit is None:
            said.append(words("{n} inside", n=inside))
        else:
            limit = words.number(counters.limit)
            said.append(words("{n} of {limit} inside", n=inside, limit=limit))
        said.append(words("{n} per min", n=words.number(counters.per_minute)))
        return " · ".join(said)

    def _leads_to(self, doorway: Doorway) -> str:
        if doorway.gate.slots is None:
            return ""
        slots = self.desk.services.catalog.event.slots
        names = [slot.title for slot in slots if doorway.gate.leads_to(slot.key)]
        return self.desk.words("only {slots}", slots=", ".join(names))
