"""Whose wallet a code names: a wallet's own, or the ticket of its owner."""

from dataclasses import dataclass

from sqlmodel import Session

from kiosk.domain.admission import ClaimRecord, Reason
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.domain.presented import Named, read_named
from kiosk.domain.signed_codes import SignedNamingCode
from kiosk.domain.wallet_codes import read_wallet_code
from kiosk.domain.wallets import CodeFault, CodeRefused
from kiosk.services.catalog import Catalog
from kiosk.store import claims, door, wallets
from kiosk.store.order_rows import attendee_id
from kiosk.store.wallets import Wallet


@dataclass(frozen=True, slots=True)
class WalletOwner:
    """Who presents a code; of `wallet_id` there may be no wallet yet."""

    wallet_id: int
    owner: Attendee
    wallet: Wallet | None
    """Locked until the unit of work ends."""
    by_ticket: bool


def owner_by_code(session: Session, catalog: Catalog, text: str) -> WalletOwner:
    """Who presents this code; raises `CodeRefused`."""
    signed = read_wallet_code(text)
    if signed is not None:
        return _by_wallet(session, catalog, signed)
    named = read_named(text, catalog.signing_key.public_key())
    if isinstance(named, Reason):
        raise CodeRefused(CodeFault.TYPO if named is Reason.TYPO else CodeFault.NOT_OURS)
    owner = _ticket(session, catalog, named).claim.holder
    wallet_id = wallets.wallet_id(catalog.event.id, attendee_id(owner))
    wallet = wallets.find_locked(session, wallet_id)
    return WalletOwner(wallet_id, owner, wallet, by_ticket=True)


def _by_wallet(session: Session, catalog: Catalog, signed: SignedNamingCode) -> WalletOwner:
    if not signed.is_signed_by(catalog.signing_key.public_key()):
        raise CodeRefused(CodeFault.NOT_OURS)
    wallet = wallets.find_locked(session, signed.code.subject)
    if wallet is None:
        raise CodeRefused(CodeFault.UNKNOWN)
    if wallet.version != signed.code.version:
        raise CodeRefused(CodeFault.REPLACED)
    return WalletOwner(wallet.id, wallet.owner, wallet, by_ticket=False)


def _ticket(session: Session, catalog: Catalog, named: Named) -> ClaimRecord:
    """The ticket that is named, if it is a good one; when it admits whom says nothing here."""
    record = _find(session, named)
    if record is None:
        raise CodeRefused(CodeFault.UNKNOWN)
    if record.event_id != catalog.event.id:
        raise CodeRefused(CodeFault.NOT_OURS)
    if named.version is not None and named.version < record.claim.version:
        raise CodeRefused(CodeFault.REPLACED)
    if record.state is not OrderState.PAID or record.claim.revoked:
        raise CodeRefused(CodeFault.TICKET)
    return record


def _find(session: Session, named: Named) -> ClaimRecord | None:
    if named.payload is not None:
        return door.claim_by_id(session, named.payload.claim_id)
    assert named.number is not None
    record = door.claim_by_number(session, named.number)
    if record is None and claims.former(session, named.number) is not None:
        raise CodeRefused(CodeFault.REPLACED)
    return record
