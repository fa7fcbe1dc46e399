"""Run by Alembic: migrate over the connection that `kiosk.store.migrate` hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from kiosk.store import airdrop_tables as airdrop_tables
from kiosk.store import chain_tables as chain_tables
from kiosk.store import claim_tables as claim_tables
from kiosk.store import doorway_tables as doorway_tables
from kiosk.store import emptying_tables as emptying_tables
from kiosk.store import lane_tables as lane_tables
from kiosk.store import pack_tables as pack_tables
from kiosk.store import refund_tables, types
from kiosk.store import staff_tables as staff_tables
from kiosk.store import trouble_tables as trouble_tables
from kiosk.store import wallet_tables as wallet_tables


def _render(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    # Our own types by their bare names, which the template imports.
    if kind == "type" and type(item).__module__ == types.__name__:
        return f"{type(item).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=refund_tables.METADATA,
    transactional_ddl=True,
    render_as_batch=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
