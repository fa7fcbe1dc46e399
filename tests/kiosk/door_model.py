"""Tickets at the door as a model has them: who is in, who may come, and what each hears."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import permutations
from typing import Self

from kiosk.domain.admission import Reason
from kiosk.domain.claim_transfers import ChangeFault
from kiosk.domain.events import EntryPolicy
from kiosk.domain.refunds import RefundFault

DONE = "done"


class Kind(StrEnum):
    """What somebody does with a ticket."""

    IN = "in"
    OUT = "out"
    UNDO = "undo"
    PASS_ON = "pass_on"
    REISSUE = "reissue"
    REFUND = "refund"


@dataclass(frozen=True)
class Deed:
    """One of these, of one ticket, at one of the doors; a scan is of one version of the ticket."""

    kind: Kind
    ticket: int
    door: int
    version: int = 1


@dataclass(frozen=True)
class Paper:
    """One ticket."""

    policy: EntryPolicy
    version: int = 1
    entries: tuple[date, ...] = ()
    is_inside: bool = False
    is_refunded: bool = False
    is_passed_on: bool = False


@dataclass(frozen=True)
class Model:
    """All tickets; they lead to one hall, which takes `limit` people."""

    tickets: tuple[Paper, ...]
    limit: int
    today: date = field(default=date.min)

    @property
    def inside(self) -> int:
        """How many people are in the hall."""
        return sum(one.is_inside for one in self.tickets)

    def after(self, deed: Deed) -> tuple[str, Self]:
        """What whoever does this hears, and what is true then."""
        before = self.tickets[deed.ticket]
        said, after = getattr(self, f"_{deed.kind}")(before, deed.version)
        tickets = (*self.tickets[: deed.ticket], after, *self.tickets[deed.ticket + 1 :])
        return said, replace(self, tickets=tickets)

    def orders(self, *deeds: Deed) -> Iterator[tuple[tuple[str, ...], Self]]:
        """What may come of deeds at the same instant: one after the other, in some order."""
        for order in permutations(range(len(deeds))):
            model, said = self, {}
            for at in order:
                said[at], model = model.after(deeds[at])
            yield tuple(said[at] for at in range(len(deeds))), model

    def _in(self, ticket: Paper, version: int) -> tuple[str, Paper]:
        if version < ticket.version:
            return Reason.REPLACED, ticket
        if ticket.is_refunded:
            return Reason.REFUNDED, ticket
        if ticket.entries and not self._may_return(ticket):
            return Reason.ALREADY_IN if ticket.is_inside else Reason.NO_RETURN, ticket
        if not ticket.is_inside and self.inside >= self.limit:
            return Reason.HALL_FULL, ticket
        return Reason.ADMITTED, replace(
            ticket, entries=(*ticket.entries, self.today), is_inside=True
        )

    def _may_return(self, ticket: Paper) -> bool:
        match ticket.policy:
            case EntryPolicy.SINGLE:
                return False
            case EntryPolicy.DAILY:
                return ticket.entries[-1] != self.today
            case EntryPolicy.FREE:
                return not ticket.is_inside

    def _out(self, ticket: Paper, _: int) -> tuple[str, Paper]:
        if not ticket.is_inside:
            return Reason.NOT_INSIDE, ticket
        return Reason.LEFT, replace(ticket, is_inside=False)

    def _undo(self, ticket: Paper, _: int) -> tuple[str, Paper]:
        if not ticket.entries:
            return Reason.NOTHING_TO_UNDO, ticket
        return Reason.UNDONE, replace(ticket, entries=ticket.entries[:-1], is_inside=False)

    def _pass_on(self, ticket: Paper, _: int) -> tuple[str, Paper]:
        if ticket.is_refunded:
            return ChangeFault.NOT_PAID, ticket
        if ticket.entries:
            return ChangeFault.USED, ticket
        return DONE, replace(ticket, version=ticket.version + 1, is_passed_on=True)

    def _reissue(self, ticket: Paper, _: int) -> tuple[str, Paper]:
        if ticket.is_refunded:
            return ChangeFault.NOT_PAID, ticket
        return DONE, replace(ticket, version=ticket.version + 1)

    def _refund(self, ticket: Paper, _: int) -> tuple[str, Paper]:
        if ticket.is_refunded:
            return DONE, ticket
        if ticket.is_passed_on:
            return RefundFault.PASSED_ON, ticket
        if ticket.entries:
            return RefundFault.USED, ticket
        return DONE, replace(ticket, is_refunded=True)
