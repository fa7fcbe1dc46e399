"""What the organiser does with tokens by the command line: finds wallets, issues, sends."""

from collections.abc import Callable
from functools import partial

from sqlmodel import Session

from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.people import Attendee, checked_email
from kiosk.domain.token_moves import Move
from kiosk.domain.tokens import Origin
from kiosk.domain.wallets import NoWallet, SeveralWallets, TokensGone
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.wallets import Errand, Wallets
from kiosk.store import audit, claim_transfers, wallets
from kiosk.store.wallets import Wallet


class TokenOffice:
    """Acts for the organiser of one event; all it does is on record."""

    def __init__(self, backing: Backing, catalog: Catalog, wallets: Wallets) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._wallets = wallets

    async def found(self, email: str, name: str = "") -> list[Wallet]:
        """The wallets under an address, or of who is called so under it.

        Raises `InvalidEmail` or `NoWallet`.
        """
        event_id, address = self._catalog.event.id, checked_email(email)
        found = await self._store.transaction(
            lambda session: wallets.with_email(session, event_id, address)
        )
        named = [one for one in found if name in ("", one.owner.name)]
        if not named:
            raise NoWallet(address)
        return named

    async def one(self, email: str, name: str = "") -> Wallet:
        """As `found`, but the only one; raises `SeveralWallets` too."""
        found = await self.found(email, name)
        if len(found) > 1:
            raise SeveralWallets(found[0].owner.email, tuple(one.owner.name for one in found))
        return found[0]

    async def one_or_new(self, email: str, name: str = "") -> Wallet:
        """As `one`, but a new one for whoever has none: by the name given, or that on a ticket."""
        try:
            return await self.one(email, name)
        except NoWallet as nobody:
            if name:
                return await self._wallets.open(Attendee.of(name, email))
            holders = await self._holders(nobody.email)
            if not holders:
                raise
        if len(holders) > 1:
            raise SeveralWallets(holders[0].email, tuple(one.name for one in holders))
        return await self._wallets.open(holders[0])

    async def issue(self, errand: Errand, to: Wallet) -> Move:
        """Tokens come to be in somebody's wallet; raises `TokensGone` or `LimitExceeded`."""
        left = await self._wallets.left(errand.token)
        if errand.amount > left:
            raise TokensGone(errand.amount, left)
        on_record = self._on_record(Action.TOKENS_ISSUED, to, errand)
        # Whoever is given tokens by name is given them as by an airdrop for one.
        return await self._wallets.issue(errand, to.id, Origin.AIRDROP, on_record)

    async def send(self, errand: Errand, sender: Wallet, to: Wallet) -> Move:
        """Somebody's tokens become somebody else's; raises as `Wallets.send` does."""
        whither = f" to {to.owner.name} <{to.owner.email}>"
        on_record = self._on_record(Action.TOKENS_SENT, sender, errand, whither)
        return await self._wallets.send(errand, sender.id, to.id, on_record)

    async def _holders(self, email: str) -> list[Attendee]:
        """Whoever has tickets under an address."""
        event_id = self._catalog.event.id
        held = await self._store.transaction(
            lambda session: claim_transfers.held_by(session, event_id, email)
        )
        return list(dict.fromkeys(claim.holder for claim in held))

    def _on_record(
        self, action: Action, of: Wallet, errand: Errand, whither: str = ""
    ) -> Callable[[Session], None]:
        detail = f"{errand.amount} {errand.token.key}{whither}"
        entry = AuditEntry(self._clock.now(), Actor(None), action, of.id, detail)
        return partial(_record, entry=entry)


def _record(session: Session, entry: AuditEntry) -> None:
    audit.record(session, entry)
