"""How many were admitted when, and what doors let happen."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from kiosk.domain.crowds import span_start
from kiosk.store.claim_tables import METADATA
from kiosk.store.schema import ENTERED

_CLAIMS: Final = METADATA.tables["claim"]
_STEPS: Final = METADATA.tables["door_step"]
_COUNT: Final = (
    select(func.count())
    .select_from(_STEPS)
    .join(_CLAIMS, _CLAIMS.c.id == _STEPS.c.claim_id)
    .where(_CLAIMS.c.event_id == bindparam("event"))
    .where(ENTERED)
    .where(_STEPS.c.done_at >= bindparam("begins"), _STEPS.c.done_at < bindparam("ends"))
)


def admitted(session: Session, event_id: int, spans: Sequence[int]) -> Mapping[int, int]:
    """How often somebody came in within each of the numbered spans, by the ledger's clock."""
    return {span: _admitted(session, event_id, span) for span in spans}


def _admitted(session: Session, event_id: int, span: int) -> int:
    values = {"event": event_id, "begins": span_start(span), "ends": span_start(span + 1)}
    count: int = session.execute(_COUNT, values).scalar_one()
    return count
