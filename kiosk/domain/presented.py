"""What somebody presents at a door: a code that we signed, or the number under it."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.domain import codes
from kiosk.domain.admission import Reason
from kiosk.domain.tickets import Payload, read_code
from kiosk.domain.wallet_codes import read_wallet_code


@dataclass(frozen=True, slots=True)
class Named:
    """What names a claim: a ticket that we signed, or a number as typed."""

    number: str | None = None
    payload: Payload | None = None

    @property
    def version(self) -> int | None:
        """That of the ticket; a number as typed has none."""
        return self.payload.version if self.payload else None


def read_named(text: str, key: Ed25519PublicKey) -> Named | Reason:
    """What a scan names, or why it is no ticket that the owner of `key` signed."""
    if (number := codes.parse_number(text)) is not None:
        return Named(number=number) if codes.is_number_intact(number) else Reason.TYPO
    wallet = read_wallet_code(text)
    if wallet is not None and wallet.is_signed_by(key):
        return Reason.WALLET
    signed = read_code(text)
    if signed is None or not signed.is_signed_by(key):
        return Reason.NOT_OURS
    return Named(payload=signed.payload)
