"""Wallets are opened: by their code or their owner's ticket, and by the owner's PIN."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlmodel import Session

from kiosk.domain import chart_packs
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.events import StaffMember
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.pins import Tries, checked_pin
from kiosk.domain.rights import Right, require
from kiosk.domain.signed_codes import VERSION_MAX
from kiosk.domain.wallet_codes import wallet_code
from kiosk.domain.wallets import (
    CodeFault,
    CodeRefused,
    CodesUsedUp,
    OpenWallet,
    PinAlreadySet,
    PinNotSet,
    PresentedWallet,
    UnknownWallet,
)
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.pins import fits, hashed
from kiosk.services.wallet_owners import owner_by_code
from kiosk.store import audit, pairings, wallet_access, wallets
from kiosk.store.wallets import Wallet


class WalletAccess:
    """Opens the wallets of one event at one terminal; `terminal` None is the command line.

    A lost code is replaced, which moves nothing. A PIN is reset by staff, and then every code of
    the wallet that was given out is void: who found one must not choose the next PIN with it.
    """

    def __init__(self, backing: Backing, catalog: Catalog, terminal: int | None = None) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal

    async def present(self, text: str) -> PresentedWallet:
        """Whose wallet a code names, a ticket's, its number or the wallet's own.

        Raises `CodeRefused`.
        """

        def read(session: Session) -> PresentedWallet:
            found = owner_by_code(session, self._catalog, text)
            wallet = found.wallet
            return PresentedWallet(
                text=text,
                wallet_id=found.wallet_id,
                owner=found.owner.masked,
                version=wallet.version if wallet else 1,
                has_pin=bool(wallet and wallet.pin_hash),
                is_locked=bool(wallet and wallet.tries.is_locked),
                by_ticket=found.by_ticket,
            )

        return await self._store.transaction(read)

    async def choose_pin(self, presented: PresentedWallet, pin: str) -> OpenWallet:
        """Open a wallet that has no PIN, by the one its owner chooses.

        Raises `InvalidPin`, `PinAlreadySet`, `CodeRefused` or `NotPaired`.
        """
        pin_hash, now = await hashed(checked_pin(pin)), self._clock.now()

        def choose(session: Session) -> OpenWallet:
            self._require_paired(session)
            owner = owner_by_code(session, self._catalog, presented.text).owner
            wallet = wallets.open_wallet(session, self._catalog.event.id, owner, now)
            wallets.lock(session, wallet.id)
            if wallet.pin_hash:
                raise PinAlreadySet(wallet.id)
            wallet_access.set_pin(session, wallet.id, pin_hash)
            return _open(wallet)

        return await self._store.transaction(choose)

    async def unlock(self, presented: PresentedWallet, pin: str) -> OpenWallet:
        """Open a wallet by its PIN.

        Raises `WrongPin`, whose wait grows with each wrong try, `PinsLocked` after too many,
        `PinNotSet`, `CodeRefused` or `NotPaired`.
        """
        return _open(await self._judge(partial(self._presented, text=presented.text), pin))

    async def change_pin(self, opened: OpenWallet, old: str, new: str) -> None:
        """Choose another PIN; raises as `unlock` does, and `InvalidPin`."""
        pin_hash = await hashed(checked_pin(new))
        before = await self._judge(partial(self._opened, opened=opened), old)

        def change(session: Session) -> None:
            _same(session, before)
            wallet_access.set_pin(session, before.id, pin_hash)

        await self._store.transaction(change)

    async def code(self, opened: OpenWallet) -> str:
        """The text of the wallet's QR; raises `CodeRefused` if it was replaced meanwhile."""
        wallet = await self._store.transaction(partial(self._opened, opened=opened))
        return wallet_code(wallet.id, wallet.version).signed(self._catalog.signing_key)

    async def code_of_bought(self, order: Order) -> str | None:
        """The code of the wallet that a paid order of tokens has opened, for whoever paid it.

        None once it has a PIN or more than these tokens: to type its owner's name is not enough
        to come by those.
        """
        if order.payment is None or order.state is not OrderState.PAID or not order.packs:
            return None
        bought = [bill.id for bill in chart_packs.bill_accounts(order, order.payment)]
        wallet_id = order.packs[0].wallet
        assert wallet_id is not None, "what is paid is bound"

        def read(session: Session) -> Wallet | None:
            wallet = _known(session, wallet_id)
            is_new = not wallet.pin_hash and wallet.version == 1
            return (
                None if not is_new or wallets.has_more_than(session, wallet_id, bought) else wallet
            )

        wallet = await self._store.transaction(read)
        if wallet is None:
            return None
        return wallet_code(wallet.id, wallet.version).signed(self._catalog.signing_key)

    async def reissue(self, opened: OpenWallet) -> OpenWallet:
        """Replace the wallet's code: the one before opens nothing, and nothing else changes.

        Raises `CodeRefused` if it was replaced meanwhile, `CodesUsedUp` or `NotPaired`.
        """

        def renew(session: Session) -> OpenWallet:
            return _open(self._renewed(session, self._opened(session, opened)))

        return await self._store.transaction(renew)

    async def reissue_of(self, wallet_id: int) -> str:
        """For the command line: replace a wallet's code; the text of its new QR.

        Raises `UnknownWallet` or `CodesUsedUp`.
        """
        assert self._terminal is None, "at a terminal, its owner does it"

        def renew(session: Session) -> Wallet:
            return self._renewed(session, _known(session, wallet_id))

        wallet = await self._store.transaction(renew)
        return wallet_code(wallet.id, wallet.version).signed(self._catalog.signing_key)

    async def reset_pin(self, wallet_id: int, by: StaffMember | None = None) -> None:
        """Take its PIN from a wallet: whoever presents a good code of it next chooses another.

        Its own codes are void, so that is a ticket of its owner, or a code given out after this.
        Raises `UnknownWallet`, `NotAllowed`, `CodesUsedUp` or `NotPaired`.
        """
        if by is not None:
            require(by, Right.RESET_WALLET)
        else:
            assert self._terminal is None, "at a terminal, somebody does it"

        def reset(session: Session) -> None:
            self._require_paired(session)
            wallet = _known(session, wallet_id)
            wallet_access.set_version(session, wallet_id, _next_version(wallet))
            wallet_access.set_pin(session, wallet_id, "")
            self._audit(session, Action.WALLET_PIN_RESET, wallet_id, staff=by.name if by else "")

        await self._store.transaction(reset)

    async def _judge(self, find: Callable[[Session], Wallet], pin: str) -> Wallet:
        """The wallet that `find` finds, if this is its PIN.

        A try is counted before it is judged, in the same unit of work that reads the PIN.
        """
        now = self._clock.now()

        def count(session: Session) -> tuple[Wallet, Tries]:
            wallet = find(session)
            if not wallet.pin_hash:
                raise PinNotSet(wallet.id)
            tries = wallet.tries.one_more_pin(now)
            wallet_access.count_tries(session, wallet.id, tries)
            return wallet, tries

        wallet, tries = await self._store.transaction(count)
        if not await fits(wallet.pin_hash, pin):
            if tries.is_locked:
                await self._store.transaction(
                    lambda session: self._audit(session, Action.WALLET_LOCKED, wallet.id)
                )
            raise tries.refusal

        def forgive(session: Session) -> None:
            _same(session, wallet)
            wallet_access.count_tries(session, wallet.id, Tries())

        await self._store.transaction(forgive)
        return wallet

    def _presented(self, session: Session, text: str) -> Wallet:
        self._require_paired(session)
        found = owner_by_code(session, self._catalog, text)
        if found.wallet is None:
            raise PinNotSet(found.wallet_id)
        return found.wallet

    def _opened(self, session: Session, opened: OpenWallet) -> Wallet:
        self._require_paired(session)
        wallet = _known(session, opened.wallet_id)
        if wallet.version != opened.version:
            raise CodeRefused(CodeFault.REPLACED)
        return wallet

    def _renewed(self, session: Session, wallet: Wallet) -> Wallet:
        after = replace(wallet, version=_next_version(wallet))
        wallet_access.set_version(session, wallet.id, after.version)
        self._audit(session, Action.WALLET_REISSUED, wallet.id, f"version {after.version}")
        return after

    def _require_paired(self, session: Session) -> None:
        if self._terminal is not None:
            pairings.require_paired(session, self._terminal)

    def _audit(
        self, session: Session, action: Action, wallet_id: int, detail: str = "", staff: str = ""
    ) -> None:
        actor = Actor(self._terminal, staff)
        audit.record(session, AuditEntry(self._clock.now(), actor, action, wallet_id, detail))


def _known(session: Session, wallet_id: int) -> Wallet:
    wallet = wallets.find_locked(session, wallet_id)
    if wallet is None:
        raise UnknownWallet(wallet_id)
    return wallet


def _same(session: Session, before: Wallet) -> None:
    """Raise unless the PIN that was judged is the wallet's still."""
    if _known(session, before.id).pin_hash != before.pin_hash:
        raise PinNotSet(before.id)


def _next_version(wallet: Wallet) -> int:
    if wallet.version >= VERSION_MAX:
        raise CodesUsedUp(wallet.id)
    return wallet.version + 1


def _open(wallet: Wallet) -> OpenWallet:
    return OpenWallet(wallet.id, wallet.owner, wallet.version)
