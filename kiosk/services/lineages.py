"""Lineages: where the tokens of a bill came from, and where they went."""

import string
from collections.abc import Mapping
from functools import partial
from typing import Final, TypeAlias

from sqlmodel import Session

from kiosk.domain.lineage import BillRecord, BillUse, NoSuchBill
from kiosk.domain.people import checked_email
from kiosk.services.backing import Backing
from kiosk.services.bills import Bills
from kiosk.services.catalog import Catalog
from kiosk.store import lineage
from kiosk.store.lineage import OwnedBill

Uses: TypeAlias = Mapping[int, tuple[BillUse, ...]]
"""What was done with bills, by their ids."""

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
        return await self._records(found, uses)

    async def owned_by(self, email: str) -> list[BillRecord]:
        """The newest bills of whoever has this address, empty ones too; raises `InvalidEmail`."""
        owner = checked_email(email)

        def read(session: Session) -> tuple[list[OwnedBill], Uses]:
            found = lineage.owned_by(session, self._catalog.event.id, owner)
            return found, lineage.uses(session, [one.bill.id for one in found])

        return await self._records(*await self._store.transaction(read))

    async def _records(self, found: list[OwnedBill], uses: Uses) -> list[BillRecord]:
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

    def _read(self, session: Session, start: str) -> tuple[list[OwnedBill], Uses]:
        if not _DIGITS_MIN <= len(start) <= _ID_DIGITS or not set(start) <= set(string.hexdigits):
            raise NoSuchBill(start, 0)
        least, most = int(start.ljust(_ID_DIGITS, "0"), 16), int(start.ljust(_ID_DIGITS, "f"), 16)
        named = lineage.between(session, self._catalog.event.id, least, most)
        if len(named) != 1:
            raise NoSuchBill(start, len(named))
        found = lineage.family(session, named[0])
        return found, lineage.uses(session, [one.bill.id for one in found])
