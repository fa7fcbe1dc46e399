"""Tickets now for money that comes later: who may decide it, and whether they are sure."""

from textual.app import App

from kiosk.domain.events import StaffMember
from kiosk.domain.orders import Order
from kiosk.domain.rights import Right, least_role
from kiosk.screens.base import Desk
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.pin import PinDialog
from kiosk.widgets.plain import cut

_NAME_COLUMNS = 24


async def invoicing(app: App[object], desk: Desk, order: Order) -> StaffMember | None:
    """The organiser who issues an invoice for an order, once they are sure; None if nobody does."""
    words = desk.words
    title = words("Tickets now, money later")
    asking = PinDialog(desk, least_role(Right.GIVE_INVOICE), title)
    organiser = await app.push_screen_wait(asking)
    if organiser is None:
        return None
    name, owed = cut(order.attendee.name, _NAME_COLUMNS), words.sum(order.due)
    what = words("{name} owes {sum}, and has the tickets now.", name=name, sum=owed)
    sure = ConfirmDialog(desk, title, what, words("Issue the invoice"))
    return organiser if await app.push_screen_wait(sure) else None
