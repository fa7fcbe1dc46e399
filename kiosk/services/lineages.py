"""Lineages: where the tokens of a bill came from, and where they went."""

import string
from functools import partial
from typing import Final

from sqlmodel import Session

from kiosk.domain.lineage import BillRecord, BillUse, NoSuchBill
from kiosk.services.backing import Backing
from kiosk.services.bills import Bills
from kiosk.services.catalog import Catalog
from kiosk.store import lineage
from kiosk.store.lineage import OwnedBill

_ID_DIGITS: Final = 32
_DIGITS_MIN: Final = 4
"""A shorter beginning would look through half of all bills."""


class Lineages:
    """The lives of tokens of one event."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._catalog = catalog
        self._bills = Bills(backing, catalog)

    async def of(self, start: str) -> list[BillRecord]:
        """All bills of one issue with the one whose id begins with these hexadecimal digits.

        Raises `NoSuchBill`.
        """
        found, uses = await self._store.transaction(partial(self._read, start=start.lower()))
        left = await self._bills.left_of([one.bill for one in found])
        return [
            BillRecord(
                id=one.bill.id,
                source=one.bill.source,
                token_number=one.bill.token_number,
                owner=one.owner,
                amount=one.bill.amount,
                left=left[one.bill.id],
                received_at=one.bill.received_at,
                expires_at=one.bill.expires_at,
                uses=uses.get(one.bill.id, ()),
            )
            for one in found
        ]

    def _read(
        self, session: Session, start: str
    ) -> tuple[list[OwnedBill], dict[int, tuple[BillUse, ...]]]:
        if not _DIGITS_MIN <= len(start) <= _ID_DIGITS or not set(start) <= set(string.hexdigits):
            raise NoSuchBill(start, 0)
        least, most = int(start.ljust(_ID_DIGITS, "0"), 16), int(start.ljust(_ID_DIGITS, "f"), 16)
        named = lineage.between(session, self._catalog.event.id, least, most)
        if len(named) != 1:
            raise NoSuchBill(start, len(named))
        found = lineage.family(session, named[0])
        return found, lineage.uses(session, [one.bill.id for one in found])
