"""Who tokens may be sent to: whoever shows a code, or has a wallet under an address."""

from functools import partial

from sqlmodel import Session

from kiosk.domain.people import checked_email
from kiosk.domain.wallets import NoWallet, Recipient, SameWallet
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.wallet_owners import owner_by_code
from kiosk.store import wallets


class Recipients:
    """Finds the wallets of others at one event."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog

    async def who(self, text: str, asker: int) -> list[Recipient]:
        """Whose wallet a code or an e-mail address names, for the owner of the wallet `asker`.

        A code names one, and a new wallet for the holder of a ticket who has none. Several people
        may share an address. Raises `CodeRefused`, `InvalidEmail`, `SameWallet`, or `NoWallet`,
        where a gift may wait instead.
        """
        if "@" not in text:
            shown = partial(self._shown, text=text, asker=asker)
            return [await self._store.transaction(shown)]
        email = checked_email(text)
        found = await self._store.transaction(
            lambda session: wallets.with_email(session, self._catalog.event.id, email)
        )
        if not found:
            raise NoWallet(email)
        others = [Recipient(one.id, one.owner.masked) for one in found if one.id != asker]
        if not others:
            raise SameWallet(asker)
        return others

    def _shown(self, session: Session, text: str, asker: int) -> Recipient:
        found = owner_by_code(session, self._catalog, text)
        if found.wallet_id == asker:
            raise SameWallet(asker)
        if found.wallet is None:
            event_id, now = self._catalog.event.id, self._clock.now()
            wallets.open_wallet(session, event_id, found.owner, now)
        return Recipient(found.wallet_id, found.owner.masked)
