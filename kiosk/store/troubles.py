"""Orders that could not be finished: which, why, and when to try again."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select
from sqlmodel.sql.expression import SelectOfScalar

from kiosk.store.tables import OrderRow
from kiosk.store.trouble_tables import OrderTroubleRow


def waiting(session: Session, event_id: int, now: datetime) -> set[int]:
    """The orders of an event that are not to be tried again yet."""
    waits = col(OrderTroubleRow.retry_at) > now
    return set(session.exec(_of_event(event_id).where(waits)).all())


def count(session: Session, event_id: int) -> int:
    """How many orders of an event could not be finished."""
    found = _of_event(event_id).subquery()
    return session.exec(select(func.count()).select_from(found)).one()


def add(
    session: Session,
    order_id: int,
    reason: str,
    now: datetime,
    pause: Callable[[int], timedelta],
) -> int:
    """Note a try that failed, and when the next one may be; the number of the order.

    `pause` tells how long to wait from how many tries there were.
    """
    found = session.get(OrderTroubleRow, order_id, with_for_update=True)
    tries = found.tries + 1 if found else 1
    trouble = found or OrderTroubleRow(
        order_id=order_id, tries=tries, reason=reason, since=now, retry_at=now
    )
    trouble.tries, trouble.reason, trouble.retry_at = tries, reason, now + pause(tries)
    session.add(trouble)
    number = session.exec(select(OrderRow.number).where(OrderRow.id == order_id)).one()
    assert number is not None
    return number


def remove_others(session: Session, event_id: int, troubled: Collection[int]) -> None:
    """Forget the orders of an event that are in no trouble any more."""
    gone = [one for one in session.exec(_of_event(event_id)).all() if one not in troubled]
    session.execute(delete(OrderTroubleRow).where(col(OrderTroubleRow.order_id).in_(gone)))


def _of_event(event_id: int) -> SelectOfScalar[int]:
    return (
        select(OrderTroubleRow.order_id)
        .join(OrderRow, col(OrderTroubleRow.order_id) == OrderRow.id)
        .where(OrderRow.event_id == event_id)
    )
