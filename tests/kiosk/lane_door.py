"""A door with a lane, and what may go wrong with what it stands on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sqlmodel import select

from kiosk.domain.admission import Scan, Verdict
from kiosk.domain.audit import Action
from kiosk.domain.chart import AccountCode
from kiosk.domain.events import Event, Role
from kiosk.domain.lane import Conflict, LaneState
from kiosk.domain.tickets import Ticket
from kiosk.services.backing import Backing
from kiosk.services.lane import DEADLINE_SECONDS, Lane
from kiosk.store import audit
from kiosk.store.tables import ClaimRow
from tests.kiosk.factories import a_cashier
from tests.kiosk.outages import Mode, Outage
from tests.kiosk.world import Terminal, World

ONLINE: Final = LaneState.ONLINE
OFFLINE: Final = LaneState.OFFLINE
_OF_LANES: Final = (
    Action.TURNED_AWAY,
    Action.CONFLICT_FOUND,
    Action.CONFLICT_ACKNOWLEDGED,
    Action.CONDUCT_ACCEPTED,
)
BOSS: Final = a_cashier("Sam", role=Role.ORGANISER)


@dataclass
class Door:
    """A lane, and what may go wrong with what it stands on."""

    world: World
    terminal: Terminal
    outage: Outage

    @classmethod
    async def open(
        cls,
        world: World,
        name: str = "north",
        event: Event | None = None,
        back: Callable[[Backing], Backing] = lambda backing: backing,
    ) -> "Door":
        outage = Outage()
        terminal = await world.open(event, name, back=lambda backing: outage.wrap(back(backing)))
        return cls(world, terminal, outage)

    @property
    def lane(self) -> Lane:
        return self.terminal.services.lane

    async def sell(self) -> Ticket:
        """A ticket of somebody whom this lane knows, and who accepted the Code of Conduct."""
        order = await self.terminal.sell()
        [ticket] = await self.terminal.services.sales.tickets(order.id)
        return ticket

    async def ready(self, tickets: int = 1) -> list[Ticket]:
        """Tickets nobody has used, of somebody who accepted the Code of Conduct before."""
        await self.terminal.admit((await self.sell()).code)
        sold = [await self.sell() for _ in range(tickets)]
        await self.lane.look()
        return sold

    def fail(self, ledger: Mode = Mode.REFUSES, store: Mode = Mode.REFUSES) -> None:
        """From now on nobody answers."""
        self.outage.ledger, self.outage.store = ledger, store
        self.lane.deadline_seconds = 0.1

    async def verdict(self, ticket: Ticket | str, **changes: object) -> Verdict:
        """What a new scan says."""
        text = ticket if isinstance(ticket, str) else ticket.code
        scan = Scan(text, self.lane.new_nonce(), "Kim")
        said = await self.lane.scan(replace(scan, **changes))  # type: ignore[arg-type]  # keywords
        assert isinstance(said, Verdict)
        return said

    async def come_back(self) -> None:
        """Everything answers again, and the lane has noticed."""
        self.outage.end()
        self.lane.deadline_seconds = DEADLINE_SECONDS
        await self.lane.look()
        self.world.clock.advance(minutes=2)
        await self.lane.look()
        assert (self.lane.status.state, self.lane.status.queued) == (ONLINE, 0)

    async def admitted(self) -> int:
        """How many the ledger has let in."""
        return (await self.terminal.slot_account(AccountCode.REDEEMED)).credits_posted

    async def refund(self, ticket: Ticket) -> None:
        """Give the money for it back."""
        order_id = await self.terminal.backing.store.transaction(
            lambda session: session.exec(
                select(ClaimRow.order_id).where(ClaimRow.id == ticket.claim_id)
            ).one()
        )
        await self.terminal.services.refunds.refund_order(order_id, BOSS)

    async def audited(self) -> list[tuple[str, str, str, int | None, str]]:
        """What is on record since the lane was ready: where, who, what, of which claim, why."""
        records = await self.terminal.backing.store.transaction(audit.page)
        return [
            (one.terminal, one.staff, one.action, one.subject, one.detail)
            for one in records
            if one.action in _OF_LANES
        ]

    async def conflicts(self) -> list[Conflict]:
        return await self.lane.conflicts()
